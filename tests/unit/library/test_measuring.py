"""Which track is measured next, and what is told of it."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import soundfile

from auralisd.doors.child import Child, start_child
from auralisd.doors.worker import Answer
from auralisd.dsp.block import Block
from auralisd.library import measuring
from auralisd.library.errands import Errands, WorkerStarter, start_worker
from auralisd.library.events import KnowledgeChanged, ProfileReady
from auralisd.library.leisure import Leisure
from auralisd.library.measuring import Measurer
from auralisd.model.knowledge import Rehearsal, Rehearsed
from auralisd.model.preset import PRESETS
from auralisd.model.taste import Treatment
from auralisd.model.track import FileFacts, StreamFacts, Tags, Track
from auralisd.store.database import Database
from auralisd.store.rows import ReadFile
from auralisd.store.search import find_tracks
from auralisd.store.tracks import add_tracks, keep_folders
from auralisd.supervise import Supervisor
from auralisd.tags.opening import facts_of
from tests.music import write_music
from tests.sounds import music


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

    async def add(self, *names: str, sound: Block | None = None) -> None:
        """Tracks 1, 2, 3 … with these names; what ends in `.bad.flac` is none.  `sound` takes the place of a note."""

        def keep(rows: sqlite3.Connection) -> None:
            keep_folders(rows, [(bytes(self._music), "music")])
            for name in names:
                path = self._music / name
                write_music(path)
                if sound is not None:
                    soundfile.write(path, sound, 44_100)
                if name.endswith(".bad.flac"):
                    path.write_bytes(b"fLaC" + bytes(100))
                tags = Tags(name, album="Album")
                add_tracks(rows, [ReadFile((1, name.encode()), facts_of(path.stat()), StreamFacts("flac"), tags)], 0)

        await self.database.run(keep)
        self.measurer.look_again()

    async def track(self, number: int) -> Track:
        return (await self.database.run(lambda rows: find_tracks(rows, (number,))))[number]

    async def rehearse(self, *rehearsals: Rehearsal) -> None:
        """Wish for these and wait until nothing more will come of it: what is waited for comes after all wishes."""
        self.measurer.rehearse(rehearsals)
        await asyncio.sleep(measuring.SETTLE_S + 0.05)
        await self.measurer.measure(0)

    async def rehearsed(self, number: int) -> tuple[Rehearsed, ...]:
        return self.measurer.rehearsals.of(await self.track(number))

    def story(self) -> list[str]:
        """`m1`: track 1 was measured, `r1`: it was rehearsed and comes out otherwise than foretold."""
        told: list[str] = []
        measured = False
        for event in self.events:
            if isinstance(event, ProfileReady):
                told.append(f"m{event.track}")
            elif not measured:  # what comes right behind a measurement tells of it
                told.append(f"r{event.tracks[0]}")
            measured = isinstance(event, ProfileReady)
        return told

    async def until_ready(self, count: int) -> list[int]:
        """The tracks that were measured, in order, once there are so many."""
        async with asyncio.timeout(30):
            while len(ready := [event.track for event in self.events if isinstance(event, ProfileReady)]) < count:
                self.told.clear()
                await self.told.wait()
        return ready


async def start_eager_worker() -> Child:
    return await start_child("tests.eager_worker", Answer)


@contextlib.asynccontextmanager
async def bench(
    tmp_path: Path, leisure: Leisure | None = None, start: WorkerStarter = start_eager_worker
) -> AsyncIterator[Bench]:
    (tmp_path / "music").mkdir()
    database = Database(tmp_path, lambda *_: None)
    await database.open()
    supervisor = Supervisor(lambda *_: None)
    errands = Errands("measuring", start, supervisor)
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
    async with bench(tmp_path, Leisure(on_battery=lambda: False, supplies=tmp_path / "supplies")) as made:
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


# --- rehearsals -----------------------------------------------------------------------------------------


PUNCHY = Treatment(preset=PRESETS["punchy"])


async def start_crashing_worker() -> Child:
    return await start_child("tests.crashing_worker", Answer)


async def test_what_is_about_to_be_heard_is_measured_and_rehearsed_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "SETTLE_S", 0.0)
    async with bench(tmp_path) as made:
        await made.add("1.flac", "2.flac", "3.flac", "4.flac", sound=music(3.0))
        made.measurer.wish((2, 3))
        made.measurer.rehearse((Rehearsal(2, PUNCHY), Rehearsal(3, PUNCHY)))
        await asyncio.sleep(0.05)
        async with running(made.measurer):
            await made.until_ready(4)
        known = [await made.rehearsed(number) for number in (1, 2, 3, 4)]

    assert made.story() == ["m2", "r2", "m3", "r3", "m1", "m4"]
    assert [len(each) for each in known] == [0, 1, 1, 0]
    assert known[1] == known[2]
    assert 0.0 < abs(known[1][0].trim_lu) < 1.0


async def test_of_treatments_that_follow_one_another_only_the_last_is_rehearsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "SETTLE_S", 0.2)
    async with bench(tmp_path) as made:
        await made.add("1.flac", sound=music(3.0))
        async with running(made.measurer):
            for tenths in range(1, 10):
                made.measurer.rehearse((Rehearsal(1, Treatment(intensity=tenths / 10)),))
                await asyncio.sleep(0.01)
            await made.rehearse(Rehearsal(1, Treatment()))
        rehearsed = await made.rehearsed(1)

    assert [each.treatment for each in rehearsed] == [Treatment()]


async def test_a_rehearsal_that_ends_the_worker_is_in_vain_and_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(measuring, "SETTLE_S", 0.0)
    caplog.set_level("INFO")
    async with bench(tmp_path, start=start_crashing_worker) as made:
        await made.add("stumble.flac", "2.flac", sound=music(3.0))
        async with running(made.measurer):
            for _ in range(3):
                await made.rehearse(Rehearsal(1, PUNCHY), Rehearsal(2, PUNCHY))
        rehearsed = [await made.rehearsed(number) for number in (1, 2)]
    told = [record.getMessage() for record in caplog.records if "not rehearsed" in record.getMessage()]

    assert [len(each) for each in rehearsed] == [0, 1]
    assert told == ["track not rehearsed file=stumble.flac code=worker-died"]


async def test_a_track_that_cannot_be_measured_or_is_gone_is_not_rehearsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "SETTLE_S", 0.0)
    async with bench(tmp_path) as made:
        await made.add("1.bad.flac", "2.flac", sound=music(3.0))
        async with running(made.measurer):
            await made.rehearse(Rehearsal(1, PUNCHY), Rehearsal(99, PUNCHY), Rehearsal(2, PUNCHY))
        rehearsed = [await made.rehearsed(number) for number in (1, 2)]

    assert [len(each) for each in rehearsed] == [0, 1]


async def test_what_was_heard_of_a_file_that_is_another_by_now_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "SETTLE_S", 0.0)
    async with bench(tmp_path) as made:
        await made.add("1.flac", sound=music(3.0))
        async with running(made.measurer):
            assert await made.measurer.measure(1) == "measured"
            soundfile.write(tmp_path / "music" / "1.flac", music(4.0), 44_100)
            newer = facts_of((tmp_path / "music" / "1.flac").stat())
            await made.rehearse(Rehearsal(1, PUNCHY))

        assert await made.rehearsed(1) == ()
        assert not made.measurer.rehearsals.is_done(Rehearsal(1, PUNCHY), newer)


async def test_a_track_whose_measurement_was_not_kept_is_measured_again_before_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("auralisd.library.measuring.AGAIN_S", 0.1)
    async with bench(tmp_path) as made:
        await made.add("1.flac", "2.flac")
        await made.database.run(lambda rows: rows.execute("PRAGMA query_only = 1"))
        async with running(made.measurer):
            async with asyncio.timeout(30):
                while caplog.text.count("measuring waits") < 2:  # noqa: ASYNC110  as somebody who reads the log
                    await asyncio.sleep(0.02)
            await made.database.run(lambda rows: rows.execute("PRAGMA query_only = 0"))
            order = await made.until_ready(2)

    assert order == [1, 2]
