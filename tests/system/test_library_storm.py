"""Storms: the library equals the disk after whatever was done to it, and nothing acknowledged is lost.

The long forms (AURALISD_CAMPAIGN=1): a thousand operations from each of several seeds, bursts of up to a hundred
thousand files, a thousand kills.
"""

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from auralisd.model.track import Track
from tests.music import copies, write_music
from tests.system.living import Living, living, until_rest
from tests.system.rig import cpu_s, descendants
from tests.system.storm import Storm

pytestmark = pytest.mark.system

CAMPAIGN = bool(os.environ.get("AURALISD_CAMPAIGN"))
SEEDS, OPERATIONS = (range(5), 1000) if CAMPAIGN else (range(1), 150)
BURSTS = [(10_000, 1_000), (100_000, 1_000)] if CAMPAIGN else [(10_000, 1_000)]
KILLS, KILL_FILES = (1_000, 40) if CAMPAIGN else (10, 200)


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "Music"
    folder.mkdir()
    return folder


async def rows_of(library: Living) -> list[Track]:
    rows: list[Track] = []
    cursor = ""
    while True:
        page = await library.librarian.query("", cursor=cursor, limit=500, sort="", descending=False, offset=0)
        rows += page.rows
        if not (cursor := page.next_cursor):
            return rows


@pytest.mark.parametrize("seed", SEEDS)
async def test_after_any_storm_the_library_is_the_disk_and_every_track_who_it_was(
    music: Path, tmp_path: Path, seed: int
) -> None:
    storm = Storm(music, seed)
    async with living(music, tmp_path / "state") as library:
        for _ in range(OPERATIONS // 50):
            await storm.blow(50)
            await storm.calm()
            await _agreed(library, storm)


async def _agreed(library: Living, storm: Storm) -> None:
    """Wait until the library is true, then hold every id against what it was."""
    deadline_s = time.monotonic() + 60
    while True:
        rows = await rows_of(library)
        sizes = {os.fsdecode(row.path): row.facts.size_bytes for row in rows}
        if sizes == {str(path): path.stat().st_size for path in storm.files}:
            break
        if time.monotonic() > deadline_s:
            storm.check(rows)
        await asyncio.sleep(0.1)
    storm.check(rows)


@pytest.mark.parametrize(("files", "folders"), BURSTS)
async def test_a_burst_of_files_into_new_folders_is_whole_and_then_all_is_quiet(
    music: Path, tmp_path: Path, files: int, folders: int
) -> None:
    seed = write_music(tmp_path / "seed.flac", seconds=0.01)
    write_music(music / "a.flac")
    async with living(music, tmp_path / "state") as library:
        for folder in range(folders):
            copies(seed, music / f"{folder % 10}" / f"{folder % 100}" / f"{folder}", files // folders)
        written_s = time.monotonic()
        while library.librarian.track_count != files + 1:
            assert time.monotonic() - written_s < 90, library.librarian.track_count
            await asyncio.sleep(0.1)
        print(f"{files} files there {time.monotonic() - written_s:.1f} s after the last was written")
        await until_rest(library.librarian)
        paths = [row.path for row in await rows_of(library)]
        before_s = cpu_s([os.getpid(), *descendants(os.getpid())])
        await asyncio.sleep(3)

        assert cpu_s([os.getpid(), *descendants(os.getpid())]) - before_s < 0.1
    assert len(set(paths)) == len(paths) == files + 1


def test_nothing_that_was_acknowledged_is_lost_by_a_kill(music: Path, tmp_path: Path) -> None:
    seed, dice = write_music(tmp_path / "seed.flac", seconds=0.01), random.Random(1)
    state, acknowledged = tmp_path / "state", dict[int, int]()
    copies(seed, music / "first", 5)
    for kill in range(KILLS):
        copies(seed, music / f"{kill}", KILL_FILES)
        command = (sys.executable, "-m", "tests.system.acknowledging", str(music), str(state), str(kill))
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            acknowledged |= _number(process.stdout.readline(), acknowledged)  # it is at work by now
            time.sleep(dice.uniform(0.0, 0.6))
            process.send_signal(signal.SIGKILL)
            for line in process.stdout:
                acknowledged |= _number(line, acknowledged)
        with contextlib.closing(sqlite3.connect(state / "auralisd.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)], kill
            kept = {track: int(name) for track, name in database.execute("SELECT track, preset FROM track_preset")}
        assert {track for track, number in acknowledged.items() if kept.get(track, -1) < number} == set(), kill
        assert acknowledged
    print(f"{KILLS} kills, {len(acknowledged)} tracks")


def _number(line: str, before: dict[int, int]) -> dict[int, int]:
    """A track and the number that was remembered for it; a line that was cut off says nothing."""
    if not line.endswith("\n"):
        return before
    track, number = line.split()
    return {int(track): int(number)}
