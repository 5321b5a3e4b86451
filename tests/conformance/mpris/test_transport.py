"""Rows PM 01 to 12: play, pause, stop and going from track to track."""

# ruff: noqa: N802  the rows are named as the checklist names them

import pytest

from tests.bus.client import NO_TRACK, CallFailed
from tests.conformance.mpris.bench import PAUSED, PLAYING, S_US, STOPPED, Bench

EVERY = pytest.mark.parametrize("status", [PLAYING, PAUSED, STOPPED])


async def leads(bench: Bench, member: str, title: str, status: str) -> None:
    """To that track, which plays, is held or waits as the one before did."""
    await bench.do(member)
    await bench.plays(title, status)
    await bench.calm()

    assert await bench.get("PlaybackStatus") == status


@EVERY
async def test_PM_01_next_leads_to_the_next_track_and_stays_as_it_is(bench: Bench, status: str) -> None:
    await bench.arrange(status, at=1)
    await leads(bench, "Next", "Three", status)


async def test_PM_02_behind_the_last_track_it_stops(bench: Bench) -> None:
    await bench.arrange(PLAYING, at=3)
    if await bench.get("CanGoNext"):
        await bench.do("Next")
    else:
        await bench.near_the_end()

    await bench.becomes(PlaybackStatus=STOPPED)


@pytest.mark.parametrize("status", [PAUSED, STOPPED])
async def test_PM_03_next_where_there_is_none_has_no_effect(bench: Bench, status: str) -> None:
    await bench.arrange(status, at=3)
    await bench.cannot("CanGoNext")

    async with bench.unmoved():
        await bench.do("Next")


async def test_PM_03a_next_on_the_last_track_lets_it_play(bench: Bench) -> None:
    await bench.arrange(PLAYING, at=3)
    async with bench.unmoved():
        await bench.do("Next")


async def test_PM_03a_a_seek_past_the_end_of_the_last_track_stops(bench: Bench) -> None:
    await bench.arrange(PLAYING, at=3)
    await bench.do("Seek", "x", 10**12)

    await bench.becomes(PlaybackStatus=STOPPED)


@EVERY
async def test_PM_04_previous_leads_to_the_track_before_and_stays_as_it_is(bench: Bench, status: str) -> None:
    await bench.arrange(status, at=2)
    await leads(bench, "Previous", "Two", status)


async def test_PM_05_pause_twice_is_pause_and_play_goes_on(bench: Bench) -> None:
    await bench.arrange(PLAYING)
    await bench.go_to(10 * S_US)
    await bench.do("Pause")
    await bench.becomes(PlaybackStatus=PAUSED)
    await bench.calm()
    async with bench.unmoved():
        await bench.do("Pause")
    held_us = await bench.get("Position")
    await bench.do("Play")
    await bench.becomes(PlaybackStatus=PLAYING)

    assert held_us <= await bench.get("Position") < held_us + 5 * S_US


async def test_PM_06_pause_where_it_cannot_has_no_effect(bench: Bench) -> None:
    await bench.empty()
    await bench.cannot("CanPause")

    async with bench.unmoved():
        await bench.do("Pause")


async def test_PM_07_pause_while_stopped_has_no_effect(bench: Bench) -> None:
    await bench.arrange(STOPPED)
    async with bench.unmoved():
        await bench.do("Pause")


@pytest.mark.parametrize(("status", "then"), [(PLAYING, PAUSED), (PAUSED, PLAYING), (STOPPED, PLAYING)])
async def test_PM_08_play_pause_turns_it_round(bench: Bench, status: str, then: str) -> None:
    await bench.arrange(status)
    await bench.do("PlayPause")

    await bench.becomes(PlaybackStatus=then)


async def test_PM_09_play_pause_where_it_cannot_is_an_error(bench: Bench) -> None:
    await bench.empty()
    await bench.cannot("CanPause")

    async with bench.unmoved():
        await bench.refused(bench.do("PlayPause"), "NotSupported")


async def test_PM_10_stop_twice_is_stop_and_play_begins_at_the_beginning(bench: Bench) -> None:
    await bench.arrange(PLAYING)
    await bench.go_to(20 * S_US)
    await bench.do("Stop")
    await bench.becomes(PlaybackStatus=STOPPED, Position=0)
    await bench.calm()
    async with bench.unmoved():
        await bench.do("Stop")
    await bench.do("Play")
    await bench.plays("Two")

    assert await bench.get("Position") < 5 * S_US


@EVERY
async def test_PM_11_stop_is_no_error_where_it_can_be_controlled(bench: Bench, status: str) -> None:
    await bench.arrange(status)
    if await bench.get("CanControl"):
        await bench.do("Stop")
        await bench.becomes(PlaybackStatus=STOPPED)
    else:
        with pytest.raises(CallFailed):
            await bench.do("Stop")


async def test_PM_12_play_while_playing_has_no_effect(bench: Bench) -> None:
    await bench.arrange(PLAYING)
    await bench.go_to(10 * S_US)
    async with bench.unmoved():
        await bench.do("Play")

    assert await bench.get("Position") >= 10 * S_US


async def test_PM_12_play_without_a_track_has_no_effect(bench: Bench) -> None:
    await bench.empty()
    await bench.cannot("CanPlay")

    async with bench.unmoved():
        await bench.do("Play")


async def test_PM_16_seek_where_it_cannot_has_no_effect(bench: Bench) -> None:
    await bench.empty()
    await bench.cannot("CanSeek")

    async with bench.unmoved():
        await bench.do("Seek", "x", 5 * S_US)


@pytest.mark.parametrize("track_id", [NO_TRACK, "/org/auralis/Auralis1/entry/1", "/"])
async def test_PM_23_set_position_where_it_cannot_has_no_effect(bench: Bench, track_id: str) -> None:
    await bench.empty()
    await bench.cannot("CanSeek")

    async with bench.unmoved():
        await bench.do("SetPosition", "ox", track_id, 5 * S_US)
