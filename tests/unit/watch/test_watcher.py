"""Hints: what an event makes dirty, and how many of them reach the loop."""

import asyncio
import errno
from pathlib import Path

import pytest
from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
    FileSystemEvent,
)

from auralisd.watch.inotify import Inotify, dirty_after
from auralisd.watch.settle import Dirty
from auralisd.watch.watcher import Hint, Patience, Watcher


@pytest.mark.parametrize(
    ("event", "dirty"),
    [
        (FileCreatedEvent("/m/a/x.mp3"), [Dirty(b"/m/a", False)]),
        (FileClosedEvent("/m/a/x.MP3"), [Dirty(b"/m/a", False)]),
        (FileDeletedEvent("/m/a/x.flac"), [Dirty(b"/m/a", False)]),
        (FileMovedEvent("/m/a/x.part", "/m/b/x.ogg"), [Dirty(b"/m/b", False)]),
        (FileMovedEvent("/m/a/x.ogg", "/m/b/x.ogg"), [Dirty(b"/m/a", False), Dirty(b"/m/b", False)]),
        (FileCreatedEvent("/m/a/cover.jpg"), []),
        (FileCreatedEvent("/m/a/.x.mp3"), []),
        (DirCreatedEvent("/m/a"), [Dirty(b"/m/a", True)]),
        (DirDeletedEvent("/m/a"), [Dirty(b"/m/a", True)]),
        (DirMovedEvent("/m/a", "/m/b"), [Dirty(b"/m/a", True), Dirty(b"/m/b", True)]),
        (FileCreatedEvent("/m/caf\udce9/x.mp3"), [Dirty(b"/m/caf\xe9", False)]),
    ],
)
def test_an_event_makes_folders_dirty(event: FileSystemEvent, dirty: list[Dirty]) -> None:
    assert list(dirty_after(event)) == dirty


async def _heard(watcher: Watcher, hints: list[Hint], count: int) -> list[Hint]:
    async with asyncio.timeout(5):
        while len(hints) < count:  # noqa: ASYNC110  the list is filled by the code under test
            await asyncio.sleep(0.01)
    return hints


async def test_lost_events_make_everything_dirty(tmp_path: Path) -> None:
    hints: list[Hint] = []
    watcher = Watcher([bytes(tmp_path)], hints.append, lambda _: None)
    watching = asyncio.ensure_future(watcher.run())
    await _heard(watcher, hints, 1)
    watcher.on_overflow()
    await _heard(watcher, hints, 2)
    watching.cancel()

    assert hints == [
        Hint(Dirty(bytes(tmp_path), recursive=True), fresh=True),
        Hint(Dirty(bytes(tmp_path), recursive=True)),
    ]


async def test_a_flood_of_hints_becomes_one_for_everything(tmp_path: Path) -> None:
    hints: list[Hint] = []
    watcher = Watcher([bytes(tmp_path)], hints.append, lambda _: None)
    watching = asyncio.ensure_future(watcher.run())
    await _heard(watcher, hints, 1)
    for number in range(5000):
        watcher.on_dirty(Dirty(bytes(tmp_path) + b"/%d" % number, recursive=True))
    await _heard(watcher, hints, 2)
    watching.cancel()

    assert len(hints) <= 1002
    assert Hint(Dirty(bytes(tmp_path), recursive=True)) in hints


async def test_the_death_of_a_thread_ends_the_watch(tmp_path: Path) -> None:
    hints: list[Hint] = []
    watcher = Watcher([bytes(tmp_path)], hints.append, lambda _: None)
    watching = asyncio.ensure_future(watcher.run())
    await _heard(watcher, hints, 1)
    watcher.on_death(OSError("broken"))
    with pytest.raises(OSError, match="broken"):
        await watching


def test_a_folder_that_will_not_be_watched_is_left_alone_for_longer_each_time() -> None:
    patience = Patience()
    waits_s = [patience.refused(b"/m", now_s=100.0) for _ in range(10)]

    assert waits_s == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert not patience.is_over(b"/m", now_s=399.0)
    assert patience.is_over(b"/m", now_s=400.0)
    patience.forget(b"/m")
    assert patience.is_over(b"/m", now_s=100.0)


async def test_a_folder_that_will_not_be_watched_is_not_read_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EACCES, "not allowed")

    monkeypatch.setattr(Inotify, "attach", refuse)
    monkeypatch.setattr("auralisd.watch.watcher._AGAIN_S", 0.01)
    hints: list[Hint] = []
    watching = asyncio.ensure_future(Watcher([bytes(tmp_path)], hints.append, lambda _: None).run())
    await asyncio.sleep(0.6)  # sixty times what is waited at first
    watching.cancel()

    assert 2 <= len(hints) <= 8
