"""The workshop: a hidden folder inside the target, in which files lie until all of them are whole.

It is locked by who works in it.  The kernel takes the lock back with the process, so that what a power cut left behind
is known for what it is, and swept away by the next one who works there.
"""

import contextlib
import errno
import fcntl
import os
import re
import shutil
from typing import Self

from auralisd.disk import to_disk
from auralisd.export.naming import numbered
from auralisd.export.refusing import not_written

_NAME = re.compile(rb"\.auralis-\d+-\d+")
_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
"""What a file system without hard links (FAT) answers."""


def workshop_in(folder: bytes, pid: int, number: int) -> bytes:
    """Where job `number` of process `pid` works."""
    return os.path.join(folder, b".auralis-%d-%d" % (pid, number))


def remove_workshop(path: bytes) -> None:
    """Take one away whose worker is gone; one that is not there is no failure."""
    shutil.rmtree(path, ignore_errors=True)


class Workshop:
    """Entered, it is there and ours; left, it is gone with all that was not published."""

    def __init__(self, path: bytes) -> None:
        self._path = path
        self._folder = os.path.dirname(path)
        self._lock = -1

    def __enter__(self) -> Self:
        try:
            sweep(self._folder)
            self._lock = self._taken()
        except OSError as failure:
            raise not_written(failure) from failure
        return self

    def __exit__(self, *_: object) -> None:
        remove_workshop(self._path)
        os.close(self._lock)

    def place(self, number: int, suffix: str) -> bytes:
        """Where the file of that number is to be made."""
        return os.path.join(self._path, b"%d%s" % (number, suffix.encode()))

    def publish(self, files: list[tuple[bytes, str, str]]) -> list[str]:
        """Give each file (place, stem, suffix) a name in the target that nobody has; answers the names.

        All of them or none.  Raises NotWritten.
        """
        names: list[str] = []
        try:
            for path, _, _ in files:
                to_disk(path)  # all of it first: it takes long, and what is ended meanwhile has published nothing
            for path, stem, suffix in files:
                names.append(self._publish(path, stem, suffix))
            to_disk(self._folder)
        except BaseException as failure:  # ended in mid-publishing, too, it leaves none
            for name in names:
                with contextlib.suppress(OSError):
                    os.unlink(os.path.join(self._folder, name.encode()))
            if isinstance(failure, OSError):
                raise not_written(failure) from failure
            raise
        return names

    def _publish(self, path: bytes, stem: str, suffix: str) -> str:
        number = 1
        while True:
            name = numbered(stem, suffix, number)
            try:
                _rename_onto_nothing(path, os.path.join(self._folder, name.encode()))
            except FileExistsError:
                number += 1
            else:
                return name

    def _taken(self) -> int:
        """Make and lock it; between the two somebody may have swept it away."""
        while True:
            os.mkdir(self._path, 0o700)
            lock = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            with contextlib.suppress(OSError):  # a network folder without locks is not swept either
                fcntl.flock(lock, fcntl.LOCK_EX)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(lock), os.stat(self._path)):
                    return lock
            os.close(lock)


def sweep(folder: bytes) -> None:
    """Take away the workshops of workers that are gone."""
    for name in os.listdir(folder):
        if _NAME.fullmatch(name):
            _sweep(os.path.join(folder, name))


def _sweep(path: bytes) -> None:
    with contextlib.suppress(OSError):  # locked, or gone already
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            remove_workshop(path)
        finally:
            os.close(lock)


def _rename_onto_nothing(path: bytes, target: bytes) -> None:
    """Raises FileExistsError instead of replacing anything."""
    try:
        os.link(path, target)
    except OSError as refusal:
        if refusal.errno not in _NO_LINKS:
            raise
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666))
        try:
            os.replace(path, target)
        except BaseException:
            os.unlink(target)  # the empty file that held the name
            raise
    else:
        os.unlink(path)
