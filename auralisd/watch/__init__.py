"""Watch: hints that something in a music folder is not what it was.

Owns   the only import of watchdog (`watcher.py`), the watches, and which folders are waiting to become quiet
       (`settle.py`, pure).
Takes  the music folders.  Gives dirty folders to the librarian: hints only, what changed is found by looking.
Never  reads a file, and loses nothing: when the kernel's queue overflows, everything is dirty.
"""
