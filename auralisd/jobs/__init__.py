"""Jobs: work that takes longer than a call may: it is queued, seen, and cancelled.

Owns   every job, and which of them run (`owner.py`); what a job may become is decided in `job.py` and `board.py`, pure.
Takes  a kind and what it shall do.  Gives JobEvents, and results.
Rule   a kind is one module (`analyse.py`, `render.py`): it checks what is asked before the job exists, and works in
       worker processes only.
"""
