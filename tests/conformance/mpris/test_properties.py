"""Rows PP 01 to 16: status, modes, rate and volume."""

# ruff: noqa: N802  the rows are named as the checklist names them

import asyncio
import math

import pytest

from tests.bus.client import CallFailed
from tests.conformance.mpris.bench import PAUSED, PLAYING, S_US, STOPPED, Bench


@pytest.mark.parametrize("status", [PLAYING, PAUSED, STOPPED])
async def test_PP_01_playback_status_is_one_of_three_words(bench: Bench, status: str) -> None:
    await bench.arrange(status)

    assert (await bench.typed())["PlaybackStatus"].signature == "s"
    assert await bench.get("PlaybackStatus") == status


async def test_PP_02_it_is_stopped_after_stop(bench: Bench) -> None:
    await bench.arrange(PLAYING)
    await bench.do("Stop")

    await bench.becomes(PlaybackStatus=STOPPED)


async def test_PP_02_it_is_stopped_after_the_last_track(bench: Bench) -> None:
    await bench.arrange(PLAYING, at=3)
    await bench.near_the_end()

    await bench.becomes(PlaybackStatus=STOPPED)


@pytest.mark.parametrize("status", ["Track", "Playlist", "None"])
async def test_PP_03_every_loop_status_can_be_set(bench: Bench, status: str) -> None:
    await bench.arrange(PAUSED)
    await bench.put("LoopStatus", "s", status)

    await bench.becomes(LoopStatus=status)


@pytest.mark.parametrize(("loop", "title"), [("Track", "Four"), ("Playlist", "One")])
async def test_PP_04_a_loop_holds_from_the_next_end_of_a_track(bench: Bench, loop: str, title: str) -> None:
    await bench.arrange(PLAYING, at=3)
    await bench.put("LoopStatus", "s", loop)
    await bench.calm()

    assert any(changed.get("LoopStatus") == loop for changed in bench.changes())
    await bench.near_the_end()

    async def is_again() -> bool:
        return await bench.get("Position") < 20 * S_US and await bench.title() == title

    await bench.until(is_again, f"{title} again")
    assert await bench.get("PlaybackStatus") == PLAYING


@pytest.mark.parametrize("word", ["foo", "none", "", "Playlist ", "x" * 2**20])
async def test_PP_05_an_invalid_loop_status_changes_nothing(bench: Bench, word: str) -> None:
    await bench.arrange(PAUSED)
    async with bench.unmoved():
        await bench.refused(bench.put("LoopStatus", "s", word), "InvalidArgs")


async def test_PP_06_the_rate_can_be_set_within_its_bounds(bench: Bench) -> None:
    await bench.arrange(PAUSED)
    values = await bench.all()
    await bench.put("Rate", "d", values["MaximumRate"])

    await bench.becomes(Rate=values["MaximumRate"])
    assert 0.0 < values["MinimumRate"] <= values["Rate"] <= values["MaximumRate"]


async def test_PP_07_a_rate_without_bounds_to_move_in_is_one(bench: Bench) -> None:
    await bench.arrange(PAUSED)
    values = await bench.all()
    if values["MinimumRate"] != values["MaximumRate"]:
        pytest.skip("it has more than one speed")
    async with bench.unmoved():
        await bench.put("Rate", "d", 1.5)

    assert values["Rate"] == 1.0


async def test_PP_08_a_rate_of_zero_pauses(bench: Bench) -> None:
    await bench.arrange(PLAYING)
    await bench.put("Rate", "d", 0.0)

    await bench.becomes(PlaybackStatus=PAUSED, Rate=1.0)


async def test_PP_09_a_rate_beyond_its_bounds_is_brought_to_the_nearest(bench: Bench) -> None:
    await bench.arrange(PAUSED)
    for rate in (1000.0, 0.000001):
        await bench.put("Rate", "d", rate)
        await bench.calm()
        values = await bench.all()

        assert values["MinimumRate"] <= values["Rate"] <= values["MaximumRate"]


@pytest.mark.parametrize("rate", [math.nan, math.inf, -1.0])
async def test_PP_09_an_impossible_rate_is_refused(bench: Bench, rate: float) -> None:
    await bench.arrange(PLAYING)
    async with bench.unmoved():
        await bench.refused(bench.put("Rate", "d", rate), "InvalidArgs")


async def test_PP_10_the_bounds_of_the_rate_hold_one(bench: Bench) -> None:
    values = await bench.typed()

    assert values["MinimumRate"].signature == values["MaximumRate"].signature == "d"
    assert values["MinimumRate"].value <= 1.0 <= values["MaximumRate"].value


async def test_PP_11_shuffle_off_goes_in_list_order(bench: Bench) -> None:
    await bench.arrange(PLAYING, at=0)
    await bench.put("Shuffle", "b", True)
    await bench.becomes(Shuffle=True)
    await bench.put("Shuffle", "b", False)
    await bench.becomes(Shuffle=False)
    for title in bench.music.queue[1:]:
        await bench.do("Next")
        await bench.plays(title)


async def test_PP_12_shuffle_leaves_the_current_track_where_it_is(bench: Bench) -> None:
    await bench.arrange(PAUSED, at=1)
    await bench.go_to(10 * S_US)
    bench.listen()
    before = (await bench.track(), await bench.get("Position"))
    for shuffle in (True, False):
        await bench.put("Shuffle", "b", shuffle)
        await bench.becomes(Shuffle=shuffle)

        assert (await bench.track(), await bench.get("Position")) == before
    assert bench.signals("Seeked") == []
    await bench.do("Next")
    await bench.plays("Three", PAUSED)


@pytest.mark.parametrize("volume", [0.0, 0.25, 1.0])
async def test_PP_13_the_volume_can_be_set(bench: Bench, volume: float) -> None:
    await bench.arrange(PAUSED)
    await bench.put("Volume", "d", volume)

    await bench.becomes(Volume=volume)
    assert (await bench.typed())["Volume"].signature == "d"


async def test_PP_14_a_negative_volume_is_zero(bench: Bench) -> None:
    await bench.arrange(PAUSED)
    await bench.put("Volume", "d", -1.0)
    await bench.becomes(Volume=0.0)
    await bench.calm()

    assert {"Volume": 0.0} in bench.changes()


async def test_PP_15_more_than_the_most_is_the_most(bench: Bench) -> None:
    await bench.arrange(PAUSED)
    await bench.put("Volume", "d", 0.5)
    await bench.becomes(Volume=0.5)
    await bench.put("Volume", "d", 5.0)

    await bench.becomes(Volume=1.0)


@pytest.mark.parametrize("volume", [math.nan, math.inf, -math.inf])
async def test_PP_15_a_volume_that_is_no_number_is_refused(bench: Bench, volume: float) -> None:
    await bench.arrange(PAUSED)
    async with bench.unmoved():
        await bench.refused(bench.put("Volume", "d", volume), "InvalidArgs")


async def test_PP_16_no_fade_shows_in_the_volume(bench: Bench) -> None:
    await bench.arrange(PLAYING, at=0)
    await bench.put("Volume", "d", 0.75)
    await bench.becomes(Volume=0.75)
    await bench.player.fade(bench)
    await bench.calm()
    bench.listen()
    await bench.do("Next")
    for _ in range(20):
        assert await bench.get("Volume") == 0.75
        await asyncio.sleep(0.06)

    assert await bench.title() == "Two"
    assert not any("Volume" in changed for changed in bench.changes())


async def test_PP_28_what_can_be_controlled_obeys_and_what_cannot_says_so(bench: Bench) -> None:
    await bench.arrange(PLAYING)
    values = await bench.all()
    if values["CanControl"]:
        await bench.put("Volume", "d", 0.5)
        await bench.becomes(Volume=0.5)
    else:
        assert not any(values[f"Can{ability}"] for ability in ("GoNext", "GoPrevious", "Play", "Pause", "Seek"))
        with pytest.raises(CallFailed):
            await bench.put("Volume", "d", 0.5)
