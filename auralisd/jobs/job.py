"""A job: what it is, and what it may become.  Pure; time is an argument.

queued → running → done | failed | cancelled, and queued → cancelled.
"""

from typing import Any

import msgspec

QUEUED = "queued"
RUNNING = "running"
DONE = "done"
FAILED = "failed"
CANCELLED = "cancelled"
STATES = (QUEUED, RUNNING, DONE, FAILED, CANCELLED)

MANUAL = "manual"
UNKNOWN = -1.0

_LEAST_FRACTION = 0.01
_LEAST_ELAPSED_S = 1.0
"""Before so much is known, a forecast would be a guess."""

Result = dict[str, Any]


class Step(msgspec.Struct, frozen=True):
    """How far a job has come: `done` of `total` things, `fraction` (0..1, UNKNOWN) of all the work, and the file at
    hand, by its name alone."""

    done: int
    total: int
    fraction: float
    current: str = ""


class JobFailed(Exception):
    """A job cannot go on.  `code` is a word that clients see; the text says the reason and the remedy."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Job(msgspec.Struct, frozen=True):
    """One job as others see it.  `began_s` and `ended_s` are on the loop's clock; 0 Unix seconds are "not yet"."""

    number: int
    kind: str
    trigger: str = MANUAL
    state: str = QUEUED
    progress: float = UNKNOWN
    done: int = 0
    total: int = 0
    current: str = ""
    start_unix_s: int = 0
    eta_unix_s: int = 0
    result: Result = {}
    error: str = ""
    began_s: float = 0.0
    ended_s: float = 0.0

    @property
    def finished(self) -> bool:
        return self.state in (DONE, FAILED, CANCELLED)


def started(job: Job, *, now_s: float, now_unix_s: float) -> Job:
    return msgspec.structs.replace(job, state=RUNNING, began_s=now_s, start_unix_s=int(now_unix_s))


def advanced(job: Job, step: Step, *, now_s: float, now_unix_s: float) -> Job:
    """A running job that has come further; any other stays as it is."""
    if job.state != RUNNING:
        return job
    left_s = seconds_left(step.fraction, now_s - job.began_s)
    return msgspec.structs.replace(
        job,
        progress=step.fraction,
        done=step.done,
        total=step.total,
        current=step.current,
        eta_unix_s=0 if left_s is None else round(now_unix_s + left_s),
    )


def ended(job: Job, state: str, *, now_s: float, result: Result | None = None, error: str = "") -> Job:
    """A job that is over; one that is over already stays as it is."""
    if job.finished:
        return job
    return msgspec.structs.replace(
        job,
        state=state,
        progress=1.0 if state == DONE else job.progress,
        done=job.total if state == DONE else job.done,
        current="",
        eta_unix_s=0,
        result=result or {},
        error=error,
        ended_s=now_s,
    )


def seconds_left(fraction: float, elapsed_s: float) -> float | None:
    """How long the rest takes at the pace so far; None while nobody can know."""
    if fraction < _LEAST_FRACTION or elapsed_s < _LEAST_ELAPSED_S:
        return None
    return elapsed_s * (1.0 - fraction) / fraction
