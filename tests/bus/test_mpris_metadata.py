"""The metadata of the current track, as a client sees it; test names carry the rows of the MPRIS checklist."""

# ruff: noqa: N802  the rows are named as the checklist names them

import msgspec
from dbus_fast import Message

from auralisd.config_file import FileConfig
from auralisd.model.listening import Numbers
from tests.builders import a_track
from tests.bus.client import MPRIS_NAME, MPRIS_PATH, PLAYER, PROPERTIES, Client, PrivateBus, a_client
from tests.bus.conftest import Rig, StartRig


async def test_MD_01_02_10_to_14_every_value_has_the_type_that_mpris_gives_it(
    queued: Rig, private_bus: PrivateBus
) -> None:
    async with a_client(private_bus.address) as typed:
        reply = await typed.bus.call(
            Message(
                destination=MPRIS_NAME,
                path=MPRIS_PATH,
                interface=PROPERTIES,
                member="Get",
                signature="ss",
                body=[PLAYER, "Metadata"],
            )
        )
    types = {key: value.signature for key, value in reply.body[0].value.items()}

    assert types == {
        "mpris:trackid": "o",
        "mpris:length": "x",
        "xesam:title": "s",
        "xesam:artist": "as",
        "xesam:album": "s",
        "xesam:trackNumber": "i",
    }


async def test_MD_12_13_tempo_and_rating_are_told_where_they_are_known(rig: Rig, client: Client) -> None:
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


async def test_MD_04_no_track_is_an_empty_map(rig: Rig, client: Client) -> None:
    assert await client.get(PLAYER, "Metadata") == {}


async def test_MD_05_the_same_file_twice_has_two_track_ids(rig: Rig, client: Client) -> None:
    rig.player.fill((), (1, 1), 0)
    first = (await client.get(PLAYER, "Metadata"))["mpris:trackid"]
    await client.player("Next")

    assert (await client.get(PLAYER, "Metadata"))["mpris:trackid"] != first


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


async def test_MD_21_a_track_without_a_title_is_shown_by_its_file_s_name(rig: Rig, client: Client) -> None:
    rig.library.by_id[9] = a_track(9, title=None, path=b"/music/untitled.flac")
    rig.player.fill((), (9,), 0)

    assert (await client.get(PLAYER, "Metadata"))["xesam:title"] == "untitled.flac"
