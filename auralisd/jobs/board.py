"""The board: which jobs run, which wait, which are forgotten.  Pure."""

from collections.abc import Iterable

from auralisd.errors import Busy
from auralisd.jobs.job import QUEUED, RUNNING, Job

MAX_RUNNING = 2
MAX_WAITING = 20
KEPT_S = 3600.0
"""So long a finished job can be read."""
KEPT_JOBS = 100
"""Of finished jobs, no more than so many."""
BESIDE = frozenset({"scan"})
"""Kinds that run beside the others, one at a time: nothing waits for them, they wait for nothing, none is refused."""
KEPT_BESIDE = 20
"""Of those that have finished, no more than so many: they must not push others out."""


def count(jobs: Iterable[Job], state: str) -> int:
    """How many are in that state, without those that run beside them."""
    return sum(job.state == state for job in jobs if job.kind not in BESIDE)


def must_have_room(jobs: Iterable[Job]) -> None:
    """Raises Busy when one job more could neither run nor wait."""
    jobs = list(jobs)
    if count(jobs, RUNNING) + count(jobs, QUEUED) >= MAX_RUNNING + MAX_WAITING:
        raise Busy(
            f"{MAX_RUNNING} jobs run and {MAX_WAITING} wait already; cancel one, or submit again when one is done"
        )


def next_to_run(jobs: Iterable[Job]) -> int | None:
    """The job that has waited longest, of those that there is room for."""
    jobs = list(jobs)
    full = count(jobs, RUNNING) >= MAX_RUNNING
    taken = {job.kind for job in jobs if job.state == RUNNING and job.kind in BESIDE}
    return min(
        (
            job.number
            for job in jobs
            if job.state == QUEUED and (job.kind not in taken if job.kind in BESIDE else not full)
        ),
        default=None,
    )


def forgotten(jobs: Iterable[Job], *, now_s: float, older_than_s: float = KEPT_S) -> tuple[int, ...]:
    """Finished jobs that have been kept long enough, and those beyond the last KEPT_JOBS (KEPT_BESIDE)."""
    finished = sorted((job for job in jobs if job.finished), key=lambda job: (job.ended_s, job.number), reverse=True)
    lanes = (
        (KEPT_JOBS, [job for job in finished if job.kind not in BESIDE]),
        (KEPT_BESIDE, [job for job in finished if job.kind in BESIDE]),
    )
    return tuple(
        job.number
        for most, lane in lanes
        for place, job in enumerate(lane)
        if place >= most or now_s - job.ended_s >= older_than_s
    )


def next_forgetting_s(jobs: Iterable[Job]) -> float | None:
    """When the next finished job is to be forgotten, None when there is none."""
    return min((job.ended_s + KEPT_S for job in jobs if job.finished), default=None)
