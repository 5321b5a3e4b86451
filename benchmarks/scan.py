"""Scan, rescan and latency figures of the library, on a generated library, beside MPD and mopidy-local.

`python -m benchmarks.scan [TRACKS] [--turns N]`: a mixed library of 40 % FLAC, 40 % MP3, 20 % Ogg Vorbis in a temporary
folder, real worker processes, real inotify; MPD and we read it in turns.  Then what a track costs on one core, part by
part, and what the control process of a real daemon takes in memory.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from auralisd.doors.worker import Answer, FileRead, Listed, TagsRead, Walk
from auralisd.library.librarian import Librarian
from auralisd.store.database import Database
from auralisd.store.rows import ReadFile
from auralisd.store.settling import settle_albums
from auralisd.store.tracks import add_tracks, keep_folders
from auralisd.supervise import Supervisor
from auralisd.tags.opening import open_regular
from auralisd.tags.reading import read_tagged
from auralisd.tags.signature import audio_signature
from auralisd.tags.track import read_track
from auralisd.worker.program import read_file
from auralisd.worker.walking import walk
from benchmarks.peers.mopidy_scan import mopidy_scan
from benchmarks.peers.mpd_scan import mpd_scan_s
from tests.music import tag, write_music
from tests.system.rig import Daemon, World, pss_bytes, wait_until

_IDLE_S = 30.0
_MOPIDY_FILES = 1_000
_PART_FILES = 500
_MOST_CONTROL_MB = 100


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


async def scan_s(music: Path, state: Path, tracks: int) -> tuple[float, float, float]:
    """Seconds of a first scan, of one that finds nothing new, both with the start of a worker, and of another one."""
    async with living(music, state) as (librarian, first_s):
        assert librarian.track_count == tracks
    async with living(music, state) as (librarian, again_s):
        began_s = time.perf_counter()
        await librarian.scan(librarian.wanted_scan(()), lambda _: None)
        return first_s, again_s, time.perf_counter() - began_s


def beside_mpd(music: Path, folder: Path, tracks: int, turns: int) -> None:
    """In turns, so that both have the same neighbours on the machine."""
    ours, theirs, our_cpu_s, their_cpu_s = [], [], 0.0, 0.0
    for turn in range(turns):
        state = folder / f"state {turn}"
        state.mkdir()
        began_s = cpu_s()
        if (found := mpd_scan_s(music, folder / f"mpd {turn}")) is not None:
            theirs.append(found)
        their_cpu_s, began_s = their_cpu_s + cpu_s() - began_s, cpu_s()
        ours.append(asyncio.run(scan_s(music, state, tracks)))
        our_cpu_s += cpu_s() - began_s
    first_s, again_s, once_more_s = (statistics.median(each) for each in zip(*ours, strict=True))
    print(f"first scan, {tracks} tracks: {tracks / first_s:.0f} tracks/s, median of {turns}, worker start included")
    print(f"rescan of nothing new: {again_s:.2f} s with the start of a worker, {once_more_s:.2f} s without")
    print(f"CPU of a scan and two rescans: {our_cpu_s / turns / tracks * 1e6:.0f} µs a track, on all cores")
    if not theirs:
        print("MPD: not installed; scripts/peers brings it")
        return
    mpd_s = statistics.median(each[0] for each in theirs)
    print(f"MPD, first update of {theirs[0][2]} songs: {theirs[0][2] / mpd_s:.0f} songs/s")
    print(f"MPD, CPU of both: {their_cpu_s / turns / tracks * 1e6:.0f} µs a song, mostly on one core")
    print(f"MPD, nothing new: {statistics.median(each[1] for each in theirs):.2f} s")
    ratios = sorted(theirs[turn][0] / ours[turn][0] for turn in range(turns))
    print(f"beside MPD, each turn: {' '.join(f'{ratio:.2f}' for ratio in ratios)} times as fast")


def cpu_s() -> float:
    """Of this process and of those that it has ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def beside_mopidy(music: Path, folder: Path) -> None:
    if (found := mopidy_scan(music, folder, _MOPIDY_FILES)) is None:
        print("mopidy-local: not installed; scripts/peers brings it")
        return
    took_s, files = found
    print(f"mopidy-local, the first {files} files: {files / took_s:.0f} files/s")


async def living_figures(music: Path, state: Path) -> None:
    async with living(music, state) as (librarian, _):
        print(f"event to visible, median of 20: {await latency_s(librarian, music):.2f} s")
        await asyncio.sleep(25)  # the workers leave
        before, began_s, used_s = switches(), time.monotonic(), time.process_time()
        await asyncio.sleep(_IDLE_S)
        woken = (switches() - before - 1) / (time.monotonic() - began_s)
        print(f"idle: {woken:.2f} wakeups/s, {(time.process_time() - used_s) / _IDLE_S:.2%} CPU over {_IDLE_S:.0f} s")


def parts(music: Path, state: Path) -> None:
    """What a track costs, in µs of one core."""
    paths, walk_us = walked(music)
    for suffix in (b".flac", b".mp3", b".ogg"):
        own = [path for path in paths if path.endswith(suffix)][:_PART_FILES]
        read_us = each_us(read_track, own)
        signature_us, mutagen_us = each_us(audio_signature, own), each_us(by_mutagen, own)
        what = suffix.decode().removeprefix(".")
        print(f"a track, reading {what}: {read_us:.0f} µs, of it signature {signature_us:.0f} µs")
        print(f"a track, mutagen alone on {what}: {mutagen_us:.0f} µs")
    answers = [read_file(path) for path in paths[:_PART_FILES]]
    message = msgspec.msgpack.encode(TagsRead(1, tuple(answers)))
    encode_us = each_us(lambda _: msgspec.msgpack.encode(TagsRead(1, tuple(answers))), [1]) / len(answers)
    decode_us = each_us(msgspec.msgpack.Decoder(Answer).decode, [message]) / len(answers)
    print(f"a track, walk {walk_us:.0f} µs, message there {encode_us:.1f} µs, here {decode_us:.1f} µs")
    print(f"a track, store: {asyncio.run(stored_us(answers, state)):.0f} µs of SQLite and Python")


def walked(music: Path) -> tuple[list[bytes], float]:
    began_s = time.thread_time()
    listed = [answer for answer in walk(Walk(1, bytes(music))) if isinstance(answer, Listed)]
    paths = [file.path for answer in listed for file in answer.files]
    return sorted(paths), (time.thread_time() - began_s) / len(paths) * 1e6


def each_us(work: Callable[[Any], object], items: Sequence[Any]) -> float:
    """The best of three, as the neighbours only ever add."""
    took_s = []
    for _ in range(3):
        began_s = time.thread_time()
        for item in items:
            work(item)
        took_s.append(time.thread_time() - began_s)
    return min(took_s) / len(items) * 1e6


def by_mutagen(path: bytes) -> None:
    with open_regular(path) as file:
        read_tagged(file, path)


async def stored_us(answers: Sequence[FileRead], state: Path) -> float:
    database = Database(state, lambda *_: None)
    await database.open()
    await database.run(lambda connection: keep_folders(connection, [(b"/music", "music")]))
    files = [
        ReadFile((1, answer.path), answer.facts, answer.stream, answer.tags)
        for answer in answers
        if answer.facts and answer.stream and answer.tags
    ]

    def write(connection: sqlite3.Connection) -> float:
        began_s = time.thread_time()
        add_tracks(connection, files[:512], 0)
        settle_albums(connection)
        connection.execute("COMMIT")
        connection.execute("BEGIN")
        return time.thread_time() - began_s

    took_s = await database.run(write)
    await database.close()
    return took_s / min(512, len(files)) * 1e6


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


def control_memory(music: Path, folder: Path, tracks: int) -> None:
    """The proportional set size of a real daemon's control process, asked over its bus while it reads everything."""
    folder.mkdir()
    world = World(folder)
    try:
        world.start_bus()
        daemon = Daemon(world, "--music", str(music), "--output", "silent")
        daemon.wait_ready()
        scanning: list[int] = []

        def read() -> bool:
            scanning.append(pss_bytes([daemon.process.pid]))
            return world.get("Library", "TrackCount") == f"t {tracks}"

        wait_until(read, 60 + tracks / 100, every_s=0.1)
        wait_until(lambda: world.get("Library", "Scanning") == "b false", 60, every_s=0.5)
        rest_mb = pss_bytes([daemon.process.pid]) / 1e6
        most_mb = max(scanning) / 1e6
        print(
            f"control, PSS at {tracks} tracks: {rest_mb:.0f} MB, in the first scan {most_mb:.0f} MB at the most", end=""
        )
        print(f" (must {_MOST_CONTROL_MB})")
    finally:
        world.close()


def switches() -> int:
    """How often any thread of this process has gone to sleep so far, and so been woken."""
    lines = (line for status in Path("/proc/self/task").glob("*/status") for line in status.read_text().splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tracks", type=int, nargs="?", default=10_000)
    parser.add_argument("--turns", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        music, state, part = (Path(folder) / name for name in ("Music", "state", "part"))
        for path in (music, state, part):
            path.mkdir()
        make_library(music, arguments.tracks)
        beside_mpd(music, Path(folder), arguments.tracks, arguments.turns)
        beside_mopidy(music, Path(folder) / "mopidy")
        parts(music, part)
        control_memory(music, Path(folder) / "daemon", arguments.tracks)
        asyncio.run(living_figures(music, state))


if __name__ == "__main__":
    main()
