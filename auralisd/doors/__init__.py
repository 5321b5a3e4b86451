"""Doors: the words in which the processes speak, and the link that carries them.

Owns   no state: `sound.py` and `worker.py` each hold every message of one door, `link.py` carries
       messages over a socket pair, `clock.py` is the small shared block that says which frame is heard,
       `probe.py` asks a process that answers once and is gone.
Takes  frozen values of `model`.  Gives the same on the other side, validated by type.
"""
