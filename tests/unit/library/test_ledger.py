"""The ledger: all or nothing, durable when answered, and told."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from auralisd.errors import InvalidRequest, NotFound
from auralisd.library.events import LibraryEvent, NumbersChanged
from auralisd.library.librarian import Librarian
from auralisd.model.listening import PLAYED, SKIPPED, Numbers
from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.database import Database
from auralisd.store.rows import ReadFile
from auralisd.store.tracks import add_tracks
from auralisd.supervise import Supervisor


class Desk:
    """A librarian of three tracks, and what it told."""

    def __init__(self, librarian: Librarian, database: Database, events: list[LibraryEvent]) -> None:
        self.librarian, self.database, self.events = librarian, database, events

    async def numbers(self, track: int) -> Numbers:
        return (await self.librarian.tracks((track,)))[track].numbers


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    database = Database(tmp_path, lambda *_: None)
    await database.open()
    events: list[LibraryEvent] = []
    librarian = Librarian(
        database=database, folders=[tmp_path], publish=events.append, supervisor=Supervisor(lambda *_: None)
    )
    await librarian.open()

    def keep(rows: sqlite3.Connection) -> None:
        for number in (1, 2, 3):
            facts = FileFacts(device=1, inode=number, size_bytes=1000, mtime_ns=5)
            add_tracks(rows, [ReadFile((1, b"%d.flac" % number), facts, StreamFacts("flac"), Tags("T"))], 0)

    await database.run(keep)
    yield Desk(librarian, database, events)
    await librarian.close()
    await database.close()


async def test_favourites_and_ratings_are_told_once_for_all_tracks_that_changed(desk: Desk) -> None:
    revision = desk.librarian.revision
    await desk.librarian.reckoning.set_favourite((1, 2), favourite=True)
    await desk.librarian.reckoning.set_favourite((1, 2), favourite=True)
    await desk.librarian.reckoning.set_rating((2,), 1.0)

    assert desk.events == [NumbersChanged(revision + 1, 2), NumbersChanged(revision + 2, 1)]
    assert await desk.numbers(2) == Numbers(favourite=True, rating=1.0)


async def test_one_unknown_track_and_nothing_has_changed(desk: Desk) -> None:
    for change in (
        desk.librarian.reckoning.set_favourite((1, 99), favourite=True),
        desk.librarian.reckoning.set_rating((1, 99), 0.5),
    ):
        with pytest.raises(NotFound, match="track 99"):
            await change

    assert await desk.numbers(1) == Numbers()
    assert desk.events == []


@pytest.mark.parametrize("rating", [float("nan"), float("inf"), -float("inf"), -0.001, 1.001, 5.0])
async def test_a_rating_outside_0_to_1_is_refused(desk: Desk, rating: float) -> None:
    with pytest.raises(InvalidRequest, match=r"0\.\.1"):
        await desk.librarian.reckoning.set_rating((1,), rating)

    assert (await desk.numbers(1)).rating is None


async def test_plays_and_skips_are_counted_and_stand_in_the_history(desk: Desk) -> None:
    await desk.librarian.count(7, 1, PLAYED)
    await desk.librarian.count(8, 2, SKIPPED)
    page = await desk.librarian.reckoning.history("", 1)
    rest = await desk.librarian.reckoning.history(page.next_cursor, 1)

    assert [(heard.entry, heard.track, heard.outcome) for heard in page.rows] == [(8, 2, SKIPPED)]
    assert [(heard.entry, heard.track, heard.outcome) for heard in rest.rows] == [(7, 1, PLAYED)]
    assert (page.total, rest.next_cursor) == (2, "")
    assert (await desk.numbers(1)).plays == 1
    assert (await desk.numbers(1)).last_played_unix_s == rest.rows[0].at_unix_s


@pytest.mark.parametrize("cursor", ["-1", "x", "1e3", "٣", "9" * 19])
async def test_a_cursor_of_somebody_else_is_refused(desk: Desk, cursor: str) -> None:
    with pytest.raises(InvalidRequest, match="next_cursor"):
        await desk.librarian.reckoning.history(cursor, 1)


async def test_what_a_full_disk_refused_is_counted_with_the_next(desk: Desk) -> None:
    await desk.database.run(lambda rows: rows.execute("PRAGMA query_only = 1").fetchall())
    await desk.librarian.count(7, 1, PLAYED)
    assert (await desk.numbers(1)).plays == 0
    await desk.database.run(lambda rows: rows.execute("PRAGMA query_only = 0").fetchall())
    await desk.librarian.count(8, 2, PLAYED)

    assert [(await desk.numbers(track)).plays for track in (1, 2)] == [1, 1]
    assert (await desk.librarian.reckoning.history("", 9)).total == 2


async def test_counts_that_come_at_once_are_each_kept_once(desk: Desk) -> None:
    await asyncio.gather(*(desk.librarian.count(entry, 1, PLAYED) for entry in (7, 8, 9)))

    assert (await desk.numbers(1)).plays == 3
    assert [heard.entry for heard in (await desk.librarian.reckoning.history("", 9)).rows] == [9, 8, 7]
