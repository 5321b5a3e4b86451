"""Fairness on the wire: whoever asks too much is refused, and nobody else waits."""

import asyncio
from typing import Any

import pytest

from auralisd.config_file import FileConfig, Limits
from tests.bus.client import OURS_ERROR, PLAYER, CallFailed, Client, PrivateBus, a_client
from tests.bus.conftest import Rig, StartRig

SLOW = FileConfig(limits=Limits(costly_per_second=0.001, costly_burst=3))
BROWSE: tuple[Any, ...] = ("Browse", "sssua{sv}", "albums", "", "", 5, {})


def query(limit: int) -> tuple[Any, ...]:
    return ("Query", "sassua{sv}", "", [], "", limit, {})


async def outcomes(client: Client, *calls: tuple[Any, ...]) -> list[str]:
    """What became of each: "" or the error's name."""
    answers = await asyncio.gather(*(client.ours("Library", *call) for call in calls), return_exceptions=True)
    return [answer.name if isinstance(answer, CallFailed) else "" for answer in answers]


async def test_who_spends_its_budget_is_refused_and_the_others_are_not(
    private_bus: PrivateBus, start_rig: StartRig, client: Client
) -> None:
    async with start_rig(private_bus.address, file=SLOW), a_client(private_bus.address) as other:
        limit = OURS_ERROR + "LimitExceeded"

        assert await outcomes(client, *[BROWSE] * 5) == ["", "", "", limit, limit]
        assert await outcomes(other, BROWSE) == [""]
        with pytest.raises(CallFailed, match=r"costly.*ask again in"):
            await client.ours("Library", "Statistics")


async def test_reads_transport_meters_and_short_pages_cost_nothing(
    private_bus: PrivateBus, start_rig: StartRig, client: Client
) -> None:
    async with start_rig(private_bus.address, file=SLOW) as rig:
        rig.player.fill((), (1, 2, 3), 1)
        await outcomes(client, *[BROWSE] * 4)
        short, long = query(100), query(101)

        assert await outcomes(client, *[short] * 30) == [""] * 30
        assert await outcomes(client, long) == [OURS_ERROR + "LimitExceeded"]
        for _ in range(30):
            await client.get(PLAYER, "Metadata")
            await client.ours("Enhancement", "Meters")
            await client.player("PlayPause")


async def test_of_a_sender_that_left_nothing_is_remembered(
    private_bus: PrivateBus, start_rig: StartRig, client: Client
) -> None:
    async with start_rig(private_bus.address, file=SLOW) as rig:
        fairness = rig.service._fairness
        async with a_client(private_bus.address) as other:
            await outcomes(other, BROWSE)
            await outcomes(client, BROWSE)
            assert fairness.senders == {other.bus.unique_name, client.bus.unique_name}
        for _ in range(500):
            if fairness.senders == {client.bus.unique_name}:
                return
            await asyncio.sleep(0.02)
        pytest.fail(f"still remembered: {fairness.senders}")


async def test_calls_that_make_no_sense_cost_nothing(
    private_bus: PrivateBus, start_rig: StartRig, client: Client
) -> None:
    async with start_rig(private_bus.address, file=SLOW):
        wrong: tuple[Any, ...] = ("Browse", "sssua{sv}", "shoes", "", "", 5, {})

        assert OURS_ERROR + "LimitExceeded" not in await outcomes(client, *[wrong] * 10)
        assert await outcomes(client, BROWSE) == [""]


async def test_the_usual_budget_is_ten_a_second_and_twenty_at_once(
    private_bus: PrivateBus, start_rig: StartRig, client: Client
) -> None:
    async with start_rig(private_bus.address, file=FileConfig()):
        begun_s = asyncio.get_running_loop().time()
        done = (await outcomes(client, *[BROWSE] * 60)).count("")
        lasted_s = asyncio.get_running_loop().time() - begun_s

        assert 20 <= done <= 21 + 10 * lasted_s


async def test_arrays_and_texts_that_are_too_long_are_refused(rig: Rig, client: Client) -> None:
    for member, signature, *arguments in (
        ("SetFavourite", "atb", [1] * 10_001, True),
        ("Query", "sassua{sv}", "x" * (64 * 1024 + 1), [], "", 5, {}),
        ("Query", "sassua{sv}", "", ["title"] * 10_001, "", 5, {}),
    ):
        with pytest.raises(CallFailed, match=r"more than 10000 elements|longer than 65536 bytes"):
            await client.ours("Library", member, signature, *arguments)
    with pytest.raises(CallFailed, match="longer than"):
        await client.call(
            "/org/mpris/MediaPlayer2", "org.mpris.MediaPlayer2.TrackList", "GoTo", "o", "/" + "x" * (64 * 1024)
        )
