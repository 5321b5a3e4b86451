"""Rows PP 17 to 30: position, abilities, and how properties are told."""

# ruff: noqa: N802  the rows are named as the checklist names them

import asyncio
import time

import pytest

from tests.conformance.mpris.bench import PAUSED, PLAYING, S_US, STOPPED, Bench
from tests.conformance.mpris.tour import Tour

ABILITIES = ("CanGoNext", "CanGoPrevious", "CanPlay", "CanPause", "CanSeek")


async def test_PP_17_position_lies_within_the_track(bench: Bench) -> None:
    await bench.arrange(PLAYING, at=3)
    length_us = (await bench.get("Metadata"))["mpris:length"]
    await bench.near_the_end()
    seen: list[int] = []
    while await bench.get("PlaybackStatus") == PLAYING and len(seen) < 1000:
        position = (await bench.typed())["Position"]
        assert position.signature == "x"
        seen.append(position.value)
        await asyncio.sleep(0.02)

    assert min(seen) >= 0
    assert max(seen) <= length_us


async def test_PP_18_position_is_never_signalled(tour: Tour) -> None:
    assert tour.changes()
    assert not any("Position" in changed for changed in tour.changes())


async def test_PP_19_position_is_read_anew_each_time(bench: Bench) -> None:
    await bench.arrange(PLAYING)

    async def moves() -> bool:
        before = await bench.get("Position")
        await asyncio.sleep(0.25)
        return bool(0 < before < await bench.get("Position"))

    await bench.until(moves, "a position that moves")
    first = (await bench.all())["Position"]
    await asyncio.sleep(0.5)
    assert (await bench.all())["Position"] > first


async def test_PP_20_position_goes_with_the_clock(bench: Bench) -> None:
    await bench.arrange(PLAYING)
    await bench.go_to(5 * S_US)
    began_s, began_us = time.monotonic(), await bench.get("Position")
    await asyncio.sleep(2)
    moved_s = (await bench.get("Position") - began_us) / S_US

    assert moved_s == pytest.approx(time.monotonic() - began_s, abs=0.3)


async def test_PP_20_position_stands_while_paused_and_is_nought_while_stopped(bench: Bench) -> None:
    await bench.arrange(PAUSED)
    await bench.go_to(5 * S_US)
    seen = {await bench.get("Position")}
    await asyncio.sleep(0.3)
    seen.add(await bench.get("Position"))
    await bench.do("Stop")
    await bench.becomes(PlaybackStatus=STOPPED)

    assert len(seen) == 1
    assert await bench.get("Position") == 0


async def test_PP_21_next_leads_where_it_says(bench: Bench) -> None:
    seen = []
    for at, loop in ((0, "None"), (3, "None"), (3, "Playlist")):
        await bench.arrange(PAUSED, at=at)
        await bench.put("LoopStatus", "s", loop)
        await bench.calm()
        could, before = await bench.get("CanGoNext"), await bench.track()
        await bench.do("Next")
        await bench.calm()
        seen.append((could, await bench.track() != before))

    assert seen == [(True, True), (False, False), (True, True)]


async def test_PP_22_previous_leads_where_it_says(bench: Bench) -> None:
    seen = []
    for at in (0, 1):
        await bench.arrange(STOPPED, at=at)
        could, before = await bench.get("CanGoPrevious"), await bench.track()
        await bench.do("Previous")
        await bench.calm()
        seen.append((could, await bench.track() != before))

    assert seen == [(False, False), (True, True)]


async def test_PP_23_where_previous_restarts_the_track_it_can_be_asked_for(bench: Bench) -> None:
    await bench.arrange(PAUSED, at=0)
    await bench.go_to(10 * S_US)
    could = await bench.get("CanGoPrevious")
    await bench.do("Previous")
    await bench.calm()

    assert await bench.title() == "One"
    assert could is (await bench.get("Position") == 0)
    assert could or not bench.player.is_ours


async def test_PP_23_previous_restarts_a_track_of_which_more_than_three_seconds_were_heard(bench: Bench) -> None:
    await bench.arrange(PAUSED, at=1)
    await bench.go_to(10 * S_US)
    await bench.do("Previous")
    await bench.until(lambda: at_start(bench), "the start")

    assert await bench.title() == "Two"


async def at_start(bench: Bench) -> bool:
    return bool(await bench.get("Position") == 0)


@pytest.mark.parametrize("status", [PLAYING, PAUSED, STOPPED])
async def test_PP_24_a_track_can_be_played_in_every_state(bench: Bench, status: str) -> None:
    await bench.arrange(status)

    assert await bench.get("CanPlay") is True


async def test_PP_24_an_empty_queue_can_do_nothing_and_says_nothing(bench: Bench) -> None:
    await bench.arrange(PLAYING)
    await bench.empty()
    values = await bench.all()
    for member in ("Next", "Previous", "Pause", "Stop", "Play"):
        await bench.do(member)
    await bench.calm(1.0)

    assert {name: values[name] for name in ABILITIES} == dict.fromkeys(ABILITIES, False)
    assert (values["PlaybackStatus"], values["Metadata"], values["Position"]) == (STOPPED, {}, 0)
    assert bench.heard == []


@pytest.mark.parametrize("status", [PLAYING, PAUSED, STOPPED])
async def test_PP_25_a_track_can_be_paused_in_every_state(bench: Bench, status: str) -> None:
    await bench.arrange(status)

    assert await bench.get("CanPause") is True


@pytest.mark.parametrize("status", [PLAYING, PAUSED, STOPPED])
async def test_PP_26_a_file_can_be_sought(bench: Bench, status: str) -> None:
    await bench.arrange(status)

    assert await bench.get("CanSeek") is True


async def test_PP_27_can_control_is_never_signalled(tour: Tour) -> None:
    assert tour.changes()
    assert not any("CanControl" in changed for changed in tour.changes())
    assert {step.values["CanControl"] for step in tour.steps} == {tour.values["CanControl"]}


async def test_PP_29_what_changes_is_told_with_its_new_value(tour: Tour) -> None:
    before = tour.values
    for step in tour.steps:
        told = {name for m in step.told if m.member == "PropertiesChanged" for name in m.body[1]}
        moved = {name for name, value in step.values.items() if before.get(name) != value} - {"Position"}
        before = step.values

        assert moved <= told, step.done


async def test_PP_30_whoever_follows_the_signals_has_what_get_all_answers(tour: Tour) -> None:
    followed = {name: value for name, value in tour.values.items() if name != "Position"}
    for changed in tour.changes():
        followed |= changed
    now = {name: value for name, value in tour.steps[-1].values.items() if name != "Position"}

    assert followed == now
