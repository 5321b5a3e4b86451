"""The lock of the state folder: two daemons never write one database."""

import contextlib
import fcntl
import os
from pathlib import Path

from auralisd.errors import StartRefused


class StateLock:
    """Held until `close`, or until the process ends in whatever way."""

    def __init__(self, state_folder: Path) -> None:
        self._path = state_folder / "lock"
        self._fd = -1

    def take(self) -> None:
        """Make the folder if it is missing and lock it.  Raises StartRefused."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as failure:
            raise StartRefused(
                f"the state folder {self._path.parent} cannot be used ({failure.strerror}): make it writable or name "
                "another one with --state-dir"
            ) from None
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = self._holder()
            self.close()
            raise StartRefused(
                f"the state folder {self._path.parent} is in use by process {holder}: end that one, or name another "
                "folder with --state-dir"
            ) from None
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _holder(self) -> str:
        with contextlib.suppress(ValueError, OSError):
            return str(int(os.pread(self._fd, 32, 0)))
        return "unknown"
