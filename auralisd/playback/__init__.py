"""Playback: what should sound now.

Owns   the player's state and queue (`player.py`, on the loop), the sound process and its restarts
       (`sound_link.py`).  `machine.py` and `queue.py` are the decisions, pure.
Takes  Commands from the bus and the command line, Reports from the sound process, tracks through narrow
       callables.  Gives frozen Snapshots, and Events to whoever listens.
Never  imports bus, library or DSP.
"""
