"""Scan, rescan, query and latency figures of the library, on a generated library.

`python -m benchmarks.scan [TRACKS] [--rows N]`: a mixed library of 40 % FLAC, 40 % MP3, 20 % Ogg Vorbis in a temporary
folder, real worker processes, real inotify; then a database of N rows (100,000) for the queries.
"""

import argparse
import asyncio
import contextlib
import random
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from auralisd.library.librarian import Librarian
from auralisd.library.query import wanted_page
from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.database import Database
from auralisd.store.rows import ReadFile
from auralisd.store.search import find_page
from auralisd.store.tracks import add_tracks, keep_folders
from auralisd.supervise import Supervisor
from benchmarks.peers.mpd_scan import mpd_scan_s
from tests.music import tag, write_music

_IDLE_S = 30.0


def make_library(folder: Path, tracks: int) -> None:
    """Albums of twelve tracks, each with tags of its own."""
    seeds = {suffix: write_music(folder.parent / f"seed{suffix}", seconds=10) for suffix in (".flac", ".mp3", ".ogg")}
    for number in range(tracks):
        suffix = (".flac", ".mp3", ".flac", ".mp3", ".ogg")[number % 5]
        album = number // 12
        path = folder / f"Artist {album // 5}" / f"Album {album}" / f"{number % 12 + 1:02} Track{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(seeds[suffix], path)
        tag(path, title=f"Track {number}", artist=f"Artist {album // 5}", album=f"Album {album}", track=number % 12 + 1)


@contextlib.asynccontextmanager
async def living(music: Path, state: Path) -> AsyncIterator[tuple[Librarian, float]]:
    """A librarian after its first look, and how long that took."""
    supervisor = Supervisor(lambda *_: None)
    database = Database(state, lambda *_: None)
    await database.open()
    librarian = Librarian(
        database=database, folders=[music], publish=lambda _: None, supervisor=supervisor, measuring=False
    )
    began_s = time.perf_counter()
    await librarian.open()
    supervisor.start("librarian", librarian.run())
    await librarian.scanned_once()
    try:
        yield librarian, time.perf_counter() - began_s
    finally:
        await supervisor.close()
        await librarian.close()
        await database.close()


async def scan_figures(music: Path, state: Path, tracks: int) -> None:
    async with living(music, state) as (librarian, first_s):
        assert librarian.track_count == tracks
        print(f"first scan, {tracks} tracks: {first_s:.2f} s, {tracks / first_s:.0f} tracks/s, worker start included")
        print(f"event to visible, median of 20: {await latency_s(librarian, music):.2f} s")
        await asyncio.sleep(25)  # the worker leaves
        before, began_s = switches(), time.monotonic()
        await asyncio.sleep(_IDLE_S)
        print(f"idle wakeups: {(switches() - before - 1) / (time.monotonic() - began_s):.2f} /s over {_IDLE_S:.0f} s")
    async with living(music, state) as (_, again_s):
        print(f"rescan of nothing new: {again_s:.2f} s, worker start included")


def mpd_figures(music: Path, folder: Path) -> None:
    """The same library, read by MPD in the same run."""
    if (found := mpd_scan_s(music, folder)) is None:
        print("MPD is not installed: no figures beside it")
        return
    first_s, again_s, songs = found
    print(f"MPD: first update of {songs} songs {first_s:.2f} s, {songs / first_s:.0f} songs/s; again {again_s:.2f} s")


async def latency_s(librarian: Librarian, music: Path) -> float:
    """From the last write of a new file to its row in an answer."""
    seed = write_music(music.parent / "new.flac", title="Latecomer")
    latencies = []
    for number in range(20):
        shutil.copy(seed, music / f"new {number}.flac")
        written_s = time.perf_counter()
        while await found(librarian) <= number:  # noqa: ASYNC110  a client that asks again is what is timed
            await asyncio.sleep(0.005)
        latencies.append(time.perf_counter() - written_s)
    return statistics.median(latencies)


async def found(librarian: Librarian) -> int:
    page = await librarian.query("latecomer", cursor="", limit=1, sort="", descending=False, offset=0)
    return page.total


def switches() -> int:
    """How often any thread of this process has gone to sleep so far, and so been woken."""
    lines = (line for status in Path("/proc/self/task").glob("*/status") for line in status.read_text().splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary"))


def fill(connection: sqlite3.Connection, rows: int, dice: random.Random) -> list[str]:
    """Rows with words as frequent as in a language; answers the words, the most frequent first."""
    syllables = [start + end for start in (*"bdfgklmnprst", "tr", "st") for end in (*"aeiou", "ai")]
    words = [
        "the",
        "a",
        "of",
        "in",
        "love",
        *("".join(dice.choices(syllables, k=dice.randint(2, 4))) for _ in range(8000)),
    ]
    weights = [1 / (rank + 2) for rank in range(len(words))]

    def some(count: int) -> str:
        return " ".join(dice.choices(words, weights, k=count)).title()

    stream = StreamFacts("flac", 1, 44_100, 2, 16)
    for start in range(0, rows, 480):
        artist, files = some(2), []
        for number in range(start, min(start + 480, rows)):
            tags = Tags(some(4), (artist,), f"{some(2)} {number // 12}", None, number % 12 + 1, genres=("Rock",))
            files.append(ReadFile((1, b"%d.flac" % number), FileFacts(1, number, 1, 1), stream, tags))
        connection.execute("BEGIN")
        add_tracks(connection, files, start)
        connection.execute("COMMIT")
    return words


async def query_figures(state: Path, rows: int) -> None:
    database = Database(state, lambda *_: None)
    await database.open()
    dice = random.Random(1)

    def prepare(connection: sqlite3.Connection) -> list[str]:
        keep_folders(connection, [(b"/music", "music")])
        connection.execute("COMMIT")
        words = fill(connection, rows, dice)
        connection.execute("BEGIN")
        return words

    words = await database.run(prepare)
    weights = [1 / (rank + 2) for rank in range(len(words))]
    rare = [dice.choice(words[50:]) for _ in range(100)]
    await timed(database, "every track, first page", [""] * 100)
    await timed(database, "one word", rare)
    await timed(database, "a word while it is typed", [word[:length] for word in rare for length in range(1, 6)])
    await timed(
        database, "two words, as frequent as in titles", [" ".join(dice.choices(words, weights, k=2)) for _ in rare]
    )
    await database.close()


async def timed(database: Database, name: str, expressions: list[str]) -> None:
    times_ms = []
    for expression in expressions:
        wanted = wanted_page(expression, cursor="", limit=100, sort="", descending=False, offset=0)
        began_s = time.perf_counter()
        await database.run(lambda connection, wanted=wanted: find_page(connection, wanted))  # type: ignore[misc]
        times_ms.append((time.perf_counter() - began_s) * 1000)
    p99_ms = statistics.quantiles(times_ms, n=100)[98]
    print(f"query, {name}: median {statistics.median(times_ms):.1f} ms, p99 {p99_ms:.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tracks", type=int, nargs="?", default=2000)
    parser.add_argument("--rows", type=int, default=100_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        music, state, large = Path(folder) / "Music", Path(folder) / "state", Path(folder) / "large"
        for path in (music, state, large):
            path.mkdir()
        make_library(music, arguments.tracks)
        mpd_figures(music, Path(folder) / "mpd")
        asyncio.run(scan_figures(music, state, arguments.tracks))
        asyncio.run(query_figures(large, arguments.rows))


if __name__ == "__main__":
    main()
