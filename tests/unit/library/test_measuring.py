"""Which track is measured next, and what is told of it."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from auralisd.library import measuring
from auralisd.library.errands import Errands, start_worker
from auralisd.library.events import KnowledgeChanged, ProfileReady
from auralisd.library.leisure import Leisure
from auralisd.library.measuring import Measurer
from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.database import Database
from auralisd.store.rows import ReadFile
from auralisd.store.tracks import add_tracks, keep_folders
from auralisd.supervise import Supervisor
from auralisd.tags.opening import facts_of
from tests.music import write_music


def keep_three_tracks(rows: sqlite3.Connection) -> None:
    keep_folders(rows, [(b"/music", "music")])
    for number in (1, 2, 3):
        facts = FileFacts(device=1, inode=number, size_bytes=1000, mtime_ns=5)
        add_tracks(rows, [ReadFile((1, b"%d.flac" % number), facts, StreamFacts("flac"), Tags())], 0)


async def test_a_track_that_changes_while_the_next_ones_are_looked_up_is_measured_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auralisd.library.measuring._AHEAD", 1)
    database = Database(tmp_path, lambda *_: None)
    await database.open()
    await database.run(keep_three_tracks)
    errands = Errands("measuring", start_worker, Supervisor(lambda *_: None))
    measurer = Measurer(database, errands, lambda _: None)
    assert await measurer._next() == 1
    asked = threading.Event()
    held = database.submit(lambda _: asked.wait(5))
    looked_up = asyncio.ensure_future(measurer._next())
    await asyncio.sleep(0)
    measurer.look_again()
    asked.set()
    await held
    await looked_up
    later = [await measurer._next() for _ in range(3)]
    await database.close()

    assert later == [1, 2, 3]


class Bench:
    """A measurer at work on real files of one album, with what it told and in which order it began."""

    def __init__(self, database: Database, errands: Errands, music: Path, leisure: Leisure | None) -> None:
        self.events: list[ProfileReady | KnowledgeChanged] = []
        self.database = database
        self.measurer = Measurer(database, errands, self.tell, leisure)
        self.told = asyncio.Event()
        self._music = music

    def tell(self, event: ProfileReady | KnowledgeChanged) -> None:
        self.events.append(event)
        self.told.set()

    async def add(self, *names: str) -> None:
        """Tracks 1, 2, 3 … with these names; what ends in `.bad.flac` is none."""

        def keep(rows: sqlite3.Connection) -> None:
            keep_folders(rows, [(bytes(self._music), "music")])
            for name in names:
                path = self._music / name
                write_music(path)
                if name.endswith(".bad.flac"):
                    path.write_bytes(b"fLaC" + bytes(100))
                tags = Tags(name, album="Album")
                add_tracks(rows, [ReadFile((1, name.encode()), facts_of(path.stat()), StreamFacts("flac"), tags)], 0)

        await self.database.run(keep)
        self.measurer.look_again()

    async def until_ready(self, count: int) -> list[int]:
        """The tracks that were measured, in order, once there are so many."""
        async with asyncio.timeout(60):
            while len(ready := [event.track for event in self.events if isinstance(event, ProfileReady)]) < count:
                self.told.clear()
                await self.told.wait()
        return ready


@contextlib.asynccontextmanager
async def bench(tmp_path: Path, leisure: Leisure | None = None) -> AsyncIterator[Bench]:
    (tmp_path / "music").mkdir()
    database = Database(tmp_path, lambda *_: None)
    await database.open()
    supervisor = Supervisor(lambda *_: None)
    errands = Errands("measuring", start_worker, supervisor)
    made = Bench(database, errands, tmp_path / "music", leisure)
    try:
        yield made
    finally:
        await supervisor.close()
        await errands.close()
        await database.close()


@contextlib.asynccontextmanager
async def running(measurer: Measurer) -> AsyncIterator[None]:
    task = asyncio.ensure_future(measurer.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_wishes_go_first_then_what_is_waited_for_then_the_library(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        await made.add(*(f"{number}.flac" for number in range(1, 8)))
        waiting = asyncio.ensure_future(made.measurer.measure_now((6, 3)))
        await asyncio.sleep(0)
        made.measurer.wish((7, 5, 4, 7))
        async with running(made.measurer):
            order = await made.until_ready(7)
            outcomes = await waiting

    assert order == [7, 5, 4, 6, 3, 1, 2]
    assert outcomes == {6: "measured", 3: "measured"}


async def test_whoever_waits_learns_what_came_of_each_track(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        await made.add("1.flac", "2.bad.flac", "3.flac")
        (tmp_path / "music" / "3.flac").unlink()
        begun: list[int] = []
        async with running(made.measurer):
            first = await made.measurer.measure(1)
            outcomes = await made.measurer.measure_now((1, 2, 3, 99), lambda track: begun.append(track.id))

    assert first == "measured"
    assert outcomes == {1: "already", 2: "not-audio", 3: "missing", 99: "missing"} | {2: outcomes[2]}
    assert outcomes[2] in {"damaged", "not-audio"}
    assert begun == [1, 2, 3]


async def test_whoever_is_cancelled_leaves_the_rest_unmeasured(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        await made.add("1.flac", "2.flac")
        waiting = asyncio.ensure_future(made.measurer.measure_now((2, 1)))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

        assert await made.measurer._next() == 1


async def test_the_last_track_of_an_album_tells_of_all_its_tracks(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        await made.add("1.flac", "2.flac", "3.bad.flac")
        async with running(made.measurer):
            for track in (1, 3, 2):
                await made.measurer.measure(track)
        told = [event.tracks for event in made.events if isinstance(event, KnowledgeChanged)]

    assert told == [(1,), (3,), (1, 2, 3)]


async def test_the_library_waits_for_leisure_and_wishes_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(measuring, "AGAIN_S", 0.05)
    caplog.set_level("INFO")
    battery = tmp_path / "supplies" / "BAT0"
    battery.mkdir(parents=True)
    (battery / "type").write_text("Battery\n")
    (battery / "status").write_text("Discharging\n")
    async with bench(tmp_path, Leisure(on_battery=False, supplies=tmp_path / "supplies")) as made:
        await made.add("1.flac", "2.flac", "3.flac")
        async with running(made.measurer):
            made.measurer.wish((3,))
            wished = await made.until_ready(1)
            asked = await made.measurer.measure(2)
            await asyncio.sleep(0.3)
            paused = await made.until_ready(2)
            (battery / "status").write_text("Charging\n")
            after = await made.until_ready(3)

    assert (wished, asked, paused, after) == ([3], "measured", [3, 2], [3, 2, 1])
    pauses = [record.getMessage() for record in caplog.records if "of the library" in record.getMessage()]
    assert pauses == ["measuring of the library pauses reason=battery", "measuring of the library goes on"]
