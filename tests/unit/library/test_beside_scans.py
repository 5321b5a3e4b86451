"""What happens to the library beside a scan: nothing is lost, and no track is half one file and half another."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from auralisd.library import housing, scanning
from auralisd.library.counts import Counts
from auralisd.library.events import LibraryChanged, LibraryEvent
from auralisd.library.librarian import Librarian
from auralisd.model.track import Track
from auralisd.store.database import Database
from auralisd.supervise import Supervisor
from tests.music import tag, write_music

ENOUGH_S = 60.0


class Home:
    """A librarian with workers, whose scans are begun by the test alone: `Music` is configured, `More` is there."""

    def __init__(self, place: Path) -> None:
        self.music, self.more = place / "Music", place / "More"
        for folder in (self.music, self.more, place / "state"):
            folder.mkdir()
        self.events: list[LibraryEvent] = []
        self.database = Database(place / "state", lambda *_: None)
        self.librarian = Librarian(
            database=self.database,
            folders=[self.music],
            publish=self.events.append,
            supervisor=Supervisor(lambda *_: None),
            watching=False,
        )

    async def scan(self) -> Counts:
        async with asyncio.timeout(ENOUGH_S):
            return await self.librarian.scan(self.librarian.wanted_scan(()), lambda _: None)

    async def tracks(self) -> dict[str, Track]:
        page = await self.librarian.query("", cursor="", limit=500, sort="", descending=False, offset=0)
        return {track.file_name: track for track in page.rows}


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    home = Home(tmp_path)
    await home.database.open()
    await home.librarian.open()
    yield home
    await home.librarian.close()
    await home.database.close()


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Awaitable[object]]], None]:
    """Does something once, when a scan knows what has changed and has written none of it."""

    def between(do: Callable[[], Awaitable[object]]) -> None:
        place = scanning.Scanner._place
        waiting = [do]

        async def placed(self: scanning.Scanner, *rest: object) -> None:
            if waiting:
                await waiting.pop()()
            await place(self, *rest)  # type: ignore[arg-type]

        monkeypatch.setattr(scanning.Scanner, "_place", placed)

    return between


async def test_tracks_that_a_new_folder_takes_in_are_counted_and_told(home: Home) -> None:
    track = await home.librarian.adopt(bytes(write_music(home.more / "song.flac")))
    before, home.events[:] = home.librarian.revision, []
    await home.librarian.housing.add(bytes(home.more))
    await home.scan()

    assert (await home.tracks())["song.flac"].id == track
    assert home.librarian.track_count == 1
    assert sum(event.added for event in home.events if isinstance(event, LibraryChanged)) == 1
    assert home.librarian.revision > before


async def test_a_file_that_moves_on_from_a_folder_that_is_leaving_is_the_track_that_it_was(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> tuple[int, int]:
        failure = sqlite3.OperationalError("disk full")
        failure.sqlite_errorname = "SQLITE_FULL"
        raise failure

    song = write_music(home.more / "song.flac")
    number = await home.librarian.housing.add(bytes(home.more))
    await home.scan()
    track = (await home.tracks())["song.flac"].id
    await home.librarian.reckoning.set_rating((track,), 0.8)
    monkeypatch.setattr(housing, "empty_folder", refused)
    monkeypatch.setattr(housing, "_ANSWER_S", 0.01)
    await home.librarian.housing.remove(number)
    song.rename(home.music / "song.flac")
    counts = await home.scan()

    [found] = (await home.tracks()).values()
    assert (found.id, found.numbers.rating) == (track, 0.8)
    assert found.path == bytes(home.music / "song.flac")
    assert counts.moved == 1


async def test_a_track_that_is_replaced_while_a_scan_is_at_work_is_its_own_file(
    home: Home, between: Callable[[Callable[[], Awaitable[object]]], None]
) -> None:
    worse, better = write_music(home.music / "song.mp3"), write_music(home.music / "song.flac")
    await home.scan()
    known = await home.tracks()
    old, new = known["song.mp3"].id, known["song.flac"].id
    worse.rename(home.music / "moved.mp3")
    replacing: list[asyncio.Task[None]] = []

    async def replace() -> None:
        replacing.append(asyncio.create_task(home.librarian.replacing.replace(old, new)))
        await asyncio.wait(replacing, timeout=ENOUGH_S)

    between(replace)
    await home.scan()
    async with asyncio.timeout(ENOUGH_S):
        await replacing[0]
    while not (await home.scan()).nothing:
        pass
    known = await home.tracks()

    assert {name: (track.id, track.stream.format) for name, track in known.items()} == {
        "song.flac": (old, "flac"),
        "moved.mp3": (new, "mp3"),
    }
    assert better.exists()


@pytest.mark.parametrize("fate", ["moved", "moved and changed", "returned", "returned as another"])
async def test_a_file_that_is_opened_before_the_scan_that_knows_it_wrote_is_one_track(
    home: Home, between: Callable[[Callable[[], Awaitable[object]]], None], fate: str
) -> None:
    song, there = write_music(home.music / "song.flac"), home.music / "there.flac"
    others = [write_music(home.music / f"{number}.flac", track=number) for number in range(2, 5)]
    await home.scan()
    track = (await home.tracks())["song.flac"].id
    await home.librarian.reckoning.set_rating((track,), 0.8)
    match fate:
        case "moved":
            song.rename(there)
        case "moved and changed":
            there = home.music / "deep" / "song.flac"  # the same inode and name: it is the track, whatever is in it
            there.parent.mkdir()
            song.rename(there)
            tag(there, title="Another")
        case "returned" | "returned as another":
            content = song.read_bytes()
            song.unlink()
            await home.scan()
            there = song
            there.write_bytes(content) if fate == "returned" else write_music(there, track=9, seconds=0.3)
    write_music(home.music / "new.flac", track=7)
    opened: list[int] = []

    async def open_it() -> None:
        opened.append(await home.librarian.adopt(bytes(there)))

    between(open_it)
    await home.scan()
    while not (await home.scan()).nothing:
        pass
    known = await home.tracks()

    assert sorted(known) == sorted([there.name, "new.flac", *(other.name for other in others)])
    assert opened
    if fate != "returned as another":
        assert (known[there.name].id, known[there.name].numbers.rating) == (track, 0.8)


async def test_what_was_measured_is_another_state_of_the_library(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auralisd.library.telling.MEASURED_EVERY_S", 0.05)
    write_music(home.music / "song.flac", seconds=2)
    await home.scan()
    track = (await home.tracks())["song.flac"].id
    at_work = asyncio.create_task(home.librarian._measurer.run())
    told = [home.librarian.revision]
    async with asyncio.timeout(ENOUGH_S):
        assert await home.librarian.measure_now((track,)) == {track: "measured"}
        while True:
            await asyncio.sleep(0.02)
            if home.librarian.revision != told[0]:
                break
    told.append(home.librarian.revision)
    measured = (await home.tracks())["song.flac"]
    at_work.cancel()
    await asyncio.wait([at_work])
    await home.librarian.forget_profiles(track)
    told.append(home.librarian.revision)
    forgotten = (await home.tracks())["song.flac"]

    assert [each.analysed for each in (measured, forgotten)] == [True, False]
    assert told == sorted(set(told))
