"""Who lets go of a job, and when."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from auralisd.jobs.events import JobCompleted, JobEvent
from auralisd.jobs.job import CANCELLED, DONE, MANUAL, Result
from auralisd.jobs.owner import Jobs
from auralisd.jobs.ports import Tell
from auralisd.supervise import Supervisor


class Waiting:
    """Work that lasts until it is let go of, and then puts things in order for a while."""

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.may_end = asyncio.Event()
        self.in_order = False

    async def run(self, tell: Tell) -> Result:
        self.started.set()
        try:
            await asyncio.Event().wait()
        finally:
            await self.may_end.wait()
            self.in_order = True
        return {}


class Quick:
    """Work that is done at once."""

    async def run(self, tell: Tell) -> Result:
        return {}


@pytest.fixture
def told() -> list[JobEvent]:
    return []


@pytest.fixture
async def jobs(told: list[JobEvent]) -> AsyncIterator[Jobs]:
    deaths: list[str] = []
    supervisor = Supervisor(lambda name, _death: deaths.append(name))
    owner = Jobs({}, supervisor=supervisor, publish=told.append)
    yield owner
    await owner.close()
    await supervisor.close()
    assert deaths == []


async def test_a_job_that_is_cancelled_in_the_moment_of_its_start_ends_and_makes_room(
    jobs: Jobs, told: list[JobEvent]
) -> None:
    cancelled = [jobs.begin("analyse", Waiting(), MANUAL) for _ in range(2)]
    for number in cancelled:
        jobs.cancel(number)
    after = jobs.begin("analyse", Quick(), MANUAL)
    async with asyncio.timeout(5.0):
        await jobs.ended(after)

    assert [jobs.get(number).state for number in (*cancelled, after)] == [CANCELLED, CANCELLED, DONE]
    assert [event.job.number for event in told if isinstance(event, JobCompleted)] == [*cancelled, after]


async def test_cancelled_again_a_job_goes_on_putting_things_in_order(jobs: Jobs) -> None:
    work = Waiting()
    number = jobs.begin("render", work, MANUAL)
    await work.started.wait()
    for _ in range(3):
        jobs.cancel(number)
        await asyncio.sleep(0)
    assert not jobs.get(number).finished
    work.may_end.set()
    async with asyncio.timeout(5.0):
        await jobs.ended(number)

    assert (jobs.get(number).state, work.in_order) == (CANCELLED, True)
