"""org.auralis.Auralis1.Queue as a client sees it: edits, modes, what is told of them; and the sleep timer."""

from typing import Any

import pytest
from dbus_fast import Variant

from auralisd.playback import commands
from auralisd.playback.snapshot import Entry, QueueChanged
from tests.bus.client import INVALID, OUR_NAME, PLAYER, CallFailed, Client
from tests.bus.conftest import Rig

QUEUE = f"{OUR_NAME}.Queue"
OUTPUT = f"{OUR_NAME}.Output"


@pytest.mark.parametrize(
    ("member", "signature", "arguments", "command"),
    [
        ("Insert", "atu", ([4, 5], 2), commands.Insert((4, 5), 2)),
        ("PlayNext", "at", ([4, 5],), commands.PlayNext((4, 5))),
        ("Move", "auu", ([3, 1], 0), commands.Move((3, 1), 0)),
        ("Remove", "au", ([1, 2],), commands.Remove((1, 2))),
        ("Clear", "", (), commands.Clear()),
        ("GoTo", "u", (2,), commands.GoTo(2)),
        ("Undo", "", (), commands.Undo()),
        ("Redo", "", (), commands.Redo()),
    ],
)
async def test_every_edit_is_one_command(
    queued: Rig, client: Client, member: str, signature: str, arguments: tuple[Any, ...], command: commands.Command
) -> None:
    await client.ours("Queue", member, signature, *arguments)

    assert queued.player.asked == [command]


async def test_every_property_is_as_the_player_has_it(queued: Rig, client: Client) -> None:
    queued.player.become(revision=7, can_undo=True, shuffle="albums", consume=True, stop_after=True)

    assert await client.get_all(QUEUE) == {
        "Length": 3,
        "CurrentIndex": 1,
        "CurrentEntry": 2,
        "Revision": 7,
        "CanUndo": True,
        "CanRedo": False,
        "ShuffleMode": "albums",
        "Consume": True,
        "StopAfterCurrent": True,
    }


@pytest.mark.parametrize(
    ("name", "value", "command"),
    [
        ("ShuffleMode", Variant("s", "albums"), commands.SetShuffle("albums")),
        ("ShuffleMode", Variant("s", "tracks"), commands.SetShuffle("tracks")),
        ("Consume", Variant("b", True), commands.SetConsume(True)),
        ("StopAfterCurrent", Variant("b", True), commands.SetStopAfter(True)),
    ],
)
async def test_a_mode_can_be_set_and_its_change_is_told(
    queued: Rig, client: Client, name: str, value: Variant, command: commands.Command
) -> None:
    await client.set(QUEUE, name, value)
    await client.settled()

    assert queued.player.asked == [command]
    assert client.changes(QUEUE) == [{name: value.value}]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ShuffleMode", Variant("s", "genres")),
        ("ShuffleMode", Variant("b", True)),
        ("Consume", Variant("s", "yes")),
        ("StopAfterCurrent", Variant("u", 1)),
    ],
)
async def test_an_impossible_mode_changes_nothing(queued: Rig, client: Client, name: str, value: Variant) -> None:
    before = queued.player.snapshot
    with pytest.raises(CallFailed, match=INVALID):
        await client.set(QUEUE, name, value)

    assert queued.player.snapshot == before


@pytest.mark.parametrize(
    ("mode", "wanted", "asked"),
    [
        ("off", True, [commands.SetShuffle("tracks")]),
        ("albums", True, []),
        ("tracks", True, []),
        ("albums", False, [commands.SetShuffle("off")]),
        ("off", False, []),
    ],
)
async def test_shuffle_of_mpris_maps_on_the_mode_and_leaves_one_that_is_on(
    queued: Rig, client: Client, mode: str, wanted: bool, asked: list[commands.Command]
) -> None:
    queued.player.become(shuffle=mode)
    await client.set(PLAYER, "Shuffle", Variant("b", wanted))

    assert queued.player.asked == asked
    assert await client.get(PLAYER, "Shuffle") is wanted


async def test_an_edit_is_told_with_its_revision_and_what_was_done(queued: Rig, client: Client) -> None:
    queued.player.become(revision=8, entries=queued.player.snapshot.entries[:1], current_index=0, current_entry=1)
    queued.service.on_event(QueueChanged(8, "remove"))
    await client.settled()

    assert client.signals("Changed") == [[8, "remove"]]
    assert client.changes(QUEUE) == [{"Length": 1, "CurrentIndex": 0, "CurrentEntry": 1, "Revision": 8}]


async def test_a_burst_of_edits_is_one_signal_the_newest(queued: Rig, client: Client) -> None:
    for revision in range(1, 200):
        queued.service.on_event(QueueChanged(revision, "append"))
    queued.service.on_event(QueueChanged(200, "undo"))
    await client.settled()

    assert client.signals("Changed") == [[200, "undo"]]


async def test_pages_hold_while_the_queue_changes(queued: Rig, client: Client) -> None:
    queued.player.become(entries=tuple(Entry(number, 1) for number in range(1, 7)), revision=1)
    rows, cursor, *_ = await client.ours("Queue", "List", "sua{sv}", "", 2, {})
    moved = tuple(Entry(number, 1) for number in (9, 6, 5, 2, 1, 3))
    queued.player.become(entries=moved, revision=2)
    rest, end, total, revision = await client.ours("Queue", "List", "sua{sv}", cursor, 9, {})

    assert [row["entry"] for row in rows] == [1, 2]
    assert [(row["entry"], row["index"]) for row in rest] == [(3, 5), (5, 2), (6, 1)]
    assert (end, total, revision) == ("", 6, 2)


async def test_twenty_thousand_entries_are_paged_from_anywhere_at_once(queued: Rig, client: Client) -> None:
    queued.player.become(entries=tuple(Entry(number, 1) for number in range(1, 20_001)), revision=1)
    rows, cursor, total, _ = await client.ours("Queue", "List", "sua{sv}", "", 500, {"offset": Variant("t", 19_000)})
    queued.player.become(entries=queued.player.snapshot.entries[1:], revision=2)
    rest, end, _, _ = await client.ours("Queue", "List", "sua{sv}", cursor, 500, {})

    assert [row["entry"] for row in rows + rest] == list(range(19_001, 20_001))
    assert (total, end, rest[-1]["index"]) == (20_000, "", 19_998)


# --- the sleep timer ------------------------------------------------------------------------------------


async def test_the_sleep_timer_is_set_and_read_and_its_countdown_is_not_told(queued: Rig, client: Client) -> None:
    await client.set(OUTPUT, "SleepTimer", Variant("d", 90.0))
    queued.player.sleep_s = 89.5
    queued.player.become(underruns=1)
    await client.settled()

    assert queued.player.asked == [commands.SetSleepTimer(90.0)]
    assert await client.get(OUTPUT, "SleepTimer") == 89.5
    assert client.changes(OUTPUT) == [{"Underruns": 1}]


@pytest.mark.parametrize("seconds", [-0.1, 86_401.0, float("nan"), float("inf")])
async def test_a_sleep_timer_of_no_time_is_refused(queued: Rig, client: Client, seconds: float) -> None:
    with pytest.raises(CallFailed, match=INVALID):
        await client.set(OUTPUT, "SleepTimer", Variant("d", seconds))

    assert queued.player.asked == []
