"""Counts: what one scan has done so far, and how far it is."""

from collections.abc import Callable, Sequence

import msgspec

from auralisd.doors.worker import Listed
from auralisd.store.rows import Scope

MOST_REFUSALS = 100
"""Of so many files and folders that could not be read a scan tells the names."""


class ScanStep(msgspec.Struct, frozen=True):
    """How far a scan is: `total` 0 while files are only found, then so many are to be read.  `current` is the name of
    the file at hand, never its folder."""

    done: int
    total: int
    current: str


Tell = Callable[[ScanStep], None]


class Counts(msgspec.Struct):
    """What one scan did to the library.

    `unanswered` are the files and folders that hung, `unfinished` the folders in which files are still being written,
    `vanished` the music folders in which a folder was no longer there.  `looked` are the folders that could be looked
    at, `codes` why others could not; `refusals` pairs names of files, and of folders in them, with codes.
    """

    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    unavailable: int = 0
    returned: int = 0
    refused: int = 0
    unanswered: int = 0
    looked: int = 0
    codes: list[str] = []
    unfinished: list[Scope] = []
    vanished: set[int] = set()
    refusals: list[tuple[str, str]] = []

    @property
    def nothing(self) -> bool:
        return not any(msgspec.structs.astuple(self)[:6])

    def refuse(self, refused: Sequence[tuple[bytes, str]]) -> None:
        """These paths could not be read, for the reasons that the codes say."""
        self.refused += len(refused)
        more = MOST_REFUSALS - len(self.refusals)
        self.refusals += [(file_name(path), code) for path, code in refused[:more]]


class Finding:
    """Counts what walks find, and tells of it."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._files = 0
        self._here = 0

    @property
    def nothing(self) -> bool:
        """The walk at hand has found no file and no folder below its own."""
        return self._here == 0

    def begin(self) -> None:
        """A walk begins."""
        self._here = -1  # it lists the folder that it begins with

    def add(self, listed: Listed) -> None:
        self._files += len(listed.files)
        self._here += len(listed.files) + len(listed.folders) + len(listed.failures)
        if listed.files:
            self._tell(ScanStep(self._files, 0, file_name(listed.files[-1].path)))


def file_name(path: bytes) -> str:
    return path.rpartition(b"/")[2].decode("utf-8", "replace")
