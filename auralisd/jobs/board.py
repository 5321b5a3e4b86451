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


def count(jobs: Iterable[Job], state: str) -> int:
    return sum(job.state == state for job in jobs)


def must_have_room(jobs: Iterable[Job]) -> None:
    """Raises Busy when one job more could neither run nor wait."""
    jobs = list(jobs)
    if count(jobs, RUNNING) + count(jobs, QUEUED) >= MAX_RUNNING + MAX_WAITING:
        raise Busy(
            f"{MAX_RUNNING} jobs run and {MAX_WAITING} wait already; cancel one, or submit again when one is done"
        )


def next_to_run(jobs: Iterable[Job]) -> int | None:
    """The job that has waited longest, when there is room for it."""
    jobs = list(jobs)
    if count(jobs, RUNNING) >= MAX_RUNNING:
        return None
    return min((job.number for job in jobs if job.state == QUEUED), default=None)


def forgotten(jobs: Iterable[Job], *, now_s: float, older_than_s: float = KEPT_S) -> tuple[int, ...]:
    """Finished jobs that have been kept long enough, and those beyond the last KEPT_JOBS."""
    finished = sorted((job for job in jobs if job.finished), key=lambda job: (job.ended_s, job.number), reverse=True)
    return tuple(
        job.number for place, job in enumerate(finished) if place >= KEPT_JOBS or now_s - job.ended_s >= older_than_s
    )


def next_forgetting_s(jobs: Iterable[Job]) -> float | None:
    """When the next finished job is to be forgotten, None when there is none."""
    return min((job.ended_s + KEPT_S for job in jobs if job.finished), default=None)
