"""Pages of the queue that hold while it changes."""

import re

import msgspec

from auralisd.errors import InvalidRequest
from auralisd.playback.snapshot import Entry, Snapshot

KEPT_LISTS = 8
"""So many lists that somebody has begun to read are remembered; others find their place by the entry."""

_CURSOR = re.compile(r"(\d{1,19})\.(\d{1,10})\.(\d{1,10})", re.ASCII)

Rows = list[tuple[int, Entry]]
"""Entries, each with its place in the queue as it is now."""


class Cursor(msgspec.Struct, frozen=True):
    """Where a page goes on: in the list of that revision, at that place, which lies behind that entry."""

    revision: int
    place: int
    entry: int

    def text(self) -> str:
        return f"{self.revision}.{self.place}.{self.entry}"


class QueuePages:
    """A reading goes on in the list that it began with: what stays in the queue is met once, however it is moved about
    meanwhile; what left is not met any more, what came is met by the next reading."""

    def __init__(self) -> None:
        self._lists: dict[int, tuple[Entry, ...]] = {}

    def page(self, now: Snapshot, cursor: str, *, offset: int, limit: int) -> tuple[Rows, str]:
        """The rows, and the cursor of the next page, "" when there is none.  Raises InvalidRequest."""
        revision, entries, place = self._begin(now, cursor)
        index = None if revision == now.revision else {entry.id: index for index, entry in enumerate(now.entries)}
        rows: Rows = []
        for here in range(place + offset, len(entries)):
            entry = entries[here]
            lies_at = here if index is None else index.get(entry.id)
            if lies_at is None:
                continue
            if len(rows) == limit:
                self._remember(revision, entries)
                return rows, Cursor(revision, here, rows[-1][1].id).text()
            rows.append((lies_at, entry))
        return rows, ""

    def _begin(self, now: Snapshot, cursor: str) -> tuple[int, tuple[Entry, ...], int]:
        """The list to read, its revision, and the place to go on at."""
        if not cursor:
            return now.revision, now.entries, 0
        found = _CURSOR.fullmatch(cursor)
        if found is None:
            raise InvalidRequest('cursor must be "" or the next_cursor of the page before')
        revision, place, last = map(int, found.groups())
        if revision == now.revision:
            return revision, now.entries, place
        if revision in self._lists:
            return revision, self._lists[revision], place
        behind = next((index + 1 for index, entry in enumerate(now.entries) if entry.id == last), place)
        return now.revision, now.entries, behind

    def _remember(self, revision: int, entries: tuple[Entry, ...]) -> None:
        self._lists.pop(revision, None)
        self._lists[revision] = entries
        if len(self._lists) > KEPT_LISTS:
            del self._lists[next(iter(self._lists))]
