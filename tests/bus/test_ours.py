"""org.auralis.Auralis1 as a client sees it."""

import asyncio

import pytest
from dbus_fast import Variant

from auralisd.doors.sound import DeviceState
from tests.bus.client import INVALID, OUR_NAME, OURS_ERROR, CallFailed, Client
from tests.bus.conftest import Rig

QUERY = "sassua{sv}"


# --- Queue ---------------------------------------------------------------------------------------------


async def test_a_queue_is_set_and_listed_with_the_fields_asked_for(rig: Rig, client: Client) -> None:
    [entries] = await client.ours("Queue", "Set", "atub", [3, 1, 3], 1, False)
    options = {"fields": Variant("as", ["title"])}
    rows, cursor, total, _ = await client.ours("Queue", "List", "sua{sv}", "", 2, options)
    rest, *_ = await client.ours("Queue", "List", "sua{sv}", cursor, 2, {})

    assert rows == [
        {"entry": entries[0], "index": 0, "track": 3, "title": "Song 3"},
        {"entry": entries[1], "index": 1, "track": 1, "title": "Song 1"},
    ]
    assert (total, rest) == (3, [{"entry": entries[2], "index": 2, "track": 3}])
    assert await client.get(f"{OUR_NAME}.Queue", "CurrentIndex") == 1


async def test_tracks_are_appended_under_new_entry_ids(queued: Rig, client: Client) -> None:
    [entries] = await client.ours("Queue", "Append", "at", [4, 4])

    assert len(set(entries)) == 2
    assert await client.get(f"{OUR_NAME}.Queue", "Length") == 5


@pytest.mark.parametrize("wanted", [[1, 99], [2**64 - 1]])
async def test_an_unknown_track_leaves_the_queue_as_it_was(queued: Rig, client: Client, wanted: list[int]) -> None:
    before = queued.player.snapshot
    for member, signature, rest in (("Append", "at", ()), ("Set", "atub", (0, True))):
        with pytest.raises(CallFailed, match=OURS_ERROR + "NotFound"):
            await client.ours("Queue", member, signature, wanted, *rest)

    assert queued.player.snapshot == before


async def test_a_list_of_more_than_ten_thousand_tracks_is_refused(rig: Rig, client: Client) -> None:
    with pytest.raises(CallFailed, match=INVALID):
        await client.ours("Queue", "Append", "at", [1] * 10_001)


@pytest.mark.parametrize("cursor", ["x", "-1", "²", "9" * 30, " 1"])
async def test_a_cursor_that_nobody_gave_out_is_refused(queued: Rig, client: Client, cursor: str) -> None:
    with pytest.raises(CallFailed, match="cursor"):
        await client.ours("Queue", "List", "sua{sv}", cursor, 0, {})


async def test_an_offset_behind_the_end_is_an_empty_page(queued: Rig, client: Client) -> None:
    rows, cursor, total, _ = await client.ours("Queue", "List", "sua{sv}", "", 0, {"offset": Variant("t", 2**64 - 1)})

    assert (rows, cursor, total) == ([], "", 3)


# --- Output, Daemon ------------------------------------------------------------------------------------


async def test_the_output_s_state_is_told(rig: Rig, client: Client) -> None:
    rig.player.become(underruns=2)
    await client.settled()

    assert client.changes(f"{OUR_NAME}.Output") == [{"Underruns": 2}]
    assert await client.get(f"{OUR_NAME}.Output", "State") == "closed"


async def test_the_format_is_what_the_device_runs_and_empty_while_it_is_closed(rig: Rig, client: Client) -> None:
    closed = await client.get(f"{OUR_NAME}.Output", "Format")
    rig.player.become(device=DeviceState("running", "default", 44_100, 2, "S32_LE", 882, 22_050, 80.0))
    await client.settled()

    assert closed == {}
    assert await client.get(f"{OUR_NAME}.Output", "Format") == {
        "rate_hz": 44_100,
        "channels": 2,
        "sample_format": "S32_LE",
        "period_frames": 882,
        "buffer_frames": 22_050,
        "fill_ms": 80.0,
    }


async def test_the_daemon_says_how_it_is(rig: Rig, client: Client) -> None:
    assert await client.get_all(f"{OUR_NAME}.Daemon") == {
        "Version": "1.2.3",
        "Health": "ok",
        "Faults": [],
        "Capabilities": {"flac": [True, ""], "aac": [False, "no decoder"]},
    }


async def test_a_fault_is_told(rig: Rig, client: Client) -> None:
    rig.health.faults = ("folder-missing",)
    rig.service.health_changed()
    await client.settled()

    assert client.changes(f"{OUR_NAME}.Daemon") == [{"Health": "degraded", "Faults": ["folder-missing"]}]


# --- no paths ------------------------------------------------------------------------------------------


async def test_no_path_of_the_music_folder_is_in_anything_that_is_not_asked_for_it(queued: Rig, client: Client) -> None:
    folder = queued.library.by_id[1].path.rpartition(b"/")[0].decode()
    said: list[object] = [
        await client.get_all(f"{OUR_NAME}.{name}") for name in ("Enhancement", "Library", "Queue", "Output", "Daemon")
    ]
    said += [await client.get_all(f"org.mpris.MediaPlayer2{name}") for name in ("", ".Player")]
    said.append(await client.ours("Library", "Query", QUERY, "", [], "", 0, {}))
    for uri in (f"file://{folder}/a.txt", f"file://{folder}/absent.flac", f"{folder}/a.flac"):
        with pytest.raises(CallFailed) as failure:
            await client.player("OpenUri", "s", uri)
        said.append(failure.value.text)
    await client.player("Play")
    await client.player("Next")
    await asyncio.sleep(0)
    await client.settled()

    assert folder not in repr([said, client.heard])
    assert "Music" not in repr(client.signals("PropertiesChanged")).replace("Auralis Music", "")
