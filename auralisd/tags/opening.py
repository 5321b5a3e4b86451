"""Opening a file that may be anything: a FIFO does not block us, a device is never touched."""

import os
import stat
from typing import BinaryIO

from auralisd.errors import TrackUnreadable
from auralisd.model.track import FileFacts


def open_regular(path: bytes) -> BinaryIO:
    """Open a regular file for reading.  Raises TrackUnreadable: `missing`, `unreadable`, `not-audio`, `empty`.

    A symbolic link at the end of `path` is refused: a file may have been replaced by one since it was listed.
    """
    try:
        # Without O_NONBLOCK the open of a FIFO would wait for a writer.
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NOCTTY)
    except FileNotFoundError:
        raise TrackUnreadable("missing", "there is no such file") from None
    except (OSError, ValueError):
        raise TrackUnreadable("unreadable", "the file cannot be opened") from None
    status = os.fstat(fd)
    if stat.S_ISREG(status.st_mode) and status.st_size > 0:
        return os.fdopen(fd, "rb")
    os.close(fd)
    if stat.S_ISREG(status.st_mode):
        raise TrackUnreadable("empty", "the file holds nothing")
    raise TrackUnreadable("not-audio", "this is not a file")


def facts_of(status: os.stat_result) -> FileFacts:
    """A file's signature from its `stat`, every number within 64 bits with a sign.

    Some file systems use all 64 bits of an inode number, and times can be set beyond the year 2262.
    """
    return FileFacts(_int64(status.st_dev), _int64(status.st_ino), status.st_size, _int64(status.st_mtime_ns))


def _int64(number: int) -> int:
    return (number + 2**63) % 2**64 - 2**63
