"""The properties of the MPRIS player, as a client sees it; test names carry the rows of the MPRIS checklist."""

# ruff: noqa: N802  the rows are named as the checklist names them

import asyncio
import math

import pytest
from dbus_fast import Variant

from auralisd.playback import commands
from auralisd.playback.snapshot import PAUSED, PLAYING, STOPPED
from tests.bus.client import INVALID, PLAYER, CallFailed, Client, PrivateBus
from tests.bus.conftest import Rig


@pytest.mark.parametrize("status", [PLAYING, PAUSED, STOPPED])
async def test_PP_01_playback_status_is_one_of_three_words(queued: Rig, client: Client, status: str) -> None:
    queued.player.become(status=status)

    assert await client.get(PLAYER, "PlaybackStatus") == status


@pytest.mark.parametrize(("status", "loop"), [("Track", "track"), ("Playlist", "list"), ("None", "none")])
async def test_PP_03_every_loop_status_can_be_set(rig: Rig, client: Client, status: str, loop: str) -> None:
    await client.set(PLAYER, "LoopStatus", Variant("s", status))

    assert rig.player.asked == [commands.SetLoop(loop)]
    assert await client.get(PLAYER, "LoopStatus") == status


@pytest.mark.parametrize("word", ["foo", "none", "", "Playlist ", "x" * 2**20])
async def test_PP_05_an_invalid_loop_status_changes_nothing(rig: Rig, client: Client, word: str) -> None:
    with pytest.raises(CallFailed, match=INVALID):
        await client.set(PLAYER, "LoopStatus", Variant("s", word))

    assert rig.player.asked == []


async def test_PP_06_07_10_the_rate_is_one_and_stays_there(rig: Rig, client: Client) -> None:
    await client.set(PLAYER, "Rate", Variant("d", 1.5))
    values = await client.get_all(PLAYER)

    assert (values["MinimumRate"], values["Rate"], values["MaximumRate"]) == (1.0, 1.0, 1.0)
    assert rig.player.asked == []


async def test_PP_08_a_rate_of_zero_pauses(queued: Rig, client: Client) -> None:
    queued.player.become(status=PLAYING)
    await client.set(PLAYER, "Rate", Variant("d", 0.0))

    assert await client.get(PLAYER, "PlaybackStatus") == PAUSED
    assert await client.get(PLAYER, "Rate") == 1.0


@pytest.mark.parametrize("rate", [math.nan, math.inf, -1.0])
async def test_PP_09_an_impossible_rate_is_refused(rig: Rig, client: Client, rate: float) -> None:
    with pytest.raises(CallFailed, match=INVALID):
        await client.set(PLAYER, "Rate", Variant("d", rate))

    assert rig.player.asked == []


async def test_PP_11_shuffle_can_be_set(rig: Rig, client: Client) -> None:
    await client.set(PLAYER, "Shuffle", Variant("b", True))

    assert await client.get(PLAYER, "Shuffle") is True


@pytest.mark.parametrize(("wanted", "volume"), [(0.0, 0.0), (0.25, 0.25), (1.0, 1.0), (-1.0, 0.0), (5.0, 1.0)])
async def test_PP_13_14_15_volume_is_brought_into_its_range(
    rig: Rig, client: Client, wanted: float, volume: float
) -> None:
    await client.set(PLAYER, "Volume", Variant("d", wanted))

    assert await client.get(PLAYER, "Volume") == volume


@pytest.mark.parametrize("volume", [math.nan, math.inf, -math.inf])
async def test_PP_15_a_volume_that_is_no_number_is_refused(rig: Rig, client: Client, volume: float) -> None:
    with pytest.raises(CallFailed, match=INVALID):
        await client.set(PLAYER, "Volume", Variant("d", volume))

    assert rig.player.asked == []


async def test_PP_17_19_position_is_live_and_within_the_track(queued: Rig, client: Client) -> None:
    queued.player.become(status=PLAYING)
    seen = []
    for clock_us in (5, 1_500_000, 10**15):
        queued.player.clock_us = clock_us
        seen.append(await client.get(PLAYER, "Position"))
        assert (await client.get_all(PLAYER))["Position"] == seen[-1]

    assert seen == [5, 1_500_000, 180_000_000]


async def test_PP_18_position_is_never_signalled(queued: Rig, client: Client) -> None:
    for clock_us in range(0, 10_000_000, 1_000_000):
        queued.player.clock_us = clock_us
        queued.player.become(status=PLAYING if clock_us % 2_000_000 else PAUSED)
        await asyncio.sleep(0)
    await client.settled()

    assert client.changes(PLAYER)
    assert not any("Position" in changed for changed in client.changes(PLAYER))


async def test_PP_21_to_25_an_empty_queue_can_do_nothing(rig: Rig, client: Client) -> None:
    values = await client.get_all(PLAYER)

    assert not any(values[f"Can{ability}"] for ability in ("GoNext", "GoPrevious", "Play", "Pause", "Seek"))
    assert values["CanControl"] is True


async def test_PP_24_25_26_a_track_can_be_played_paused_and_sought_in_every_state(queued: Rig, client: Client) -> None:
    for status in (PLAYING, PAUSED, STOPPED):
        queued.player.become(status=status)
        values = await client.get_all(PLAYER)

        assert (values["CanPlay"], values["CanPause"], values["CanSeek"]) == (True, True, True)


async def test_PP_27_can_control_is_never_signalled(private_bus: PrivateBus, queued: Rig, client: Client) -> None:
    queued.player.fill((), (), 0)
    await client.settled()

    assert not any("CanControl" in changed for changed in client.changes(PLAYER))
