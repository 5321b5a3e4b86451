"""A small folder, looked at as a whole whenever something in it may have changed.

Owns the thread "small-folder".  The folder may be missing, come, go or be replaced: then the nearest folder above it is
watched.  Nobody wakes up while nothing happens.
"""

import asyncio
import contextlib
import logging
import os
import queue
import time
from collections.abc import Callable
from pathlib import Path

from auralisd.threads import NamedThread
from auralisd.watch.inotify import Inotify, ObservedWatch
from auralisd.watch.settle import Dirty

log = logging.getLogger(__name__)

_QUIET_S = 0.15
_MOST_PATIENCE_S = 1.0
_TRIES = 8

Identity = tuple[int, int]


class SmallFolderWatcher:
    """Calls `look`, on its thread, at the start and once changes have settled: 0.15 s after the last, at most 1 s."""

    def __init__(self, folder: Path, look: Callable[[], None]) -> None:
        self._folder = folder
        self._look = look
        self._jobs: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._placed: dict[bytes, tuple[Identity, ObservedWatch]] = {}
        self._loop: asyncio.AbstractEventLoop
        self._ended: asyncio.Future[None]

    async def run(self) -> None:
        """Watch until cancelled; raises what ends any of the threads."""
        self._loop = asyncio.get_running_loop()
        self._ended = self._loop.create_future()
        NamedThread("small-folder", self._work, lambda _, death: self.on_death(death)).start()
        try:
            await self._ended
        finally:
            self._jobs.put(False)

    # --- called on watchdog's threads ----------------------------------------------------------------

    def on_dirty(self, _: Dirty) -> None:
        self._jobs.put(True)

    def on_overflow(self) -> None:
        self._jobs.put(True)

    def on_limit(self, _: bytes) -> None:
        """Told where the watch is placed, on this one's thread."""

    def on_death(self, death: BaseException) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: we are going down
            self._loop.call_soon_threadsafe(_fail, self._ended, death)

    # --- on the thread "small-folder" ----------------------------------------------------------------

    def _work(self) -> None:
        try:
            inotify = Inotify(self)
        except OSError as refusal:
            _tell_unwatched(self._folder, refusal)
            self._look()
            return
        inotify.start()
        try:
            while True:
                self._place(inotify)
                self._look()
                if not self._wait():
                    return
        finally:
            inotify.close()

    def _wait(self) -> bool:
        """Until something happened and has settled; False at the end."""
        going_on = self._jobs.get()
        latest_s = time.monotonic() + _MOST_PATIENCE_S
        while going_on:
            try:
                going_on = self._jobs.get(timeout=max(0.0, min(_QUIET_S, latest_s - time.monotonic())))
            except queue.Empty:
                return True
            if time.monotonic() > latest_s:
                return going_on
        return False

    def _place(self, inotify: Inotify) -> None:
        """Watch what must be watched now; again while folders came or went in the meantime."""
        for _ in range(_TRIES):
            wanted = _to_watch(self._folder)
            for path in self._placed.keys() - wanted.keys():
                inotify.detach(self._placed.pop(path)[1])
            stale = {path: identity for path, identity in wanted.items() if not self._holds(inotify, path, identity)}
            if not stale:
                return
            for path, identity in stale.items():
                if path in self._placed:
                    inotify.detach(self._placed.pop(path)[1])
                try:
                    watch = inotify.attach_alone(path, files=path == os.fsencode(self._folder))
                except OSError as refusal:
                    if not os.path.exists(path):
                        break  # gone again: look anew
                    _tell_unwatched(self._folder, refusal)
                    return
                self._placed[path] = (identity, watch)

    def _holds(self, inotify: Inotify, path: bytes, identity: Identity) -> bool:
        placed = self._placed.get(path)
        return placed is not None and placed[0] == identity and inotify.listens(placed[1])


def _to_watch(folder: Path) -> dict[bytes, Identity]:
    """The folder, and the one above it, which sees it go; or the nearest above that exists."""
    wanted: dict[bytes, Identity] = {}
    for path in (folder, *folder.parents):
        with contextlib.suppress(OSError):
            status = os.stat(path)
            wanted[os.fsencode(path)] = (status.st_dev, status.st_ino)
        if wanted and path != folder:
            break
    return wanted


def _tell_unwatched(folder: Path, refusal: OSError) -> None:
    log.warning(
        "folder is not watched, changes in it show at the next start folder=%s reason=%s", folder.name, refusal.strerror
    )


def _fail(future: "asyncio.Future[None]", death: BaseException) -> None:
    if not future.done():
        future.set_exception(death)
