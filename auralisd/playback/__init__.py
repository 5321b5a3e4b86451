"""Playback: what should sound now.

Owns   the player's state and queue (`player.py`, on the loop, which takes from `mailbox.py`), the sound process and its
       restarts (`sound_link.py`), what sound was told (`programme.py`, `orders.py`) and what it told (`told.py`).
       The decisions are pure.  `machine.py` is the door to them: `transport.py` (what sounds, and whether),
       `hearsay.py` (what sound told), `editing.py` (the queue, and what becomes of what plays), `sleeping.py`,
       `tasting.py` (what the listener asks of the sound), `outlet.py` (volume, mute, device).  `queue.py`, `edits.py`
       and `shuffle.py` are the queue and its orders, `treatments.py` what the taste comes to for a track, `hearing.py`
       and `tallying.py` what was heard of it, and whether that was a play or a skip, `attention.py` whether the sound
       process answers.
Takes  Commands from the bus and the command line, Reports from the sound process, tracks and presets through
       narrow ports.  Gives frozen Snapshots, and Events to whoever listens.
Never  imports bus, library or DSP.
"""
