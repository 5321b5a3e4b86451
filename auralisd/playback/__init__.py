"""Playback: what should sound now.

Owns   the player's state and queue (`player.py`, on the loop), the sound process and its restarts
       (`sound_link.py`), what sound was told (`programme.py`).  The decisions are pure: `machine.py`, `queue.py`,
       `tasting.py` (what the listener asks of the sound), `treatments.py` (what that comes to for a track),
       `hearing.py` and `tallying.py` (what was heard of it, and whether that was a play or a skip).
Takes  Commands from the bus and the command line, Reports from the sound process, tracks and presets through
       narrow ports.  Gives frozen Snapshots, and Events to whoever listens.
Never  imports bus, library or DSP.
"""
