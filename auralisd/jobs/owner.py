"""Jobs: the one owner of every job."""

import asyncio
import itertools
import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from auralisd.errors import AuralisError, NotFound, NotSupported
from auralisd.jobs import board
from auralisd.jobs.events import JobAppeared, JobChanged, JobCompleted, JobEvent, JobForgotten
from auralisd.jobs.job import (
    CANCELLED,
    DONE,
    FAILED,
    MANUAL,
    QUEUED,
    Job,
    JobFailed,
    Result,
    Step,
    advanced,
    ended,
    started,
)
from auralisd.jobs.ports import Kind, Repeated, Work
from auralisd.supervise import Supervisor

log = logging.getLogger(__name__)

TELL_EVERY_S = 0.3
"""Progress is told no oftener: with the start or the end of a job four signals in a second at the most."""


class Jobs:
    """Runs two jobs at a time and lets twenty wait.  Lives on the loop; the work itself is done in workers."""

    def __init__(
        self, kinds: Mapping[str, Kind], *, supervisor: Supervisor, publish: Callable[[JobEvent], None]
    ) -> None:
        self._kinds = kinds
        self._supervisor = supervisor
        self._publish = publish
        self._numbers = itertools.count(1)
        self._jobs: dict[int, Job] = {}
        self._works: dict[int, Work] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._let_go_of: set[int] = set()
        self._keys: dict[int, str] = {}
        self._ends: dict[int, asyncio.Future[None]] = {}
        self._untold: dict[int, tuple[Step, asyncio.TimerHandle]] = {}
        self._told_at_s: dict[int, float] = {}
        self._forgetting: asyncio.TimerHandle | None = None
        self._closing = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """Those that work here."""
        return tuple(self._kinds)

    @property
    def all(self) -> tuple[Job, ...]:
        """Every job that can be read, in the order in which they came."""
        return tuple(self._jobs.values())

    def get(self, number: int) -> Job:
        """Raises NotFound."""
        if number not in self._jobs:
            raise NotFound(f"there is no job {number}; a finished one is kept for an hour")
        return self._jobs[number]

    async def submit(self, kind: str, spec: Mapping[str, Any], trigger: str = MANUAL) -> int:
        """Queue a job, and start it when there is room; answers its number, or that of one that does just that already.

        Raises NotSupported for an unknown kind, Busy when too many wait, and what the kind refuses.
        """
        if kind not in self._kinds:
            raise NotSupported(f"there is no kind of job {kind!r}; there are {' '.join(self._kinds)}")
        if kind not in board.BESIDE:
            board.must_have_room(self._jobs.values())
        work = await self._kinds[kind].prepare(spec)
        if (same := self._same(work)) is not None:
            return same
        if kind not in board.BESIDE:
            board.must_have_room(self._jobs.values())  # others came while this one was checked
        return self.begin(kind, work, trigger)

    def begin(self, kind: str, work: Work, trigger: str) -> int:
        """Queue work that is checked already, whether or not there is room; answers its number."""
        job = Job(next(self._numbers), kind, trigger)
        self._works[job.number] = work
        self._keys[job.number] = _key(work)
        self._jobs[job.number] = job
        self._publish(JobAppeared(job))
        self._start_waiting()
        return job.number

    async def ended(self, number: int) -> None:
        """Wait until a job that has just begun is over, whatever its end."""
        end = self._ends.setdefault(number, asyncio.get_running_loop().create_future())
        if self._jobs[number].finished:
            self._ends.pop(number)
            return
        await asyncio.shield(end)

    def cancel(self, number: int) -> None:
        """Let go of a job; it is over as soon as nothing is left of it.  A finished one stays as it is."""
        if self.get(number).state == QUEUED:
            self._end(number, CANCELLED)
        elif number in self._tasks:
            self._let_go(number)

    def clear(self, older_than_s: float) -> None:
        """Forget the finished jobs that ended so long ago."""
        for number in board.forgotten(self._jobs.values(), now_s=_now_s(), older_than_s=older_than_s):
            del self._jobs[number]
            self._publish(JobForgotten(number))
        self._forget_later()

    async def close(self) -> None:
        """Cancel what runs, start nothing more, and wait until nothing is left of it."""
        self._closing = True
        if self._forgetting is not None:
            self._forgetting.cancel()
        tasks = list(self._tasks.values())
        for number in tuple(self._tasks):
            self._let_go(number)
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- one job -------------------------------------------------------------------------------------

    def _start_waiting(self) -> None:
        while not self._closing and (number := board.next_to_run(self._jobs.values())) is not None:
            self._change(started(self._jobs[number], now_s=_now_s(), now_unix_s=time.time()))
            work = self._works.pop(number)
            task = self._tasks[number] = self._supervisor.start(f"job {number}", self._run(number, work))
            task.add_done_callback(partial(self._never_run, number))

    def _let_go(self, number: int) -> None:
        """Once only: cancelled again, a task would leave off putting things in order."""
        if number not in self._let_go_of:
            self._let_go_of.add(number)
            self._tasks[number].cancel()

    async def _run(self, number: int, work: Work) -> None:
        state, result, error = CANCELLED, dict[str, Any](), ""
        try:
            result = await work.run(lambda step: self._on_step(number, step))
            state = DONE
        except JobFailed as failure:
            state, result, error = FAILED, {"code": failure.code}, str(failure)
        except AuralisError as failure:
            state, result, error = FAILED, {"code": "refused"}, str(failure)
        except Exception:  # the border: a mistake of ours in one job must not end the music
            log.exception("job failed job=%d kind=%s", number, self._jobs[number].kind)
            state, result, error = FAILED, {"code": "internal"}, "an internal error; the daemon's log says more"
        finally:
            del self._tasks[number]
            self._end(number, state, result, error)

    def _never_run(self, number: int, _task: asyncio.Task[None]) -> None:
        """A task that is cancelled before its first step does not even come to its end."""
        if self._tasks.pop(number, None) is not None:
            self._end(number, CANCELLED)

    def _end(self, number: int, state: str, result: Result | None = None, error: str = "") -> None:
        self._works.pop(number, None)
        self._let_go_of.discard(number)
        del self._keys[number]
        if (untold := self._untold.pop(number, None)) is not None:
            step, timer = untold
            timer.cancel()
            self._jobs[number] = self._advanced(number, step)
        self._told_at_s.pop(number, None)
        self._change(job := ended(self._jobs[number], state, now_s=_now_s(), result=result, error=error))
        level = logging.INFO if error or job.trigger == MANUAL else logging.DEBUG
        log.log(
            level, "job %s job=%d kind=%s%s", state, number, job.kind, f" code={job.result['code']}" if error else ""
        )
        self._publish(JobCompleted(job))
        if (end := self._ends.pop(number, None)) is not None and not end.done():
            end.set_result(None)
        self.clear(board.KEPT_S)
        self._start_waiting()

    def _same(self, work: Work) -> int | None:
        """The job that waits or runs and does just what this one would."""
        key = _key(work)
        return next((number for number, other in self._keys.items() if key and other == key), None)

    def _change(self, job: Job) -> None:
        self._jobs[job.number] = job
        self._publish(JobChanged(job))

    # --- progress ------------------------------------------------------------------------------------

    def _on_step(self, number: int, step: Step) -> None:
        """Tell it now or as soon as it may be told; a newer step takes the place of one that waits."""
        wait_s = self._told_at_s.get(number, 0.0) + TELL_EVERY_S - _now_s()
        if number in self._untold:
            self._untold[number] = (step, self._untold[number][1])
        elif wait_s > 0:
            timer = asyncio.get_running_loop().call_later(wait_s, self._tell_late, number)
            self._untold[number] = (step, timer)
        else:
            self._tell(number, step)

    def _tell_late(self, number: int) -> None:
        step, _ = self._untold.pop(number)
        self._tell(number, step)

    def _tell(self, number: int, step: Step) -> None:
        self._told_at_s[number] = _now_s()
        self._change(self._advanced(number, step))

    def _advanced(self, number: int, step: Step) -> Job:
        return advanced(self._jobs[number], step, now_s=_now_s(), now_unix_s=time.time())

    # --- forgetting ----------------------------------------------------------------------------------

    def _forget_later(self) -> None:
        if self._forgetting is not None:
            self._forgetting.cancel()
            self._forgetting = None
        due_s = board.next_forgetting_s(self._jobs.values())
        if due_s is not None and not self._closing:
            self._forgetting = asyncio.get_running_loop().call_at(due_s, self.clear, board.KEPT_S)


def _key(work: Work) -> str:
    return work.key if isinstance(work, Repeated) else ""


def _now_s() -> float:
    return asyncio.get_running_loop().time()
