"""Scans as jobs: one scanner, one record of how far it is, one who tells of it, whatever it was that asked for it."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from auralisd.errors import NotFound
from auralisd.jobs.events import JobChanged, JobEvent
from auralisd.jobs.job import CANCELLED, DONE, FAILED, RUNNING, Job
from auralisd.jobs.owner import Jobs
from auralisd.jobs.scan import KIND, ScanKind, in_jobs
from auralisd.library.events import LibraryChanged, LibraryEvent, ScanBroke, ScanningChanged
from auralisd.library.librarian import Librarian
from auralisd.store.database import Database
from auralisd.supervise import Supervisor
from tests.music import copies, write_music
from tests.system.living import until_rest

pytestmark = pytest.mark.system


class Seen:
    """A library whose scans are jobs, and all that was told of both."""

    def __init__(self, librarian: Librarian, jobs: Jobs, told: list[LibraryEvent | JobEvent]) -> None:
        self.librarian = librarian
        self.jobs = jobs
        self.told = told

    def states(self, number: int) -> list[Job]:
        return [event.job for event in self.told if isinstance(event, JobChanged) and event.job.number == number]

    async def until_tracks(self, count: int) -> None:
        async with asyncio.timeout(20):
            while self.librarian.track_count != count:  # noqa: ASYNC110  as a client that asks again
                await asyncio.sleep(0.02)

    async def until_quiet(self) -> None:
        """Until no scan is at work, waits, or will be told of."""
        await until_rest(self.librarian)


@contextlib.asynccontextmanager
async def seen(music: Path, state: Path) -> AsyncIterator[Seen]:
    os.mkdir(state)
    told: list[LibraryEvent | JobEvent] = []
    supervisor = Supervisor(lambda *_: None)
    database = Database(state, lambda *_: None)
    await database.open()
    librarian = Librarian(
        database=database, folders=[music], publish=told.append, supervisor=supervisor, measuring=False
    )
    jobs = Jobs({KIND: ScanKind(librarian)}, supervisor=supervisor, publish=told.append)
    librarian.scan_through(in_jobs(jobs, librarian))
    await librarian.open()
    supervisor.start("librarian", librarian.run())
    try:
        async with asyncio.timeout(30):
            await librarian.scanned_once()
        yield Seen(librarian, jobs, told)
    finally:
        await jobs.close()
        await supervisor.close()
        await librarian.close()
        await database.close()


@pytest.fixture
def music(tmp_path: Path) -> Path:
    seed = write_music(tmp_path / "seed.flac", seconds=0.01)
    copies(seed, tmp_path / "Music" / "secret place", 300)
    (tmp_path / "Music" / "noise.mp3").write_bytes(b"\x55" * 5000)
    return tmp_path / "Music"


async def test_the_first_scan_what_changes_and_what_is_asked_for_are_the_same_job(music: Path, tmp_path: Path) -> None:
    async with seen(music, tmp_path / "state") as library:
        await library.until_quiet()
        write_music(music / "new.flac")
        await library.until_tracks(301)
        await library.until_quiet()
        asked = await library.jobs.submit(KIND, {})
        await library.jobs.ended(asked)
        triggers = [job.trigger for job in library.jobs.all]
        results = [job.result for job in library.jobs.all]

    assert (triggers[0], triggers[-1]) == ("startup", "manual")
    assert "watch" in triggers
    assert {job.kind for job in library.jobs.all} == {KIND}
    assert (results[0]["added"], results[0]["refused"]) == (300, 1)
    assert results[0]["refusals"] == [("noise.mp3", "not-audio")]
    assert [result["added"] for result in results if result["added"]] == [300, 1]
    assert results[-1]["added"] == results[-1]["changed"] == results[-1]["removed"] == 0


async def test_progress_names_files_without_their_folders(music: Path, tmp_path: Path) -> None:
    async with seen(music, tmp_path / "state") as library:
        first, *_ = library.jobs.all
        states = library.states(first.number)
    told = [state.current for state in states if state.current]

    assert told
    assert all(name.endswith((".flac", ".mp3")) and "/" not in name for name in told)
    assert states[-1].state == DONE


async def test_one_scan_runs_at_a_time_and_the_same_is_not_begun_twice(music: Path, tmp_path: Path) -> None:
    async with seen(music, tmp_path / "state") as library:
        await library.until_quiet()
        write_music(music / "new.flac")
        numbers = [await library.jobs.submit(KIND, {}) for _ in range(3)]
        await library.until_quiet()
        running: set[int] = set()
        most = 0
        for event in library.told:
            if isinstance(event, JobChanged):
                (running.add if event.job.state == RUNNING else running.discard)(event.job.number)
                most = max(most, len(running))

        assert len(set(numbers)) == 1
        assert most == 1
        with pytest.raises(NotFound, match="no music folder 7"):
            await library.jobs.submit(KIND, {"folders": [7]})


async def test_a_cancelled_scan_is_over_and_the_next_one_finds_what_it_had_not(music: Path, tmp_path: Path) -> None:
    async with seen(music, tmp_path / "state") as library:
        await library.until_quiet()
        copies(music.parent / "seed.flac", music / "more", 1500)
        asked = await library.jobs.submit(KIND, {})
        async with asyncio.timeout(20):
            while library.jobs.get(asked).done < 100:  # noqa: ASYNC110  as a client that asks again
                await asyncio.sleep(0.01)
        library.jobs.cancel(asked)
        await library.jobs.ended(asked)
        state = library.jobs.get(asked).state
        await library.until_tracks(1800)

    assert state == CANCELLED


async def test_what_a_cancelled_scan_has_kept_is_told(music: Path, tmp_path: Path) -> None:
    async with seen(music, tmp_path / "state") as library:
        await library.until_quiet()
        copies(music.parent / "seed.flac", music / "more", 6000)
        before = len(library.told)
        asked = await library.jobs.submit(KIND, {})
        async with asyncio.timeout(20):
            while not 1500 <= library.jobs.get(asked).done < library.jobs.get(asked).total:  # noqa: ASYNC110  see above
                await asyncio.sleep(0.001)
        library.jobs.cancel(asked)
        await library.jobs.ended(asked)
        count, told = library.librarian.track_count, library.told[before:]
        kept = await library.librarian.album_order()

    assert 300 < count < 6300
    assert len(kept) == count
    assert any(isinstance(event, LibraryChanged) for event in told)


async def test_a_scan_of_a_folder_that_is_missing_fails_and_says_so(music: Path, tmp_path: Path) -> None:
    async with seen(music, tmp_path / "state") as library:
        await library.until_quiet()
        await asyncio.to_thread(music.rename, tmp_path / "away")
        await library.until_tracks(0)
        asked = await library.jobs.submit(KIND, {})
        await library.jobs.ended(asked)
        job = library.jobs.get(asked)

    assert (job.state, job.result) == (FAILED, {"code": "folder-missing"})
    assert "connect its drive" in job.error
    assert ScanBroke("folder-missing") in library.told
    assert library.told.count(ScanningChanged(True)) == library.told.count(ScanningChanged(False))


def scanned_by_command(music: Path) -> list[str]:
    words = (sys.executable, "-m", "auralisd", "scan", str(music))
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=True).stdout.splitlines()


async def test_the_command_line_says_of_a_folder_what_the_daemon_says(tmp_path: Path) -> None:
    music = tmp_path / "Music"
    for number, artist in enumerate(("Ada", "Bob", "Cora"), 1):
        write_music(music / "sampler" / f"{number}.flac", artist=artist, album="Sampler", track=number, seconds=0.01)
        write_music(music / artist / "1.flac", artist=artist, album="Live", track=number + 3, seconds=0.01)
    (music / "noise.mp3").write_bytes(b"\x55" * 5000)
    (music / "empty.ogg").touch()
    report = await asyncio.to_thread(scanned_by_command, music)
    async with seen(music, tmp_path / "state") as library:
        [scan] = [job for job in library.jobs.all if job.trigger == "startup"]
        albums = await library.librarian.browse("albums", "", cursor="", limit=500, descending=False, offset=0)
        statistics = await library.librarian.reckoning.statistics()

    assert report[0].startswith("6 tracks, 4 albums")
    assert (scan.result["added"], albums.total, statistics.albums) == (6, 4, 4)
    assert report[2] == "2 files could not be read:"
    assert {tuple(line.split()) for line in report[3:]} == {
        (code, repr(name)) for name, code in scan.result["refusals"]
    }
    assert scan.result["refused"] == 2
