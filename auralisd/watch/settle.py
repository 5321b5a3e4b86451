"""Settling: a folder is looked at once it has been quiet, so that a copy in progress is read once and whole."""

from collections.abc import Iterator

import msgspec

QUIET_S = 1.0
PATIENCE_S = 5.0


class Dirty(msgspec.Struct, frozen=True):
    """A folder to be looked at: `recursive` with all that is below it."""

    folder: bytes
    recursive: bool


class Settling:
    """Folders on their way to quiet.  A folder that never becomes quiet is due `patience_s` after its first touch.

    A folder below one that waits with all that is below it waits with that one.
    """

    def __init__(self, quiet_s: float = QUIET_S, patience_s: float = PATIENCE_S) -> None:
        self._quiet_s = quiet_s
        self._patience_s = patience_s
        self._waiting: dict[Dirty, tuple[float, float]] = {}
        """When each was touched first and last."""

    def touch(self, dirty: Dirty, *, now_s: float) -> None:
        """Something happened there.  Costs the same however many wait."""
        waits_with = self._covering(dirty) or dirty
        first_s, last_s = self._waiting.get(waits_with, (now_s, now_s))
        self._waiting[waits_with] = (first_s, max(last_s, now_s))

    def take_due(self, *, now_s: float) -> list[Dirty]:
        """The folders whose time has come, in order of path."""
        self._swallow()
        due = [dirty for dirty, touched in self._waiting.items() if self._due_s(touched) <= now_s]
        for dirty in due:
            del self._waiting[dirty]
        return sorted(due, key=lambda dirty: dirty.folder)

    def next_due_s(self) -> float | None:
        """When to call `take_due` next; None: nothing waits."""
        self._swallow()
        return min(map(self._due_s, self._waiting.values()), default=None)

    def _due_s(self, touched: tuple[float, float]) -> float:
        first_s, last_s = touched
        return min(last_s + self._quiet_s, first_s + self._patience_s)

    def _swallow(self) -> None:
        """Let those that were touched before a folder above them wait with it."""
        for dirty in list(self._waiting):
            if (outer := self._covering(dirty)) is not None:
                first_s, last_s = self._waiting.pop(dirty)
                outer_first_s, outer_last_s = self._waiting[outer]
                self._waiting[outer] = (min(first_s, outer_first_s), max(last_s, outer_last_s))

    def _covering(self, dirty: Dirty) -> Dirty | None:
        """Another one that waits, and whose look sees all that this one's would."""
        if not dirty.recursive and (whole := Dirty(dirty.folder, recursive=True)) in self._waiting:
            return whole
        return next((above for above in _above(dirty.folder) if above in self._waiting), None)


def covers(outer: Dirty, inner: Dirty) -> bool:
    """A look at `outer` sees all that one at `inner` would."""
    if outer.folder == inner.folder:
        return outer.recursive or not inner.recursive
    return outer.recursive and inner.folder.startswith(outer.folder.rstrip(b"/") + b"/")


def _above(folder: bytes) -> Iterator[Dirty]:
    while (folder := folder.rpartition(b"/")[0]) != b"":
        yield Dirty(folder, recursive=True)
    yield Dirty(b"/", recursive=True)
