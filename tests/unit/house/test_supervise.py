"""Supervision: no task and no thread dies unheard, and a blocked loop is noticed."""

import asyncio
import gc
import logging
import threading
import time

import pytest

from auralisd.supervise import Supervisor, aside, new_event_loop
from auralisd.threads import NamedThread


async def test_a_task_that_dies_is_named_and_its_traceback_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    deaths: list[str] = []
    supervisor = Supervisor(lambda name, _: deaths.append(name))

    async def fail() -> None:
        raise RuntimeError("on purpose")

    supervisor.start("librarian", fail())
    await asyncio.sleep(0.01)

    assert deaths == ["librarian"]
    assert "RuntimeError: on purpose" in caplog.text
    assert "name=librarian" in caplog.text


async def test_a_task_is_kept_although_nobody_else_holds_it() -> None:
    supervisor = Supervisor(lambda *_: None)
    done = asyncio.Event()

    async def wait() -> None:
        await asyncio.sleep(0.02)
        done.set()

    supervisor.start("lonely", wait())
    gc.collect()
    await asyncio.wait_for(done.wait(), 1)


async def test_closing_ends_what_still_runs_and_tells_no_death() -> None:
    deaths: list[str] = []
    supervisor = Supervisor(lambda name, _: deaths.append(name))
    task = supervisor.start("endless", asyncio.sleep(3600))
    await supervisor.close()

    assert task.cancelled()
    assert deaths == []


def test_a_thread_that_dies_is_told_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    told: list[tuple[str, str]] = []

    def fail() -> None:
        raise ValueError("on purpose")

    thread = NamedThread("render", fail, lambda name, death: told.append((name, str(death))))
    thread.start()

    assert thread.join(1.0)
    assert told == [("render", "on purpose")]
    assert "Traceback" in caplog.text


def test_a_thread_shows_its_name() -> None:
    names: list[str] = []

    def look() -> None:
        with open("/proc/thread-self/comm", encoding="ascii") as comm:
            names.append(comm.read().strip())
        names.append(threading.current_thread().name)

    thread = NamedThread("writer", look, lambda *_: None)
    thread.start()
    thread.join(1.0)

    assert names == ["writer", "writer"]


def test_a_blocked_event_loop_is_measured_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    loop, selector = new_event_loop()

    async def block() -> None:
        await asyncio.sleep(0)
        time.sleep(0.08)  # noqa: ASYNC251 - blocking the loop is what the test is about
        await asyncio.sleep(0)

    with caplog.at_level(logging.WARNING):
        loop.run_until_complete(block())
    loop.close()

    assert selector.stalls == 1
    assert selector.longest_stall_s >= 0.08
    assert "event loop stalled" in caplog.text


async def test_what_may_block_runs_aside_and_answers_with_what_it_returned_or_raised() -> None:
    def broken() -> None:
        raise ValueError("broken")

    name = await aside("beside", lambda: threading.current_thread().name)
    with pytest.raises(ValueError, match="broken"):
        await aside("beside", broken)

    assert name == "beside"


async def test_whoever_leaves_what_runs_aside_is_not_answered() -> None:
    held = threading.Event()
    waiting = asyncio.ensure_future(aside("beside", lambda: held.wait(5)))
    await asyncio.sleep(0)
    waiting.cancel()
    held.set()

    assert await aside("beside", lambda: 7) == 7
    assert waiting.cancelled()
