"""Mounts: which file systems lie under the music folders, and when that changes.

The kernel tells of changes of its mount table by a poll of `/proc/self/mountinfo`: nobody wakes while there are none.
"""

import contextlib
import os
import select
from collections.abc import Iterable
from pathlib import Path

import msgspec

MOUNT_TABLE = Path("/proc/self/mountinfo")
_REMOTE = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "coda", "davfs", "ncpfs", "virtiofs", "vboxsf"}
)
_ESCAPED = {b"\\040": b" ", b"\\011": b"\t", b"\\012": b"\n", b"\\134": b"\\"}


class Mount(msgspec.Struct, frozen=True):
    """One file system: `id` is the kernel's number, `kind` its type, as in `mount -t`."""

    id: int
    point: bytes
    kind: str

    @property
    def remote(self) -> bool:
        """Others may change it, and inotify tells nothing of that.  FUSE is taken for remote, whatever it is."""
        return self.kind in _REMOTE or self.kind == "fuse" or self.kind.startswith("fuse.")


def mounts(table: Path = MOUNT_TABLE) -> tuple[Mount, ...]:
    """Every mounted file system; none where the kernel does not say."""
    with contextlib.suppress(OSError):
        return tuple(_mount(line) for line in table.read_bytes().splitlines())
    return ()


def under(root: bytes, all_mounts: Iterable[Mount]) -> frozenset[Mount]:
    """The file systems that hold a folder and what is below it."""
    below = [mount for mount in all_mounts if _lies_in(mount.point, root)]
    above = [mount for mount in all_mounts if _lies_in(root, mount.point)]
    # The last of those that are mounted highest above it hides the others.
    holder = max(above, key=lambda mount: (len(mount.point), mount.id), default=None)
    return frozenset([*below, *([holder] if holder else [])])


class MountChanges:
    """A descriptor that is readable once the mount table has changed; `take` makes it quiet again."""

    def __init__(self, table: Path = MOUNT_TABLE) -> None:
        """Raises OSError where there is no such table."""
        self._table = os.open(table, os.O_RDONLY | os.O_CLOEXEC)
        # The table itself is always readable: only the outer descriptor waits for its changes alone.
        self._changes = select.epoll()
        self._changes.register(self._table, select.EPOLLPRI)

    def fileno(self) -> int:
        return self._changes.fileno()

    def take(self) -> None:
        self._changes.poll(0)

    def close(self) -> None:
        self._changes.close()
        os.close(self._table)


def _mount(line: bytes) -> Mount:
    """`36 35 98:0 /root /point options … - type source options`; blanks in names are written as octal numbers."""
    fields, _, rest = line.partition(b" - ")
    words = fields.split(b" ")
    point = words[4]
    for escaped, byte in _ESCAPED.items():
        point = point.replace(escaped, byte)
    return Mount(int(words[0]), point, rest.split(b" ")[0].decode("ascii", "replace"))


def _lies_in(path: bytes, folder: bytes) -> bool:
    return path == folder or path.startswith(folder.rstrip(b"/") + b"/")
