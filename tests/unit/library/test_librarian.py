"""The librarian's start, and what it is asked by the player."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from auralisd.errors import InvalidRequest, NotFound, StartRefused
from auralisd.library.events import KnowledgeChanged, LibraryEvent
from auralisd.library.librarian import Librarian
from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.database import Database
from auralisd.store.rows import ReadFile
from auralisd.store.tracks import add_tracks
from auralisd.supervise import Supervisor


async def test_a_start_on_a_full_disk_is_refused_with_the_remedy(tmp_path: Path) -> None:
    database = Database(tmp_path, lambda *_: None)
    await database.open()
    await database.run(lambda connection: connection.execute("PRAGMA query_only = 1"))
    librarian = Librarian(
        database=database, folders=[tmp_path], publish=lambda _: None, supervisor=Supervisor(lambda *_: None)
    )
    with pytest.raises(StartRefused, match="make room on its disk"):
        await librarian.open()
    await database.close()


@pytest.fixture
async def asked(tmp_path: Path) -> AsyncIterator[tuple[Librarian, list[LibraryEvent]]]:
    """A librarian with two tracks of an album and one without."""
    database = Database(tmp_path, lambda *_: None)
    await database.open()
    events: list[LibraryEvent] = []
    librarian = Librarian(
        database=database, folders=[tmp_path], publish=events.append, supervisor=Supervisor(lambda *_: None)
    )
    await librarian.open()

    def keep(rows: sqlite3.Connection) -> None:
        for number, album in ((1, "Album"), (2, "Album"), (3, None)):
            facts = FileFacts(device=1, inode=number, size_bytes=1000, mtime_ns=5)
            tags = Tags("T", album=album, track_number=number)
            add_tracks(rows, [ReadFile((1, b"%d.flac" % number), facts, StreamFacts("flac"), tags)], 0)

    await database.run(keep)
    yield librarian, events
    await librarian.close()
    await database.close()


async def test_a_preset_for_an_album_is_known_of_all_its_tracks_and_told(
    asked: tuple[Librarian, list[LibraryEvent]],
) -> None:
    librarian, events = asked
    await librarian.remember_preset(1, "album", "warm")
    await librarian.remember_preset(1, "track", "live")
    known = [await librarian.knowledge(track) for track in (1, 2, 3)]

    assert [(each.preset, each.preset_scope) for each in known] == [("live", "track"), ("warm", "album"), ("", "")]
    assert [each.album_number for each in known] == [1, 2, 0]
    assert events == [KnowledgeChanged((1, 2)), KnowledgeChanged((1,))]


@pytest.mark.parametrize(
    ("track", "scope", "refusal", "reason"),
    [
        (99, "track", NotFound, "no such track"),
        (3, "album", InvalidRequest, "belongs to no album"),
        (1, "disc", InvalidRequest, "say track or album"),
    ],
)
async def test_a_preset_that_cannot_be_remembered_is_refused_with_the_reason(
    asked: tuple[Librarian, list[LibraryEvent]], track: int, scope: str, refusal: type[Exception], reason: str
) -> None:
    librarian, events = asked
    with pytest.raises(refusal, match=reason):
        await librarian.remember_preset(track, scope, "warm")

    assert events == []
    assert (await librarian.knowledge(track)).preset == ""
