"""Worker: `python -m auralisd.worker LINK_FD`, the process that touches files of any origin.

Owns   nothing that lasts: it walks folders, reads tags, measures and renders, one file at a time, nice 19, SCHED_IDLE.
Takes  tasks from its link.  Gives answers, and leaves when the link closes.
A crash of a decoder here costs one file; a read that hangs on a dead drive costs nobody else anything.
"""
