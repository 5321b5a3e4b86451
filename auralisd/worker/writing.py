"""Writing: whether a file is still being written, so that it is read once and whole.

The kernel grants a lease for reading only on a file that nobody has open for writing.  Where it grants none (another
user's file, a network drive), a file counts as being written while it changes.
"""

import errno
import fcntl
import os
import time

_OPEN_FOR_LONG_S = 60.0
"""Some keep files open for ever; one that has not changed for so long is read all the same."""
_CHANGES_S = 1.0


def being_written(path: bytes) -> bool:
    """False also for what cannot be opened: whoever reads it will say why.

    The process must ignore SIGIO, which the kernel sends when somebody wants to write in the moment of the test.
    """
    try:
        status = os.lstat(path)
        age_s = abs(time.time() - status.st_mtime)
        if age_s > _OPEN_FOR_LONG_S:
            return False
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NOCTTY)
    except (OSError, ValueError):
        return False
    try:
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as refusal:
        return refusal.errno == errno.EAGAIN or age_s < _CHANGES_S
    finally:
        os.close(fd)
    return False
