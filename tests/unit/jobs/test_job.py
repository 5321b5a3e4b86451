"""What a job may become, and how long it is kept."""

import pytest

from auralisd.errors import Busy
from auralisd.jobs.board import KEPT_JOBS, KEPT_S, forgotten, must_have_room, next_forgetting_s, next_to_run
from auralisd.jobs.job import (
    CANCELLED,
    DONE,
    FAILED,
    QUEUED,
    RUNNING,
    UNKNOWN,
    Job,
    Step,
    advanced,
    ended,
    seconds_left,
    started,
)


def running(number: int = 1) -> Job:
    return started(Job(number, "analyse"), now_s=100.0, now_unix_s=1_700_000_000.5)


def finished(number: int, ended_s: float) -> Job:
    return Job(number, "analyse", state=DONE, ended_s=ended_s)


def test_a_new_job_waits_and_knows_nothing_yet() -> None:
    job = Job(1, "analyse")

    assert (job.state, job.progress, job.start_unix_s, job.eta_unix_s, job.finished) == (QUEUED, UNKNOWN, 0, 0, False)


def test_a_started_job_knows_when_it_began() -> None:
    assert (running().state, running().start_unix_s) == (RUNNING, 1_700_000_000)


def test_a_step_tells_how_far_it_is_and_when_it_will_have_ended() -> None:
    job = advanced(running(), Step(1, 4, 0.25, "b.flac"), now_s=110.0, now_unix_s=1_700_000_010.0)

    assert (job.done, job.total, job.progress, job.current) == (1, 4, 0.25, "b.flac")
    assert job.eta_unix_s == 1_700_000_040


@pytest.mark.parametrize(("fraction", "elapsed_s"), [(UNKNOWN, 60.0), (0.0, 60.0), (0.5, 0.5)])
def test_nobody_knows_the_end_of_what_has_hardly_begun(fraction: float, elapsed_s: float) -> None:
    assert seconds_left(fraction, elapsed_s) is None


def test_a_job_that_is_done_is_done_to_the_last_track() -> None:
    job = ended(
        advanced(running(), Step(3, 4, 0.9, "d.flac"), now_s=101.0, now_unix_s=0.0), DONE, now_s=102.0, result={"a": 1}
    )

    assert (job.state, job.progress, job.done, job.current, job.result) == (DONE, 1.0, 4, "", {"a": 1})


@pytest.mark.parametrize("state", [FAILED, CANCELLED])
def test_a_job_that_breaks_off_keeps_how_far_it_came(state: str) -> None:
    job = ended(advanced(running(), Step(1, 4, 0.25), now_s=101.0, now_unix_s=0.0), state, now_s=102.0)

    assert (job.state, job.progress, job.done, job.total, job.eta_unix_s) == (state, 0.25, 1, 4, 0)


def test_what_is_over_stays_as_it_is() -> None:
    job = ended(running(), CANCELLED, now_s=102.0)

    assert ended(job, DONE, now_s=103.0) == job
    assert advanced(job, Step(2, 4, 0.5), now_s=103.0, now_unix_s=0.0) == job


def test_news_of_a_job_that_only_waits_changes_nothing() -> None:
    job = Job(1, "analyse")

    assert advanced(job, Step(2, 4, 0.5), now_s=103.0, now_unix_s=0.0) == job


def test_two_run_at_a_time_and_the_first_that_came_is_next() -> None:
    waiting = [Job(5, "render"), Job(4, "analyse")]

    assert next_to_run([running(1), *waiting]) == 4
    assert next_to_run([running(1), running(2), *waiting]) is None
    assert next_to_run([running(1), finished(2, 0.0)]) is None


def test_with_twenty_waiting_there_is_no_room() -> None:
    jobs = [running(1), running(2), *(Job(number, "render") for number in range(3, 22))]
    must_have_room([*jobs, finished(90, 0.0)])

    with pytest.raises(Busy):
        must_have_room([*jobs, Job(22, "render")])


def test_a_finished_job_is_kept_for_an_hour() -> None:
    jobs = [finished(1, 1000.0), finished(2, 1010.0), running(3), Job(4, "render")]

    assert forgotten(jobs, now_s=1000.0 + KEPT_S - 1) == ()
    assert next_forgetting_s(jobs) == 1000.0 + KEPT_S
    assert forgotten(jobs, now_s=1000.0 + KEPT_S) == (1,)


def test_of_finished_jobs_the_last_hundred_are_kept() -> None:
    jobs = [finished(number, 1000.0 + number) for number in range(KEPT_JOBS + 3)]

    assert sorted(forgotten(jobs, now_s=1200.0)) == [0, 1, 2]


def test_what_runs_or_waits_is_never_forgotten() -> None:
    assert forgotten([running(1), Job(2, "render")], now_s=1e9, older_than_s=0.0) == ()
    assert next_forgetting_s([running(1)]) is None
