"""The signals of the MPRIS player, as a client sees it; test names carry the rows of the MPRIS checklist."""

# ruff: noqa: N802  the rows are named as the checklist names them

import asyncio
import math
import time

from dbus_fast import Variant

from auralisd.model.track import Track
from auralisd.playback.snapshot import PAUSED, PLAYING
from tests.bus.client import MPRIS_PATH, PLAYER, Client
from tests.bus.conftest import Rig


async def test_PS_01_02_05_seeked_carries_the_position_that_is_read_after_it(queued: Rig, client: Client) -> None:
    queued.player.become(status=PLAYING)
    await client.player("Seek", "x", 2_500_000)
    await client.settled(0.05)

    assert client.signals("Seeked") == [[2_500_000]]
    assert await client.get(PLAYER, "Position") == 2_500_000


async def test_PS_02_seeked_lies_within_the_track(queued: Rig, client: Client) -> None:
    for position_us in (-1, 10**15):
        queued.player.jump(position_us)
        await client.settled(0.05)

    assert client.signals("Seeked") == [[0], [180_000_000]]


async def test_PS_06_07_08_a_change_of_track_is_one_signal_with_the_whole_map(queued: Rig, client: Client) -> None:
    await client.player("Play")
    await client.settled()
    client.heard.clear()
    await client.player("Next")
    await client.settled()

    [changed] = client.changes(PLAYER)
    assert set(changed) == {"Metadata", "CanGoNext"}
    assert changed["Metadata"] == await client.get(PLAYER, "Metadata")


async def test_PS_06_status_and_metadata_of_one_transition_go_together(
    rig: Rig, client: Client, tracks: tuple[Track, ...]
) -> None:
    rig.player.fill((), (1, 2), 0)
    rig.player.become(status=PLAYING)
    await client.settled()

    [changed] = client.changes(PLAYER)
    assert {"PlaybackStatus", "Metadata", "CanPlay"} <= set(changed)


async def test_PS_09_12_nothing_is_said_while_nothing_changes(queued: Rig, client: Client) -> None:
    queued.player.become(status=PLAYING)
    await client.settled()
    client.heard.clear()
    for clock_us in range(100):
        queued.player.clock_us = clock_us
        queued.player.become()
        await asyncio.sleep(0.002)
    await client.settled()

    assert client.heard == []


async def test_PS_10_a_slider_is_told_calmly_and_ends_where_it_was_left(rig: Rig, client: Client) -> None:
    began_s = time.monotonic()
    for step in range(100):
        await client.set(PLAYER, "Volume", Variant("d", step / 100))
        await asyncio.sleep(0.008)
    await client.settled()
    whole_seconds = math.ceil(time.monotonic() - began_s)
    volumes = [changed["Volume"] for changed in client.changes(PLAYER)]

    assert len(volumes) <= 10 * whole_seconds
    assert volumes[-1] == 0.99


async def test_PS_11_nothing_is_invalidated(queued: Rig, client: Client) -> None:
    queued.player.become(status=PLAYING, volume=0.5)
    await client.settled()

    assert [body[2] for body in client.signals("PropertiesChanged") if body[2]] == []


async def test_PS_13_properties_come_before_seeked(queued: Rig, client: Client) -> None:
    queued.player.jump(5)
    queued.player.become(status=PAUSED)
    await client.settled()

    assert [signal.member for signal in client.heard if signal.path == MPRIS_PATH][-2:] == [
        "PropertiesChanged",
        "Seeked",
    ]


async def test_PS_14_a_set_is_answered_when_it_is_in_force(rig: Rig, client: Client) -> None:
    await client.set(PLAYER, "Volume", Variant("d", 0.5))

    assert rig.player.snapshot.volume == 0.5
    await client.settled()
    assert client.changes(PLAYER) == [{"Volume": 0.5}]
