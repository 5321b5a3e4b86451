"""Rows PM 13 to 22: seeking."""

# ruff: noqa: N802  the rows are named as the checklist names them

import pytest

from tests.bus.client import NO_TRACK
from tests.conformance.mpris.bench import PAUSED, PLAYING, S_US, STOPPED, Bench

NEAR_US = 20_000


@pytest.mark.parametrize("offset_us", [1_500_000, -1_500_000, 333_333])
async def test_PM_13_seek_moves_by_microseconds(bench: Bench, offset_us: int) -> None:
    await bench.arrange(PAUSED)
    await bench.go_to(10 * S_US)
    before_us = await bench.get("Position")
    await bench.do("Seek", "x", offset_us)
    await bench.calm()

    assert await bench.get("Position") == pytest.approx(before_us + offset_us, abs=NEAR_US)


@pytest.mark.parametrize("offset_us", [-(10**12), -(2**63)])
async def test_PM_14_a_seek_before_the_start_leads_to_the_start(bench: Bench, offset_us: int) -> None:
    await bench.arrange(PAUSED)
    await bench.go_to(10 * S_US)
    await bench.do("Seek", "x", offset_us)
    await bench.calm()

    assert (await bench.title(), await bench.get("Position")) == ("Two", 0)


@pytest.mark.parametrize(("status", "offset_us"), [(PLAYING, 10**12), (PAUSED, 10**12), (PLAYING, 2**63 - 1)])
async def test_PM_15_seek_past_the_end_acts_like_next(bench: Bench, status: str, offset_us: int) -> None:
    await bench.arrange(status)
    await bench.do("Seek", "x", offset_us)
    await bench.plays("Three", status)

    assert await bench.get("Position") < 5 * S_US


async def test_PM_17_seek_works_while_paused_and_stays_paused(bench: Bench) -> None:
    await bench.arrange(PAUSED)
    before_us = await bench.get("Position")
    await bench.do("Seek", "x", 5 * S_US)
    await bench.calm()

    assert await bench.get("Position") == pytest.approx(before_us + 5 * S_US, abs=NEAR_US)
    assert await bench.get("PlaybackStatus") == PAUSED


async def test_PM_18_seek_while_stopped_has_no_effect(bench: Bench) -> None:
    await bench.arrange(STOPPED)
    async with bench.unmoved():
        await bench.do("Seek", "x", 5 * S_US)


@pytest.mark.parametrize("track_id", ["/org/auralis/Auralis1/entry/x", "/org/auralis/Auralis1/entry", "/com/other/1"])
async def test_PM_19_a_position_in_another_track_is_stale(bench: Bench, track_id: str) -> None:
    await bench.arrange(PAUSED)
    async with bench.unmoved():
        await bench.do("SetPosition", "ox", track_id, 5 * S_US)


async def test_PM_19_a_position_in_the_track_before_is_stale(bench: Bench) -> None:
    await bench.arrange(PAUSED)
    left = await bench.track()
    await bench.do("Next")
    await bench.plays("Three", PAUSED)
    await bench.calm()
    async with bench.unmoved():
        await bench.do("SetPosition", "ox", left, 5 * S_US)


async def test_PM_20_there_is_no_position_in_no_track(bench: Bench) -> None:
    await bench.arrange(PAUSED)
    async with bench.unmoved():
        await bench.do("SetPosition", "ox", NO_TRACK, 5 * S_US)


@pytest.mark.parametrize("beyond_us", [-1, 10**12, 31 * S_US])
async def test_PM_21_a_position_outside_the_track_has_no_effect(bench: Bench, beyond_us: int) -> None:
    await bench.arrange(PAUSED)
    await bench.go_to(10 * S_US)
    async with bench.unmoved():
        await bench.do("SetPosition", "ox", await bench.track(), beyond_us)


async def test_PM_22_the_very_end_is_the_end_of_the_track(bench: Bench) -> None:
    await bench.arrange(PLAYING)
    length_us = (await bench.get("Metadata"))["mpris:length"]
    await bench.do("SetPosition", "ox", await bench.track(), length_us)

    await bench.plays("Three")
