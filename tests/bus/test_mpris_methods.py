"""The methods of the MPRIS player, as a client sees it; test names carry the rows of the MPRIS checklist."""

# ruff: noqa: N802  the rows are named as the checklist names them

import pytest

from auralisd.model.track import Track
from auralisd.playback import commands
from auralisd.playback.snapshot import PLAYING
from tests.bus.client import INVALID, NO_TRACK, OURS_ERROR, PLAYER, CallFailed, Client
from tests.bus.conftest import Rig


@pytest.mark.parametrize(
    ("member", "command"),
    [
        ("Next", commands.Next()),
        ("Previous", commands.Previous()),
        ("Pause", commands.Pause()),
        ("PlayPause", commands.Toggle()),
        ("Stop", commands.Stop()),
        ("Play", commands.Play()),
    ],
)
async def test_PM_01_to_12_each_verb_is_one_command(
    queued: Rig, client: Client, member: str, command: commands.Command
) -> None:
    await client.player(member)

    assert queued.player.asked == [command]


async def test_PM_09_play_pause_of_nothing_is_the_one_verb_that_fails(rig: Rig, client: Client) -> None:
    for member in ("Play", "Pause", "Stop", "Next", "Previous"):
        await client.player(member)
    with pytest.raises(CallFailed, match=OURS_ERROR + "NotSupported"):
        await client.player("PlayPause")


@pytest.mark.parametrize("offset_us", [1_500_000, -1_500_000, 2**63 - 1, -(2**63)])
async def test_PM_13_14_15_seek_hands_on_every_microsecond(queued: Rig, client: Client, offset_us: int) -> None:
    await client.player("Seek", "x", offset_us)

    assert queued.player.asked == [commands.SeekBy(offset_us)]


async def test_PM_19_set_position_names_its_track(queued: Rig, client: Client) -> None:
    current = (await client.get(PLAYER, "Metadata"))["mpris:trackid"]
    await client.player("SetPosition", "ox", current, 1_234_567)

    assert queued.player.asked == [commands.SeekTo(queued.player.snapshot.current_entry, 1_234_567)]


@pytest.mark.parametrize(
    "track_id", [NO_TRACK, "/", "/org/auralis/Auralis1/entry/x", "/org/auralis/Auralis1/entry", "/com/other/1"]
)
async def test_PM_19_20_a_position_in_no_track_of_ours_is_ignored(queued: Rig, client: Client, track_id: str) -> None:
    await client.player("SetPosition", "ox", track_id, 5)

    assert queued.player.asked == []


async def test_PM_25_30_open_uri_takes_percent_encoded_files(
    queued: Rig, client: Client, tracks: tuple[Track, ...]
) -> None:
    [uri] = await client.ours("Library", "GetLocation", "t", 5)
    await client.player("OpenUri", "s", uri)

    assert "%C3%A9" in uri
    assert queued.player.asked == [commands.PlayNow(5)]
    assert await client.get(PLAYER, "PlaybackStatus") == PLAYING


@pytest.mark.parametrize(
    ("uri", "error"),
    [
        ("gopher://example.org/1", OURS_ERROR + "NotSupported"),
        ("file:///etc/passwd", OURS_ERROR + "NotSupported"),
        ("file:///nothing/here.flac", OURS_ERROR + "NotFound"),
        ("/music/a.flac", INVALID),
        ("", INVALID),
    ],
)
async def test_PM_26_30_other_uris_are_refused_and_change_nothing(
    queued: Rig, client: Client, uri: str, error: str
) -> None:
    with pytest.raises(CallFailed, match=error):
        await client.player("OpenUri", "s", uri)

    assert queued.player.asked == []


async def test_PM_31_the_player_interface_has_no_members_of_ours(rig: Rig, client: Client) -> None:
    assert set(await client.get_all(PLAYER)) == {
        "PlaybackStatus", "LoopStatus", "Rate", "Shuffle", "Metadata", "Volume", "Position", "MinimumRate",
        "MaximumRate", "CanGoNext", "CanGoPrevious", "CanPlay", "CanPause", "CanSeek", "CanControl",
    }  # fmt: skip
