"""A worker that may read no more than the rights of files say, even if root started it.

While a file named `closing` lies in the music folder, the folder `shut` in it loses its rights in the midst of its
listing, and the folder `locked` as its files are about to be opened.
"""

import contextlib
import ctypes
import os
import socket
import sys
from collections.abc import Iterator

from auralisd.doors.link import Link
from auralisd.doors.worker import Answer, ReadTags, Task
from auralisd.worker.program import serve

_CAPABILITY_VERSION_3 = 0x20080522
_real_scandir = os.scandir


def _closes(folder: bytes, name: bytes) -> bool:
    above, own = os.path.split(folder)
    return own == name and os.path.exists(os.path.join(above, b"closing"))


@contextlib.contextmanager
def _scandir(folder: bytes) -> Iterator[Iterator[os.DirEntry[bytes]]]:
    with _real_scandir(folder) as entries:
        yield _half_of(entries, folder) if _closes(folder, b"shut") else entries


def _half_of(entries: Iterator[os.DirEntry[bytes]], folder: bytes) -> Iterator[os.DirEntry[bytes]]:
    for number, entry in enumerate(entries):
        if number == 2:
            os.chmod(folder, 0)
        yield entry


class _ClosingLink(Link[Task, Answer]):
    def receive(self) -> Task:
        task = super().receive()
        if isinstance(task, ReadTags):
            for folder in filter(lambda folder: _closes(folder, b"locked"), map(os.path.dirname, task.paths)):
                os.chmod(folder, 0)
        return task


if __name__ == "__main__":
    header, none = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    assert ctypes.CDLL(None).capset(header, none) == 0
    os.scandir = _scandir  # type: ignore[assignment]
    serve(_ClosingLink(socket.socket(fileno=int(sys.argv[1])), Task))
