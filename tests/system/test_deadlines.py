"""Everything that control waits for is made to hang, and nobody waits longer than docs/deadlines.md says."""

import asyncio
import contextlib
import signal
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from auralisd.bus import opening, wire
from auralisd.doors import child as doors
from auralisd.doors.child import start_child
from auralisd.doors.sound import Report
from auralisd.playback.self_check import sound_capabilities
from tests.bus.client import PrivateBus

pytestmark = pytest.mark.system


@contextlib.asynccontextmanager
async def within(seconds: float) -> AsyncIterator[None]:
    """Whatever is done here takes no longer, on a busy machine and with four seconds to spare."""
    began = time.monotonic()
    async with asyncio.timeout(seconds + 10):
        yield
    assert time.monotonic() - began < seconds + 4


async def test_a_child_that_does_not_leave_is_killed() -> None:
    child = await start_child("tests.stubborn", Report)
    async with within(doors.GRACE_S):
        await child.end()

    assert await child.wait() == -signal.SIGKILL


async def test_a_child_that_even_a_kill_does_not_end_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    child = await start_child("tests.stubborn", Report)
    popen = child._process._transport.get_extra_info("subprocess")  # type: ignore[attr-defined]
    monkeypatch.setattr(child._process, "kill", lambda: None)  # as one that waits for a dead disk
    async with within(doors.GRACE_S + doors.GONE_WITHIN_S):
        await child.end()

    popen.kill()
    await asyncio.to_thread(popen.wait)


async def refused(address: str, library: str) -> str:
    """Why there is no connection."""
    with pytest.raises(opening.ConnectionFailed) as failure:
        await wire.connect(
            address, library, on_call=lambda _: None, on_name_lost=lambda _: None, on_relief=lambda: None
        )
    return str(failure.value)


@pytest.mark.parametrize("library", ["dbus-next", "dbus-fast"])
async def test_a_bus_that_says_nothing_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setattr(opening, "CONNECT_TIMEOUT_S", 0.2)
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "bus"))
        silent.listen()
        async with within(0.2):
            assert "does not answer" in await refused(f"unix:path={tmp_path / 'bus'}", library)


@pytest.mark.parametrize("library", ["dbus-next", "dbus-fast"])
async def test_a_bus_that_stops_answering_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setattr(wire, "ANSWER_TIMEOUT_S", 0.2)
    bus = PrivateBus(tmp_path)
    bus.start()
    try:
        connection = await wire.connect(
            bus.address, library, on_call=lambda _: None, on_name_lost=lambda _: None, on_relief=lambda: None
        )
        with bus.stalled():
            async with within(0.2):
                with pytest.raises(opening.ConnectionFailed, match="did not answer"):
                    await connection.request_name("org.example.Name")
        connection.close()
    finally:
        bus.stop()


async def test_libraries_that_do_not_load_are_named_in_time() -> None:
    async with within(0.01):
        assert "do not load within" in (await sound_capabilities(0.01))["sound"]
