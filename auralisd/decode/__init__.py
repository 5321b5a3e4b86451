"""Decode: one streaming decoder for each track; its cost a block does not depend on the track's length.

Owns   open files.
Takes  a path as the file system spells it.
Gives  float32 frames, a format, what of it is damaged, and `TrackUnreadable` with a code.
Rule   regular files only; soundfile is imported in `sndfile.py` alone, PyAV in `avstream.py` and `folding.py`, late.
"""
