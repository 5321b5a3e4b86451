"""Supervision: every task has a name and a keeper, and none dies unheard.

`Supervisor` keeps control's tasks and hears of its threads' deaths; `TimedSelector` measures how long the event loop
was kept from looking at its sockets, without waking anybody up.
"""

import asyncio
import contextlib
import logging
import selectors
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from auralisd.threads import NamedThread, OnDeath

log = logging.getLogger(__name__)

Result = TypeVar("Result")

STALL_S = 0.050
"""A loop that is busy for longer keeps clients waiting: it is counted and logged."""


class Supervisor:
    """Holds on to every task of the loop; a task that dies is logged with its traceback and told."""

    def __init__(self, on_death: OnDeath) -> None:
        self._on_death = on_death
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `work` as a task that nobody has to remember."""
        self._loop = asyncio.get_running_loop()
        task = self._loop.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def report(self, name: str, death: BaseException) -> None:
        """The `on_death` of a thread: tells its death on the loop.  A loop that is closed is going down anyway."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._on_death, name, death)

    async def close(self) -> None:
        """Cancel what still runs and wait until it has ended."""
        for task in (tasks := list(self._tasks)):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        if (death := task.exception()) is not None:
            log.error("task died name=%s", task.get_name(), exc_info=death)
            self._on_death(task.get_name(), death)


async def aside(name: str, work: Callable[[], Result]) -> Result:
    """What `work` returns or raises, run on a thread of its own: for the little that may block, now and then."""
    answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()

    def run() -> None:
        try:
            answer_from_thread(answer, work())
        except Exception as failure:  # noqa: BLE001  the border: whoever asked is told
            fail_from_thread(answer, failure)

    NamedThread(name, run, lambda _, death: fail_from_thread(answer, death)).start()
    return await answer


def is_cancelled() -> bool:
    """It is the task at hand that was cancelled, and not one that it waited for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def answer_from_thread(answer: "asyncio.Future[Result]", result: Result) -> None:
    """Settle what somebody on the loop waits for; nobody does any more when the loop is closed."""
    _post(answer, result, None)


def fail_from_thread(answer: "asyncio.Future[Any]", failure: BaseException) -> None:
    """The same with what went wrong."""
    _post(answer, None, failure)


def _post(answer: "asyncio.Future[Any]", result: Any, failure: BaseException | None) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed
        answer.get_loop().call_soon_threadsafe(_settle, answer, result, failure)


def _settle(answer: "asyncio.Future[Any]", result: Any, failure: BaseException | None) -> None:
    if answer.done():
        return  # whoever asked was cancelled meanwhile
    if failure is not None:
        answer.set_exception(failure)
    else:
        answer.set_result(result)


class TimedSelector(selectors.DefaultSelector):
    """The loop's selector, which notes how long the callbacks between two looks took.

    It costs two clock reads a turn and no wakeup, so it watches in production too.
    """

    def __init__(self) -> None:
        super().__init__()
        self.longest_stall_s = 0.0
        self.stalls = 0
        self._left_at: float | None = None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self._left_at is not None:
            self._note(time.monotonic() - self._left_at)
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(timeout)
        self._left_at = time.monotonic()
        return ready

    def _note(self, busy_s: float) -> None:
        self.longest_stall_s = max(self.longest_stall_s, busy_s)
        if busy_s > STALL_S:
            self.stalls += 1
            log.warning("event loop stalled ms=%.0f", busy_s * 1000)


def new_event_loop() -> tuple[asyncio.AbstractEventLoop, TimedSelector]:
    """An event loop and the selector that times it."""
    selector = TimedSelector()
    return asyncio.SelectorEventLoop(selector), selector
