"""Plays, skips, favourites and ratings of the real daemon: they outlive kills, moves and other tags."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
import soundfile

from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.database import FILE_NAME
from auralisd.store.migrations import migrate
from auralisd.store.rows import ReadFile
from auralisd.store.tracks import add_tracks, keep_folders
from tests.music import tag
from tests.system.hearing import noise
from tests.system.rig import Daemon, World, wait_until

pytestmark = pytest.mark.system

KEYS = ("favourite", "rating", "plays", "skips")


def numbers(world: World, words: str = "") -> str:
    """What the library says of the tracks that hold these words, as busctl prints it."""
    return world.call("Library", "Query", "sassua{sv}", words, str(len(KEYS)), *KEYS, "", "500", "0")


def id_of(world: World, words: str) -> str:
    answer = world.call("Library", "Query", "sassua{sv}", words, "1", "id", "", "1", "0")
    return answer.split('"id" t ')[1].split()[0]


def started(world: World, music: Path, *more: str) -> Daemon:
    daemon = Daemon(world, "--music", str(music), "--output", "alsa", *more)
    daemon.wait_ready()
    return daemon


def counted(world: World) -> bool:
    """What the kept place says of the current entry."""
    [path] = world.folder.glob(f"state/**/{FILE_NAME}")
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as rows:
        return bool(rows.execute("SELECT counted FROM place").fetchone()[0])


def killed(daemon: Daemon) -> None:
    daemon.process.send_signal(signal.SIGKILL)
    daemon.process.wait(5)


def test_what_was_heard_and_said_of_a_track_outlives_kills_moves_and_other_tags(world: World, music: Path) -> None:
    for number, (title, seconds) in enumerate((("One", 6), ("Two", 60))):
        soundfile.write(music / f"{number}.flac", noise(seconds, seed=number), 44_100, subtype="PCM_16")
        tag(music / f"{number}.flac", title=title, album="A", track=number + 1)
    daemon = started(world, music, "--play")
    wait_until(lambda: '"plays" u 1' in numbers(world, "One"), within_s=15)
    wait_until(lambda: world.get("Queue", "CurrentIndex") == "i 1", within_s=15)
    wait_until(lambda: float(world.playerctl("position")) > 0.5)
    world.playerctl("previous")
    wait_until(lambda: '"skips" u 1' in numbers(world, "Two"))
    world.playerctl("pause")
    one, two = id_of(world, "One"), id_of(world, "Two")
    world.call("Library", "SetFavourite", "atb", "1", one, "true")
    world.call("Library", "SetRating", "atd", "2", one, two, "0.75")
    wait_until(lambda: "xesam:userRating 0.75" in " ".join(world.playerctl("metadata").split()))
    killed(daemon)
    (music / "deep").mkdir()
    (music / "0.flac").rename(music / "deep" / "0.flac")
    tag(music / "deep" / "0.flac", title="Else", album="B", track=9)
    again = started(world, music)
    wait_until(lambda: '"plays" u 1' in numbers(world, "Else"))

    assert '"favourite" b true "rating" d 0.75 "plays" u 1 "skips" u 0' in numbers(world, "Else")
    assert '"favourite" b false "rating" d 0.75 "plays" u 0 "skips" u 1' in numbers(world, "Two")
    history = world.call("Queue", "History", "su", "", "0")
    assert history.index('"skipped"') < history.index('"played"')
    assert '"plays" t 1 "skips" t 1' in world.call("Library", "Statistics")
    world.call("Queue", "ClearHistory")
    assert world.call("Queue", "History", "su", "", "0").startswith('aa{sv}stt 0 "" 0 ')
    assert "Traceback" not in daemon.log() + again.log()


def test_a_play_is_counted_while_the_track_still_sounds_and_once_only(world: World, music: Path) -> None:
    soundfile.write(music / "0.flac", noise(12, seed=0), 44_100, subtype="PCM_16")
    daemon = started(world, music, "--play")
    wait_until(lambda: float(world.playerctl("position")) > 1)
    time.sleep(3)
    assert '"plays" u 0' in numbers(world)
    wait_until(lambda: '"plays" u 1' in numbers(world), within_s=10)
    assert 6 <= float(world.playerctl("position")) < 10
    wait_until(lambda: counted(world), within_s=10)  # the place is kept right after the count
    killed(daemon)
    started(world, music)
    world.playerctl("play")
    wait_until(lambda: world.playerctl("status") == "Stopped", within_s=15)

    assert '"plays" u 1 "skips" u 0' in numbers(world)


_WRITER = """
import asyncio, itertools, sys
from pathlib import Path
from auralisd.library.ledger import Ledger
from auralisd.model.listening import PLAYED
from auralisd.store.database import Database

async def main():
    database = Database(Path(sys.argv[1]), lambda *_: None)
    await database.open()
    ledger = Ledger(database, lambda _: None, lambda: 1)
    for number in itertools.count(1):
        await ledger.set_rating((1, 2, 3), number / 1000)
        await ledger.count(number, 1, PLAYED)
        print(number, flush=True)

asyncio.run(main())
"""


def a_library(folder: Path) -> None:
    rows = sqlite3.connect(folder / FILE_NAME, isolation_level=None)
    rows.execute("PRAGMA journal_mode = WAL")
    migrate(rows)
    keep_folders(rows, [(b"/music", "music")])
    for number in (1, 2, 3):
        facts = FileFacts(device=1, inode=number, size_bytes=1000, mtime_ns=5)
        add_tracks(rows, [ReadFile((1, b"%d.flac" % number), facts, StreamFacts("flac"), Tags("T"))], 0)
    rows.close()


@pytest.mark.parametrize("after", [1, 2, 3, 5, 8, 13, 21, 34, 55, 89])
def test_nothing_that_was_answered_is_lost_by_a_kill(tmp_path: Path, after: int) -> None:
    a_library(tmp_path)
    answered = 0
    with subprocess.Popen([sys.executable, "-c", _WRITER, tmp_path], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            if not line.endswith("\n"):
                break  # the kill cut it off
            answered = int(line)
            if answered == after:
                os.kill(writer.pid, signal.SIGKILL)
    rows = sqlite3.connect(tmp_path / FILE_NAME)
    (plays,) = rows.execute("SELECT plays FROM listening WHERE track = 1").fetchone()
    ratings = {rating for (rating,) in rows.execute("SELECT rating FROM listening")}
    (history,) = rows.execute("SELECT count(*) FROM history").fetchone()
    assert rows.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    rows.close()

    assert answered >= after
    assert answered <= plays <= answered + 1
    assert history == plays
    assert len(ratings) == 1, "three tracks are rated, or none"
    assert ratings <= {answered / 1000, (answered + 1) / 1000, (answered + 2) / 1000}
