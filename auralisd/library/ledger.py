"""The ledger: favourites, ratings, plays, skips and the history.  The only writer of them."""

import logging
import sqlite3
import time
from collections.abc import Callable

import msgspec

from auralisd.errors import InvalidRequest, NotFound, NotKept
from auralisd.library.reckoning import HistoryPage
from auralisd.store.database import Database
from auralisd.store.listening import (
    clear_history,
    count_heard,
    find_history,
    keep_favourite,
    keep_rating,
    unknown_among,
)
from auralisd.store.statistics import Counting, Statistics

log = logging.getLogger(__name__)

MOST_OWED = 1_000
"""So many counts wait for a disk that takes no more; older ones are given up."""


class _Owed(msgspec.Struct, frozen=True):
    entry: int
    track: int
    outcome: str
    at_unix_s: int


class Ledger:
    """Implements `reckoning.Reckoning`.  `on_changed` is told how many tracks have other numbers than before."""

    def __init__(self, database: Database, on_changed: Callable[[int], None], revision: Callable[[], int]) -> None:
        self._database = database
        self._on_changed = on_changed
        self._revision = revision
        self._owed: list[_Owed] = []

    async def count(self, entry: int, track: int, outcome: str) -> None:
        """Count a play or a skip.  Where the disk takes no more, it is owed, and kept with the next."""
        # Taken, so that a count that comes while this one is written does not write it again.
        owed, self._owed = [*self._owed, _Owed(entry, track, outcome, int(time.time()))], []

        def keep(connection: sqlite3.Connection) -> int:
            return sum(count_heard(connection, one.entry, one.track, one.outcome, one.at_unix_s) for one in owed)

        try:
            counted = await self._database.run(keep)
        except NotKept as refusal:
            self._owed = [*owed, *self._owed][-MOST_OWED:]
            log.warning("plays and skips are not kept yet owed=%d reason=%s", len(self._owed), refusal)
            return
        self._tell(counted)

    async def set_favourite(self, tracks: tuple[int, ...], *, favourite: bool) -> None:
        def keep(connection: sqlite3.Connection) -> int:
            _must_exist(connection, tracks)
            return keep_favourite(connection, tracks, favourite=favourite)

        self._tell(await self._database.run(keep))

    async def set_rating(self, tracks: tuple[int, ...], rating: float | None) -> None:
        if rating is not None and not 0.0 <= rating <= 1.0:  # nor is NaN between them
            raise InvalidRequest(f"rating {rating} is not in 0..1; ClearRating takes a rating away")

        def keep(connection: sqlite3.Connection) -> int:
            _must_exist(connection, tracks)
            return keep_rating(connection, tracks, rating)

        self._tell(await self._database.run(keep))

    async def history(self, cursor: str, limit: int) -> HistoryPage:
        before = _line_of(cursor)
        revision = self._revision()
        found, total = await self._database.ask(lambda connection: find_history(connection, before, limit + 1))
        rows = tuple(found[:limit])
        return HistoryPage(rows, str(rows[-1].id) if len(found) > limit else "", total, revision)

    async def clear_history(self) -> None:
        await self._database.run(clear_history)

    async def statistics(self) -> Statistics:
        counting = Counting()
        while await self._database.ask(counting.go_on):
            pass  # whoever asked meanwhile was answered between two strides
        return counting.figures

    def _tell(self, tracks: int) -> None:
        if tracks:
            self._on_changed(tracks)


def _must_exist(connection: sqlite3.Connection, tracks: tuple[int, ...]) -> None:
    if (unknown := unknown_among(connection, tracks)) is not None:
        raise NotFound(f"track {unknown}: there is no such track; Query tells which there are")


def _line_of(cursor: str) -> int | None:
    if not cursor:
        return None
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 19):
        raise InvalidRequest('cursor must be "" or the next_cursor of the page before')
    return int(cursor)
