"""MPRIS properties, metadata and signals in states that tests/conformance/mpris cannot bring about."""

# ruff: noqa: N802  the rows are named as the checklist names them

import asyncio

import msgspec

from auralisd.config_file import FileConfig
from auralisd.model.listening import Numbers
from auralisd.playback.snapshot import PAUSED, PLAYING
from tests.builders import a_track
from tests.bus.client import MPRIS_PATH, PLAYER, Client, PrivateBus
from tests.bus.conftest import Rig, StartRig


async def test_PP_17_position_is_never_beyond_the_track_whatever_the_clock_says(queued: Rig, client: Client) -> None:
    queued.player.become(status=PLAYING)
    seen = []
    for clock_us in (5, 1_500_000, 10**15):
        queued.player.clock_us = clock_us
        seen.append(await client.get(PLAYER, "Position"))
        assert (await client.get_all(PLAYER))["Position"] == seen[-1]

    assert seen == [5, 1_500_000, 180_000_000]


async def test_MD_13_tempo_and_rating_are_told_where_they_are_known(rig: Rig, client: Client) -> None:
    track = a_track(9)
    rig.library.by_id[9] = msgspec.structs.replace(
        track, tags=msgspec.structs.replace(track.tags, bpm=119.6), numbers=Numbers(rating=0.75)
    )
    rig.player.fill((), (9, 1), 0)
    known = await client.get(PLAYER, "Metadata")
    await client.player("Next")
    unknown = await client.get(PLAYER, "Metadata")

    assert (known["xesam:audioBPM"], known["xesam:userRating"]) == (120, 0.75)
    assert unknown.keys().isdisjoint({"xesam:audioBPM", "xesam:userRating"})


async def test_MD_07_an_unknown_length_is_absent_and_three_hours_fit(queued: Rig, client: Client) -> None:
    queued.player.become(length_us=3 * 3600 * 10**6)
    assert (await client.get(PLAYER, "Metadata"))["mpris:length"] == 10_800_000_000
    queued.player.become(length_us=None)
    assert "mpris:length" not in await client.get(PLAYER, "Metadata")


async def test_MD_15_file_urls_are_published_only_when_asked_for(
    private_bus: PrivateBus, start_rig: StartRig, client: Client
) -> None:
    for publish in (False, True):
        async with start_rig(private_bus.address, file=FileConfig(publish_file_urls=publish)) as rig:
            rig.player.fill((), (1,), 0)
            metadata = await client.get(PLAYER, "Metadata")

            assert ("xesam:url" in metadata) is publish
    assert metadata["xesam:url"].endswith("/Music/no%201%C3%A9.flac")


async def test_PS_02_seeked_lies_within_the_track(queued: Rig, client: Client) -> None:
    for position_us in (-1, 10**15):
        queued.player.jump(position_us)
        await client.settled(0.05)

    assert client.signals("Seeked") == [[0], [180_000_000]]


async def test_PS_09_nothing_is_said_while_nothing_changes(queued: Rig, client: Client) -> None:
    queued.player.become(status=PLAYING)
    await client.settled()
    client.heard.clear()
    for clock_us in range(100):
        queued.player.clock_us = clock_us
        queued.player.become()
        await asyncio.sleep(0.002)
    await client.settled()

    assert client.heard == []


async def test_PS_13_properties_come_before_seeked(queued: Rig, client: Client) -> None:
    queued.player.jump(5)
    queued.player.become(status=PAUSED)
    await client.settled()

    assert [signal.member for signal in client.heard if signal.path == MPRIS_PATH][-2:] == [
        "PropertiesChanged",
        "Seeked",
    ]
