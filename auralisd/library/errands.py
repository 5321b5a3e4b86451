"""Errands: tasks sent to a worker process, one after another, through its crashes and its idleness."""

import asyncio
import contextlib
import itertools
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from auralisd.doors.child import Child, start_child
from auralisd.doors.worker import (
    Answer,
    Bring,
    Brought,
    Inspect,
    Inspected,
    Leave,
    Listed,
    Measure,
    Measured,
    ReadTags,
    Rehearse,
    Render,
    Rendered,
    RenderProgress,
    TagsRead,
    Trimmed,
    Walk,
    Walked,
)
from auralisd.model.profile import SoundProfile
from auralisd.model.taste import Treatment
from auralisd.supervise import Supervisor

log = logging.getLogger(__name__)

WorkerStarter = Callable[[], Awaitable[Child]]

_MOST_READERS = 4
IDLE_S = 20.0
ANSWER_S = 60.0
"""A drive that wakes up needs ten seconds; a worker that is silent for longer hangs."""
MEASURE_S = 1800.0
BRING_S = 1800.0
"""500 MB through an old card reader."""
RENDER_SILENCE_S = 600.0
"""A worker tells five times a second how far it is, but of idle priority on a busy machine it may be long silent."""


async def start_worker() -> Child:
    """A worker process."""
    return await start_child("auralisd.worker", Answer)


class WorkerDied(Exception):
    """The worker ended before it had answered.

    `crashed`: by a signal: the file at hand may be at fault.  `hung`: it was ended because it did not answer, and that
    is more often a drive's fault than a file's.  Otherwise it is unfit itself.
    """

    def __init__(self, *, crashed: bool = False, hung: bool = False) -> None:
        super().__init__()
        self.crashed = crashed
        self.hung = hung


class Errands:
    """One worker process: started when there is something to do, ended after 20 s of nothing."""

    def __init__(self, name: str, start: WorkerStarter, supervisor: Supervisor, *, idle_s: float = IDLE_S) -> None:
        self._name = name
        self._start = start
        self._supervisor = supervisor
        self._idle_s = idle_s
        self._child: Child | None = None
        self._turn = asyncio.Lock()
        self._numbers = itertools.count(1)
        self._rest: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """The process that works now, None when there is none."""
        return self._child.pid if self._child else None

    async def walk(self, folder: bytes, on_listed: Callable[[Listed], None], *, recursive: bool) -> Walked:
        """List a folder; each batch is handed to `on_listed` as it comes.  Raises WorkerDied."""
        async with self._at_work() as child:
            child.link.send(Walk(next(self._numbers), folder, recursive))
            while True:
                answer = await self._answer(child, ANSWER_S)
                if isinstance(answer, Walked):
                    return answer
                on_listed(answer)

    async def read_tags(self, paths: tuple[bytes, ...]) -> TagsRead:
        """Raises WorkerDied."""
        answer: TagsRead = await self._ask(ReadTags(next(self._numbers), paths), ANSWER_S)
        return answer

    async def inspect(self, path: bytes) -> Inspected:
        """Raises WorkerDied."""
        answer: Inspected = await self._ask(Inspect(next(self._numbers), path), ANSWER_S)
        return answer

    async def measure(self, path: bytes) -> Measured:
        """Raises WorkerDied."""
        answer: Measured = await self._ask(Measure(next(self._numbers), path), MEASURE_S)
        return answer

    async def rehearse(self, path: bytes, profile: SoundProfile, treatment: Treatment) -> Trimmed:
        """Raises WorkerDied."""
        answer: Trimmed = await self._ask(Rehearse(next(self._numbers), path, profile, treatment), MEASURE_S)
        return answer

    async def render(
        self,
        job: Callable[[int], Render],
        on_progress: Callable[[RenderProgress], None],
    ) -> Rendered:
        """Render; `job` makes the task for a number.  Raises WorkerDied."""
        async with self._at_work() as child:
            child.link.send(job(next(self._numbers)))
            while True:
                answer = await self._answer(child, RENDER_SILENCE_S)
                if isinstance(answer, Rendered):
                    return answer
                on_progress(answer)

    async def bring(self, path: bytes, workshop: bytes) -> Brought:
        """Raises WorkerDied."""
        answer: Brought = await self._ask(Bring(next(self._numbers), path, workshop), BRING_S)
        return answer

    async def close(self) -> None:
        """End the process, whatever it does."""
        if self._rest is not None:
            self._rest.cancel()
        child, self._child = self._child, None
        if child is not None:
            await child.end()

    async def _ask(self, task: ReadTags | Inspect | Measure | Rehearse | Bring, deadline_s: float) -> Any:
        async with self._at_work() as child:
            child.link.send(task)
            return await self._answer(child, deadline_s)

    async def _answer(self, child: Child, deadline_s: float) -> Any:
        async with asyncio.timeout(deadline_s):
            return await child.link.receive()

    @contextlib.asynccontextmanager
    async def _at_work(self) -> AsyncIterator[Child]:
        """The worker, for one task; a task that is not answered to its end costs the worker its life."""
        async with self._turn:
            if self._rest is not None:
                self._rest.cancel()
            child = self._child = self._child or await self._start()
            try:
                yield child
            except (EOFError, TimeoutError) as death:
                self._child = None
                await child.end()
                status = await child.wait()
                log.warning("worker died name=%s status=%d", self._name, status)
                hung = isinstance(death, TimeoutError)
                raise WorkerDied(crashed=status < 0 and not hung, hung=hung) from None
            except BaseException:
                # Cancelled in mid-task: the answers still under way would be taken for those of the next task.
                self._child = None
                await child.end()
                raise
            self._rest = asyncio.get_running_loop().call_later(self._idle_s, self._go_home)

    def _go_home(self) -> None:
        child = self._child
        if child is not None and not self._turn.locked():
            self._child = None
            child.link.send(Leave())
            self._supervisor.start(f"{self._name} leaves", child.end())


def more_readers(start: WorkerStarter, supervisor: Supervisor) -> list[Errands]:
    """Beside the worker that scans one for each other core, for when there is much to read."""
    cores = min(_MOST_READERS, len(os.sched_getaffinity(0)))
    return [Errands(f"reading {number}", start, supervisor) for number in range(2, cores + 1)]
