"""What is told of jobs."""

import msgspec

from auralisd.jobs.job import Job


class JobAppeared(msgspec.Struct, frozen=True):
    """A job was submitted."""

    job: Job


class JobChanged(msgspec.Struct, frozen=True):
    """A job has come further, started, or ended."""

    job: Job


class JobCompleted(msgspec.Struct, frozen=True):
    """A job is over, whatever its end; told after the change that says so."""

    job: Job


class JobForgotten(msgspec.Struct, frozen=True):
    """A finished job can no longer be read."""

    number: int


JobEvent = JobAppeared | JobChanged | JobCompleted | JobForgotten
