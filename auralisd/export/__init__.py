"""Export: a track, mastered as it would be played, into a new file.

Owns   the only place where sound files are made: FLAC, WAV and Opus (`encoder.py`), and the hidden folder in which they
       lie until all of a job are whole (`workshop.py`).
Hears  tracks before they are made, or played, so that they come out as loud as they should (`rehearsal.py`).
Takes  the path of a track and a plan.  Gives whole files with the tags and art of their sources, and how loud they are.
Rule   nothing is ever written over, and what does not become whole leaves nothing behind.
"""
