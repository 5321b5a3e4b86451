"""The library comes to be true although nobody tells it what changed."""

import asyncio
import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from watchdog.observers.inotify_c import InotifyFD

from auralisd.library.events import FolderFault, LibraryChanged, LibraryEvent, ScanningChanged
from auralisd.watch import watcher
from auralisd.watch.mounts import Mount
from tests.music import write_music
from tests.system.living import living, until_rest

pytestmark = pytest.mark.system


@pytest.fixture
def music(tmp_path: Path) -> Path:
    return write_music(tmp_path / "Music" / "a.flac").parent


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is looked at ten times a second, and hours pass in two."""
    monkeypatch.setattr("auralisd.library.keeping.LOOK_EVERY_S", 0.1)
    monkeypatch.setattr("auralisd.library.rhythm.ALL_EVERY_S", 2.0)


@pytest.mark.usefixtures("deaf")
async def test_a_scan_that_found_something_is_followed_until_one_finds_nothing(music: Path, tmp_path: Path) -> None:
    names: Iterator[str] = iter(("b.flac", "c.flac"))

    def on_event(event: LibraryEvent) -> None:
        if isinstance(event, LibraryChanged) and (name := next(names, None)) is not None:
            write_music(music / name)  # the scan has passed by

    async with living(music, tmp_path / "state", on_event=on_event) as library:
        await library.until(lambda rows: len(rows) == 3)
        await until_rest(library.librarian)
        last = max(place for place, event in enumerate(library.events) if isinstance(event, LibraryChanged))
        then = [event.scanning for event in library.events[last:] if isinstance(event, ScanningChanged)]

        assert then == [False, True, False]  # the last look, which finds nothing, and then no more


@pytest.mark.usefixtures("deaf", "hurried")
async def test_what_no_event_told_is_found_within_the_hour(music: Path, tmp_path: Path) -> None:
    async with living(music, tmp_path / "state") as library:
        await asyncio.sleep(3)
        write_music(music / "b.flac")
        await library.until(lambda rows: "b.flac" in rows)


async def test_a_folder_that_cannot_be_watched_is_compared_by_the_clock(
    music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EMFILE, "too many instances")

    monkeypatch.setattr(InotifyFD, "__init__", refuse)
    monkeypatch.setattr("auralisd.library.keeping.LOOK_EVERY_S", 0.1)
    monkeypatch.setattr("auralisd.library.rhythm.UNWATCHED_EVERY_S", 1.0)
    async with living(music, tmp_path / "state") as library:
        await asyncio.sleep(3)
        write_music(music / "b.flac")
        await library.until(lambda rows: "b.flac" in rows)

        assert FolderFault("Music", "watch-limit") in library.events


@pytest.mark.usefixtures("deaf")
async def test_a_network_drive_is_compared_by_the_clock(
    music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "mounts", lambda: (Mount(1, bytes(tmp_path), "nfs4"),))
    monkeypatch.setattr("auralisd.library.keeping.LOOK_EVERY_S", 0.1)
    monkeypatch.setattr("auralisd.library.rhythm.UNWATCHED_EVERY_S", 1.0)
    async with living(music, tmp_path / "state") as library:
        await asyncio.sleep(3)
        write_music(music / "b.flac")
        await library.until(lambda rows: "b.flac" in rows)


async def test_an_empty_folder_makes_its_tracks_unavailable_and_forgets_none(music: Path, tmp_path: Path) -> None:
    """As after the drive was not mounted: its place is there, and nothing in it."""
    write_music(music / "b.flac")
    state, aside = tmp_path / "state", tmp_path / "aside"
    async with living(music, state) as library:
        before = await library.rows()
    os.rename(music, aside)
    os.mkdir(music)
    async with living(music, state) as library:
        empty = await library.rows()
        events = list(library.events)
        for name in before:
            (aside / name).rename(music / name)
        after = await library.until(lambda rows: len(rows) == 2)

    assert empty == {}
    assert FolderFault("Music", "folder-empty") in events
    assert [(e.unavailable, e.removed) for e in events if isinstance(e, LibraryChanged)] == [(2, 0)]
    assert {name: row.id for name, row in after.items()} == {name: row.id for name, row in before.items()}


@pytest.mark.skipif(
    subprocess.run(("unshare", "-Urm", "true"), capture_output=True, check=False).returncode != 0,
    reason="this machine lets its users mount nothing",
)
def test_a_drive_that_is_mounted_and_taken_away_is_noticed(tmp_path: Path) -> None:
    command = ("unshare", "-Urm", sys.executable, "-m", "tests.system.mounting", str(tmp_path))
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "PYTHONPATH": "."}
    )

    assert done.stdout.strip() == "kept", done.stderr
