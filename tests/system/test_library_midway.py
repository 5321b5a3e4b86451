"""What breaks in the midst of the library's work is told, costs only itself, and is made good afterwards."""

import asyncio
import os
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from watchdog.observers.inotify_c import InotifyFD

from auralisd.daemon import EXIT_DIED
from auralisd.doors.child import Child, start_child
from auralisd.doors.worker import Answer
from auralisd.library.events import LibraryChanged, LibraryEvent, ScanBroke
from tests.music import copies, write_music
from tests.system.living import Living, living, until_rest
from tests.system.rig import Daemon, World

pytestmark = pytest.mark.system

_MOST_EVENTS = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text(encoding="ascii"))
_NO_LIMIT_PAGES = 1_073_741_823

DYING = """
import os, sys
if "run" in sys.orig_argv:
    from watchdog.observers.inotify_c import InotifyFD
    real = InotifyFD.read_events
    def dying(self, **named):
        events = real(self, **named)
        if os.path.exists({flag!r}):
            raise OSError("the queue cannot be read")
        return events
    InotifyFD.read_events = dying
"""
"""Run at the start of each Python; in control the thread that reads the kernel's events dies of the next one while the
flag is up."""


async def test_what_happened_while_the_kernel_dropped_events_is_found_and_watched(
    music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reading, real = threading.Event(), InotifyFD.read_events

    def read_when_allowed(reader: InotifyFD, **options: Any) -> Any:
        reading.wait(60)
        return real(reader, **options)

    reading.set()
    monkeypatch.setattr(InotifyFD, "read_events", read_when_allowed)
    write_music(music / "a.flac")
    async with living(music, tmp_path / "state") as library:
        await until_rest(library.librarian)
        reading.clear()
        for _ in range(_MOST_EVENTS // 2 + 1_000):  # each a creation and a deletion, and no music
            (music / "other.txt").touch()
            (music / "other.txt").unlink()
        write_music(music / "new" / "b.flac")
        reading.set()
        await library.until(lambda rows: "b.flac" in rows, within_s=30)
        await until_rest(library.librarian)
        write_music(music / "new" / "c.flac")
        await library.until(lambda rows: "c.flac" in rows)

    assert caplog.text.count("too many changes at once") == 1


async def test_a_scan_that_finds_no_room_is_told_and_is_complete_once_there_is_some(
    music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file may not grow any more: SQLite says of it what it says of a full disk."""
    monkeypatch.setattr("auralisd.library.keeping._AGAIN_S", 1.0)
    seed = write_music(tmp_path / "seed.flac", seconds=0.01)
    write_music(music / "a.flac")
    broke = asyncio.Event()

    def on_event(event: LibraryEvent) -> None:
        if event == ScanBroke("not-kept"):
            broke.set()

    async with living(music, tmp_path / "state", on_event=on_event) as library:
        await until_rest(library.librarian)
        before = (await library.rows())["a.flac"]
        await _allow(library, pages=1)
        copies(seed, music / "many", 2_000)
        async with asyncio.timeout(30):
            await broke.wait()
        meanwhile = await library.rows()
        await _allow(library, pages=_NO_LIMIT_PAGES)
        after = await library.until(lambda rows: len(rows) == 2_001, within_s=30)

    assert len(meanwhile) < 2_001
    assert meanwhile["a.flac"] == after["a.flac"] == before


async def _allow(library: Living, *, pages: int) -> None:
    """So many pages for the database, or those that it has, where they are more."""

    def limit(connection: sqlite3.Connection) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    await library.database.run(limit)


async def _start_barred_worker() -> Child:
    return await start_child("tests.barred_worker", Answer)


async def test_folders_that_are_closed_in_the_midst_of_a_scan_are_named_and_lose_nothing(
    music: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    names = {"shut": "123456", "locked": "78", "open": "9"}
    for number in (number for numbers in names.values() for number in numbers):
        folder = next(folder for folder, numbers in names.items() if number in numbers)
        write_music(music / folder / f"{number}.flac", title=number, track=int(number))
    async with living(music, tmp_path / "state", start=_start_barred_worker) as library:
        await until_rest(library.librarian)
        before = await library.rows()
        (music / "closing").touch()
        write_music(music / "locked" / "7.flac", title="anew", track=7)
        write_music(music / "open" / "new.flac", track=10)
        try:
            counts = await library.librarian.scan(library.librarian.wanted_scan(()), lambda _: None)
            await until_rest(library.librarian)  # what the events tell of is looked at too
            meanwhile = await library.rows()
            modes = [(music / folder).stat().st_mode & 0o777 for folder in names]
        finally:
            (music / "closing").unlink()
            for folder in names:
                (music / folder).chmod(0o755)
        await library.librarian.scan(library.librarian.wanted_scan(()), lambda _: None)
        after = await library.rows()
        removed = [event.removed for event in library.events if isinstance(event, LibraryChanged)]

    assert modes == [0, 0, 0o755]
    assert sorted(counts.refusals) == [("7.flac", "unreadable"), ("shut", "unreadable")]
    assert "folder not read folder=shut code=unreadable" in caplog.text
    assert not any(removed)
    assert set(meanwhile) == (set(before) - {"7.flac"}) | {"new.flac"}
    assert {name: row.id for name, row in after.items() if name in before} == {
        name: row.id for name, row in before.items()
    }
    assert after["7.flac"].tags.title == "anew"


def test_a_daemon_whose_watch_dies_ends_and_the_next_one_finds_what_happened_meanwhile(
    world: World, music: Path, tmp_path: Path
) -> None:
    flag, inject = tmp_path / "the watch dies", tmp_path / "inject"
    inject.mkdir()
    (inject / "sitecustomize.py").write_text(DYING.format(flag=str(flag)))
    write_music(music / "a.flac", title="Ada")
    words = ("--music", str(music), "--output", "silent")
    first = Daemon(world, *words, environment={"PYTHONPATH": str(inject)})
    first.wait_ready()
    first.wait_tracks(1)
    flag.touch()
    write_music(music / "b.flac", title="Bob")
    status = first.process.wait(20)
    write_music(music / "new" / "c.flac", title="Cora")
    os.unlink(music / "a.flac")
    second = Daemon(world, *words)
    second.wait_ready()
    second.wait_tracks(2)
    titles = world.call("Library", "Query", "sassua{sv}", "", "1", "title", "", "0", "0")

    assert status == EXIT_DIED
    assert "task died name=watching" in first.log()
    assert [f's "{title}"' in titles for title in ("Ada", "Bob", "Cora")] == [False, True, True]
