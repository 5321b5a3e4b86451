"""Live: the view in the terminal that the daemon was started from.

Owns   the drawing (`view.py`, `lines.py`) and which of them there is (`choosing.py`).  Takes
frozen Snapshots, the position and the meters.  Gives text, nothing else.
"""
