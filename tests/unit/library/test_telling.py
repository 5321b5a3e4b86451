"""The number of the library's state: it only grows, and says no more than is true."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from auralisd.library.events import LibraryEvent
from auralisd.library.librarian import Librarian
from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.database import Database
from auralisd.store.rows import ReadFile
from auralisd.store.tracks import add_tracks
from auralisd.supervise import Supervisor


def a_librarian(database: Database, folder: Path, events: list[LibraryEvent]) -> Librarian:
    return Librarian(database=database, folders=[folder], publish=events.append, supervisor=Supervisor(lambda *_: None))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(tmp_path, lambda *_: None)
    await database.open()

    def keep(rows: sqlite3.Connection) -> None:
        rows.execute("INSERT INTO folder (id, path, name) VALUES (1, ?, 'Music')", (bytes(tmp_path),))
        file = ReadFile((1, b"a.flac"), FileFacts(1, 1, 1, 1), StreamFacts("flac"), Tags("A"))
        add_tracks(rows, [file], 0)

    await database.run(keep)
    yield database
    await database.close()


async def test_no_revision_is_told_twice_whatever_starts_again(database: Database, tmp_path: Path) -> None:
    told: list[int] = []
    for _ in range(3):
        librarian = a_librarian(database, tmp_path, [])
        await librarian.open()
        told.append(librarian.revision)
        for favourite in (True, False):
            await librarian.reckoning.set_favourite((1,), favourite=favourite)
            told.append(librarian.revision)

    assert told == sorted(set(told))
    assert told[-1] < 2**53  # scripts that count in doubles can hold it


async def test_a_page_claims_no_newer_state_than_its_rows_are_of(database: Database, tmp_path: Path) -> None:
    events: list[LibraryEvent] = []
    librarian = a_librarian(database, tmp_path, events)
    await librarian.open()
    before = librarian.revision
    page = asyncio.ensure_future(librarian.query("", cursor="", limit=9, sort="", descending=False, offset=0))
    await asyncio.sleep(0)
    librarian._teller.numbers_changed(1)  # as it happens while the question is under way

    assert (await page).revision == before
    assert librarian.revision > before
