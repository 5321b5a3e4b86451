"""Rows PS: what is told, when, and how often."""

# ruff: noqa: N802  the rows are named as the checklist names them

import asyncio
import os
import time
from typing import Any

import pytest

from tests.bus.client import PLAYER
from tests.conformance.mpris.bench import PAUSED, PLAYING, S_US, STOPPED, TRACK_LIST, Bench
from tests.conformance.mpris.tour import Tour

STEADY_S = 60 if os.environ.get("AURALISD_CAMPAIGN") == "1" else 2
NEAR_US = 20_000
TRACK_SIGNALS = ("TrackListReplaced", "TrackAdded", "TrackRemoved")


async def seeked(bench: Bench, member: str, signature: str, *body: Any) -> int:
    """Do it, and wait for the one Seeked that it makes."""
    bench.listen()
    await bench.do(member, signature, *body)
    await bench.until(lambda: heard(bench, "Seeked"), "Seeked")
    await bench.calm()
    [[position_us]] = bench.signals("Seeked")
    return int(position_us)


async def heard(bench: Bench, member: str) -> bool:
    return bool(bench.signals(member))


@pytest.mark.parametrize("status", [PLAYING, PAUSED])
async def test_PS_01_a_jump_is_told(bench: Bench, status: str) -> None:
    await bench.arrange(status)
    jumps = [
        await seeked(bench, "Seek", "x", 5 * S_US),
        await seeked(bench, "SetPosition", "ox", await bench.track(), 15 * S_US),
        await seeked(bench, "Seek", "x", -(10**12)),
    ]

    assert jumps == pytest.approx([5 * S_US, 15 * S_US, 0], abs=2 * S_US)


async def test_PS_02_seeked_carries_the_position_that_is_read_after_it(bench: Bench) -> None:
    await bench.arrange(PAUSED)
    before_us = await bench.get("Position")
    position_us = await seeked(bench, "Seek", "x", 2_500_000)

    assert position_us == pytest.approx(await bench.get("Position"), abs=NEAR_US)
    assert position_us == pytest.approx(before_us + 2_500_000, abs=NEAR_US)


@pytest.mark.parametrize("status", [PLAYING, PAUSED, STOPPED])
async def test_PS_03_a_track_that_begins_has_no_seeked(bench: Bench, status: str) -> None:
    await bench.arrange(status)
    await bench.do("Next")
    await bench.plays("Three", status)
    await bench.do("Play")
    await bench.plays("Three")
    await bench.calm()

    assert bench.signals("Seeked") == []


async def test_PS_04_going_on_after_a_pause_has_no_seeked(bench: Bench) -> None:
    await bench.arrange(PLAYING)
    for status in (PAUSED, PLAYING):
        await bench.do("PlayPause")
        await bench.becomes(PlaybackStatus=status)
    await bench.calm()

    assert bench.signals("Seeked") == []


async def test_PS_05_the_position_is_the_new_one_once_seeked_is_heard(bench: Bench) -> None:
    await bench.arrange(PLAYING)
    for _ in range(5):
        for position_us in (20 * S_US, 5 * S_US):
            bench.listen()
            await bench.do("SetPosition", "ox", await bench.track(), position_us)
            while not bench.signals("Seeked"):  # noqa: ASYNC110 another process
                await asyncio.sleep(0)
            assert await bench.get("Position") == pytest.approx(position_us, abs=3 * S_US)


async def test_PS_06_status_and_metadata_of_one_change_go_together(bench: Bench) -> None:
    await bench.arrange(STOPPED)
    await bench.open("Other")
    await bench.calm()
    [changed] = [changed for changed in bench.changes() if "PlaybackStatus" in changed]

    assert changed["PlaybackStatus"] == PLAYING
    assert changed["Metadata"]["xesam:title"] == "Other"


async def test_PS_07_a_change_of_track_is_one_signal_of_what_changed(bench: Bench) -> None:
    await bench.arrange(PLAYING, at=2)
    before = await bench.all()
    await bench.do("Next")
    await bench.plays("Four")
    await bench.calm(0.5)
    after = await bench.all()

    assert [set(changed) for changed in bench.changes()] == [
        {name for name in after if after[name] != before[name]} - {"Position"}
    ]


async def test_PS_08_metadata_is_told_whole(tour: Tour) -> None:
    told = [changed["Metadata"] for changed in tour.changes() if changed.get("Metadata")]
    true = [step.values["Metadata"] for step in tour.steps]

    assert len(told) >= 2
    assert all(metadata["mpris:trackid"] and metadata["xesam:title"] for metadata in told)
    assert [metadata for metadata in told if metadata not in true] == []


async def test_PS_09_nothing_is_told_while_music_plays_steadily(bench: Bench) -> None:
    await bench.arrange(PLAYING)
    await bench.put("LoopStatus", "s", "None")
    if STEADY_S > 20:
        await bench.open("Long")
    await bench.calm(1.0)
    bench.listen()
    await asyncio.sleep(STEADY_S)

    assert [message.member for message in bench.heard] == []
    assert await bench.get("PlaybackStatus") == PLAYING


async def test_PS_10_a_slider_is_told_calmly_and_ends_where_it_was_left(bench: Bench) -> None:
    await bench.arrange(PAUSED)
    began_s = time.monotonic()
    for step in range(100):
        await bench.put("Volume", "d", step / 100)
        await asyncio.sleep(0.01)
    took_s = time.monotonic() - began_s
    await bench.calm()
    volumes = [changed["Volume"] for changed in bench.changes() if "Volume" in changed]

    assert len(volumes) <= 20 * max(1.0, took_s)
    assert volumes[-1] == await bench.get("Volume") == pytest.approx(0.99)


async def test_PS_11_nothing_is_invalidated_but_tracks(tour: Tour) -> None:
    invalid = [(m.body[0], m.body[2]) for m in tour.told() if m.member == "PropertiesChanged" and m.body[2]]

    assert {(interface, *names) for interface, names in invalid} <= {(TRACK_LIST, "Tracks")}


async def test_PS_12_nothing_is_told_while_stopped(bench: Bench) -> None:
    await bench.arrange(STOPPED)
    await asyncio.sleep(2)

    assert [message.member for message in bench.heard] == []


async def test_PS_13_the_list_comes_first(listed: Bench) -> None:
    await listed.arrange(PLAYING)
    await listed.open("Other")
    await listed.calm()
    order = [m.member if m.member in TRACK_SIGNALS else m.body[0] for m in listed.heard]

    assert min(order.index(name) for name in TRACK_SIGNALS if name in order) < order.index(PLAYER)


async def test_PS_14_a_set_is_in_force_when_it_is_answered_and_told_soon(bench: Bench) -> None:
    late_s = []
    for volume in (0.1, 0.2, 0.3, 0.4, 0.5):
        await bench.arrange(PAUSED)
        await bench.put("Volume", "d", volume)
        answered_s = time.monotonic()
        assert await bench.get("Volume") == pytest.approx(volume)
        await bench.until(lambda: heard(bench, "PropertiesChanged"), "the news of it")
        late_s.append(time.monotonic() - answered_s)

    assert min(late_s) < 0.05
