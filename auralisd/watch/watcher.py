"""The watcher: which folders may have changed.

Owns the thread "watch", which places the watches (walking a large tree takes a second) and waits for music folders that
are missing: every two seconds while there are any, otherwise it sleeps.  A file system that is mounted over a music
folder or inside it, or taken away from there, takes the watches with it: they are placed anew.
"""

import asyncio
import contextlib
import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Iterable

import msgspec

from auralisd.threads import NamedThread
from auralisd.watch.inotify import Inotify, ObservedWatch
from auralisd.watch.mounts import Mount, MountChanges, mounts, under
from auralisd.watch.settle import Dirty

log = logging.getLogger(__name__)

_AGAIN_S = 2.0
_MOST_PATIENCE_S = 300.0
_MOST_HINTS = 1000
"""More dirty folders than this are one: everything."""


class Hint(msgspec.Struct, frozen=True):
    """`fresh`: the watches of a music folder have just been placed, or it has just been found missing: look at once."""

    dirty: Dirty
    fresh: bool = False


class Watcher:
    """Tells the loop what may have changed; `on_hint` and `on_limit` are called there."""

    def __init__(
        self, roots: Iterable[bytes], on_hint: Callable[[Hint], None], on_limit: Callable[[bytes], None]
    ) -> None:
        self._roots = tuple(roots)  # replaced as a whole: other threads read it
        self._heard: frozenset[bytes] = frozenset()
        self._tell_hint = on_hint
        self._tell_limit = on_limit
        self._hints: dict[Hint, None] = {}
        self._lock = threading.Lock()
        self._patience = Patience()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._mounts: dict[bytes, frozenset[Mount]] = {}
        self._loop: asyncio.AbstractEventLoop
        self._ended: asyncio.Future[None]

    async def run(self) -> None:
        """Watch until cancelled; raises what ends any of the threads."""
        self._loop = asyncio.get_running_loop()
        self._ended = self._loop.create_future()
        for root in self._roots:
            self._jobs.put(_Job(root))
        thread = NamedThread("watch", self._work, lambda _, death: self.on_death(death))
        thread.start()
        with contextlib.ExitStack() as ending:
            ending.callback(self._jobs.put, None)
            self._hear_mounts(ending)
            await self._ended

    def watch(self, root: bytes) -> None:
        """One music folder more; once it is watched, or found missing, it is hinted at."""
        self._roots = (*self._roots, root)
        self._mounts = {**self._mounts, root: under(root, mounts())}
        self._jobs.put(_Job(root))

    def leave(self, root: bytes) -> None:
        """One less."""
        self._roots = tuple(other for other in self._roots if other != root)
        self._mounts = {other: under_it for other, under_it in self._mounts.items() if other != root}
        self._jobs.put(_Job(root, leave=True))

    def hears(self, root: bytes) -> bool:
        """The music folder is watched, and nobody can change it without a word to this machine."""
        return root in self._heard and not any(mount.remote for mount in self._mounts.get(root, ()))

    # --- called on any thread ------------------------------------------------------------------------

    def on_dirty(self, dirty: Dirty) -> None:
        if dirty.folder in self._roots:
            self._jobs.put(_Job(dirty.folder))
        elif not any(dirty.folder.startswith(root) for root in self._roots):
            return  # a folder beside a music folder
        self.hint(Hint(dirty))

    def on_overflow(self) -> None:
        log.warning("too many changes at once, all music folders are read again")
        for root in self._roots:
            self.hint(Hint(Dirty(root, recursive=True)))

    def on_limit(self, path: bytes) -> None:
        self._post(self._tell_limit, path)

    def on_death(self, death: BaseException) -> None:
        self._post(_fail, self._ended, death)

    def hint(self, hint: Hint) -> None:
        """Tell it on the loop, together with all that come until the loop is there."""
        with self._lock:
            waiting = bool(self._hints)
            if len(self._hints) >= _MOST_HINTS:
                self._hints.update((Hint(Dirty(root, recursive=True)), None) for root in self._roots)
            else:
                self._hints[hint] = None
        if not waiting:
            self._post(self._flush)

    # --- on the loop ---------------------------------------------------------------------------------

    def _flush(self) -> None:
        with self._lock:
            hints, self._hints = self._hints, {}
        for hint in hints:
            self._tell_hint(hint)

    def _hear_mounts(self, ending: contextlib.ExitStack) -> None:
        self._mounts = {root: under(root, mounts()) for root in self._roots}
        try:
            changes = MountChanges()
        except OSError as refusal:
            log.info("mounts are not watched reason=%s", refusal.strerror)
            return
        ending.callback(changes.close)
        self._loop.add_reader(changes.fileno(), self._on_mounts, changes)
        ending.callback(self._loop.remove_reader, changes.fileno())

    def _on_mounts(self, changes: MountChanges) -> None:
        changes.take()
        before, now = self._mounts, mounts()
        self._mounts = {root: under(root, now) for root in self._roots}
        for root in self._roots:
            if self._mounts[root] != before[root]:
                log.info("a file system came or went in a music folder")
                self._jobs.put(_Job(root, anew=True))

    def _post(self, call: Callable[..., None], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: we are going down
            self._loop.call_soon_threadsafe(call, *arguments)

    # --- on the thread "watch" -----------------------------------------------------------------------

    def _work(self) -> None:
        try:
            inotify = Inotify(self)
        except OSError as refusal:
            self._go_unwatched(refusal)
            return
        inotify.start()
        placed: dict[bytes, _Placed | None] = {}
        try:
            while True:
                missing = [root for root, place in placed.items() if place is None]
                try:
                    job = self._jobs.get(timeout=_AGAIN_S if missing else None)
                except queue.Empty:
                    self._place_missing(inotify, placed, missing)
                else:
                    if job is None:
                        return
                    self._carry_out(inotify, placed, job)
                self._heard = frozenset(root for root, place in placed.items() if place is not None)
        finally:
            inotify.close()

    def _go_unwatched(self, refusal: OSError) -> None:
        """The kernel gives this user no more inotify instances: everything is compared now, and then by the clock."""
        log.warning("music folders are not watched reason=%s", refusal.strerror)
        while (job := self._jobs.get()) is not None:
            if not job.leave:
                self.on_limit(job.root)
                self.hint(Hint(Dirty(job.root, recursive=True), fresh=True))

    def _place_missing(self, inotify: Inotify, placed: "dict[bytes, _Placed | None]", missing: list[bytes]) -> None:
        for root in missing:
            if _identity(root) is None:
                self._patience.forget(root)
            elif self._patience.is_over(root, time.monotonic()):
                placed[root] = self._place(inotify, root, None)

    def _carry_out(self, inotify: Inotify, placed: "dict[bytes, _Placed | None]", job: "_Job") -> None:
        if job.leave:
            if (place := placed.pop(job.root, None)) is not None:
                inotify.detach(place.watch)
            if os.path.dirname(job.root) not in map(os.path.dirname, self._roots):
                inotify.detach_above(job.root)
            self._patience.forget(job.root)
        elif job.root in self._roots:
            placed[job.root] = self._place(inotify, job.root, placed.get(job.root), anew=job.anew)

    def _place(
        self, inotify: Inotify, root: bytes, before: "_Placed | None", *, anew: bool = False
    ) -> "_Placed | None":
        """Have this music folder watched, wherever it has gone or come from; None when it is missing."""
        identity = _identity(root)
        if before is not None:
            if not anew and before.identity == identity and inotify.listens(before.watch):
                return before
            inotify.detach(before.watch)
        after = None
        if identity is not None:
            try:
                after = _Placed(identity, inotify.attach(root))
            except OSError as refusal:
                wait_s = self._patience.refused(root, time.monotonic())
                log.warning("music folder is not watched, again in %.0f s reason=%s", wait_s, refusal.strerror)
            else:
                self._patience.forget(root)
        self.hint(Hint(Dirty(root, recursive=True), fresh=True))
        return after


class Patience:
    """How long a folder that is there and would not be watched is left alone: each time twice as long, to five minutes.

    Each time it is read as a whole, since nobody knows what happened in it meanwhile.
    """

    def __init__(self) -> None:
        self._refusals: dict[bytes, tuple[float, float]] = {}

    def refused(self, root: bytes, now_s: float) -> float:
        """Not watched, once more; answers for how many seconds it is left alone."""
        last_s, _ = self._refusals.get(root, (_AGAIN_S / 2, 0.0))
        wait_s = min(2 * last_s, _MOST_PATIENCE_S)
        self._refusals[root] = (wait_s, now_s + wait_s)
        return wait_s

    def is_over(self, root: bytes, now_s: float) -> bool:
        return now_s >= self._refusals.get(root, (0.0, 0.0))[1]

    def forget(self, root: bytes) -> None:
        """It is watched, or gone: what comes next is another matter."""
        self._refusals.pop(root, None)


class _Job(msgspec.Struct, frozen=True):
    """Have a music folder watched; `anew` although it seems to be; `leave`: no longer."""

    root: bytes
    anew: bool = False
    leave: bool = False


class _Placed(msgspec.Struct, frozen=True):
    """The folder that was found under the path of a music folder, by device and inode, and the watch on it."""

    identity: tuple[int, int]
    watch: ObservedWatch


def _identity(root: bytes) -> tuple[int, int] | None:
    try:
        status = os.stat(root)
    except OSError:
        return None
    return (status.st_dev, status.st_ino)


def _fail(future: "asyncio.Future[None]", death: BaseException) -> None:
    if not future.done():
        future.set_exception(death)
