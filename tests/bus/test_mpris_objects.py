"""MPRIS names, objects and generic D-Bus, as a client sees it; test names carry the rows of the MPRIS checklist."""

# ruff: noqa: N802  the rows are named as the checklist names them

import asyncio
import os
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from dbus_fast import Variant

from auralisd.bus import contract as contracts
from auralisd.playback import commands
from auralisd.playback.snapshot import PAUSED, PLAYING, STOPPED
from tests.bus.client import (
    INVALID,
    MPRIS_NAME,
    MPRIS_PATH,
    OUR_NAME,
    OUR_PATH,
    OURS_ERROR,
    PLAYER,
    PROPERTIES,
    ROOT,
    STANDARD_ERROR,
    CallFailed,
    Client,
    PrivateBus,
    path_of,
)
from tests.bus.conftest import Rig, StartRig


async def ask_bus(client: Client, member: str, signature: str = "", *body: Any) -> Any:
    daemon = "org.freedesktop.DBus"
    return (await client.call("/org/freedesktop/DBus", daemon, member, signature, *body, to=daemon))[0]


async def test_BUS_01_we_own_an_mpris_name_and_our_own(rig: Rig, client: Client) -> None:
    names = await ask_bus(client, "ListNames")

    assert {MPRIS_NAME, OUR_NAME} <= set(names)


async def test_BUS_02_03_a_second_instance_takes_a_name_of_its_own_and_steals_none(
    private_bus: PrivateBus, start_rig: StartRig, rig: Rig, client: Client
) -> None:
    first = await ask_bus(client, "GetNameOwner", "s", MPRIS_NAME)
    async with start_rig(private_bus.address):
        names = await ask_bus(client, "ListNames")
        owners = [await ask_bus(client, "GetNameOwner", "s", name) for name in (MPRIS_NAME, OUR_NAME)]

    assert f"{MPRIS_NAME}.instance{os.getpid()}" in names
    assert owners == [first, first]


async def test_BUS_03_04_a_second_instance_does_not_inherit_the_names_of_the_first(
    private_bus: PrivateBus, start_rig: StartRig, client: Client
) -> None:
    async with start_rig(private_bus.address) as first, start_rig(private_bus.address):
        await first.service.close()
        names = await ask_bus(client, "ListNames")

    assert [name for name in names if name.startswith((MPRIS_NAME, OUR_NAME))] == [
        f"{MPRIS_NAME}.instance{os.getpid()}"
    ]


async def test_BUS_04_a_connection_has_one_mpris_name(rig: Rig, client: Client) -> None:
    names = await ask_bus(client, "ListNames")

    assert [name for name in names if name.startswith("org.mpris.")] == [MPRIS_NAME]


async def test_BUS_06_whoever_sees_the_name_finds_everything_behind_it(
    private_bus: PrivateBus, start_rig: StartRig, client: Client
) -> None:
    async def ask_at_once() -> int:
        """Ask as fast as one can until the name is there; the first answer that is not 'no such name' counts."""
        while True:
            try:
                return len(await client.get_all(PLAYER))
            except CallFailed as failure:
                assert failure.name == STANDARD_ERROR + "ServiceUnknown"  # noqa: PT017 the only failure there may be

    for _ in range(20):
        asking = asyncio.create_task(ask_at_once())
        async with start_rig(private_bus.address):
            assert await asking == 15


async def test_BUS_08_only_mpris_interfaces_speak_on_the_mpris_object(queued: Rig, client: Client) -> None:
    queued.player.become(underruns=3, volume=0.5, status=PLAYING)
    queued.health.faults = ("disk-full",)
    queued.service.health_changed()
    await client.settled()
    speakers = {s.body[0] for s in client.heard if s.path == MPRIS_PATH and s.member == "PropertiesChanged"}

    assert speakers == {PLAYER}
    assert {s.body[0] for s in client.heard if s.path == OUR_PATH and s.member == "PropertiesChanged"}


@pytest.mark.parametrize("path", [MPRIS_PATH, OUR_PATH])
async def test_BUS_11_introspection_is_the_contract(rig: Rig, client: Client, path: str) -> None:
    [xml] = await client.call(path, "org.freedesktop.DBus.Introspectable", "Introspect")
    contract = contracts.without(contracts.load(), ROOT, "DesktopEntry")
    served = {element.attrib["name"]: element for element in ET.fromstring(xml).iter("interface")}

    assert set(served) >= {PROPERTIES, "org.freedesktop.DBus.Peer"}
    for name, element in served.items():
        assert ET.canonicalize(ET.tostring(element, "unicode"), strip_text=True) == ET.canonicalize(
            contract[name].xml, strip_text=True
        )


async def test_BUS_11_the_parents_show_the_way(rig: Rig, client: Client) -> None:
    [xml] = await client.call("/", "org.freedesktop.DBus.Introspectable", "Introspect")

    assert [node.attrib["name"] for node in ET.fromstring(xml).iter("node") if node.attrib] == ["org"]


async def test_BUS_12_the_machine_is_named_or_said_to_have_no_name(rig: Rig, client: Client) -> None:
    try:
        [machine] = await client.call(MPRIS_PATH, "org.freedesktop.DBus.Peer", "GetMachineId")
    except CallFailed as failure:
        machine = "0" * 32 if failure.name == OURS_ERROR + "NotSupported" else failure.name

    assert len(bytes.fromhex(machine)) == 16


async def test_BUS_12_ping_is_answered(rig: Rig, client: Client) -> None:
    assert await client.call(MPRIS_PATH, "org.freedesktop.DBus.Peer", "Ping") == []


@pytest.mark.parametrize("status", [PLAYING, PAUSED, STOPPED])
@pytest.mark.parametrize("filled", [True, False])
async def test_BUS_13_get_all_answers_every_property_in_every_state(
    rig: Rig, client: Client, status: str, filled: bool
) -> None:
    if filled:
        rig.player.fill((), (1, 2), 0)
    rig.player.become(status=status)
    [job] = await client.ours("Jobs", "Submit", "sa{sv}", "analyse", {"tracks": Variant("at", [1])})
    contract = contracts.without(contracts.load(), ROOT, "DesktopEntry")

    for name, interface in contract.items():
        if not name.startswith("org.freedesktop."):
            path = job if name == f"{OUR_NAME}.Job" else path_of(name)
            [values] = await client.call(path, PROPERTIES, "GetAll", "s", name)
            assert set(values) == set(interface.properties)


@pytest.mark.parametrize(
    ("member", "signature", "arguments", "error"),
    [
        ("GetAll", "s", ["org.mpris.MediaPlayer2.Playlists"], "UnknownInterface"),
        ("Get", "ss", ["org.mpris.MediaPlayer2.Playlists", "PlaylistCount"], "UnknownInterface"),
        ("Get", "ss", [PLAYER, "Fullscreen"], "UnknownProperty"),
        ("Set", "ssv", [PLAYER, "Metadata", Variant("s", "x")], "PropertyReadOnly"),
        ("Set", "ssv", [PLAYER, "Position", Variant("x", 3)], "PropertyReadOnly"),
        ("Set", "ssv", [PLAYER, "Nothing", Variant("x", 3)], "UnknownProperty"),
        ("GetEverything", "", [], "UnknownMethod"),
        ("Get", "s", [PLAYER], "InvalidArgs"),
    ],
)
async def test_BUS_14_15_16_what_is_not_there_is_named_in_words(
    rig: Rig, client: Client, member: str, signature: str, arguments: list[Any], error: str
) -> None:
    with pytest.raises(CallFailed) as failure:
        await client.call(MPRIS_PATH, PROPERTIES, member, signature, *arguments)

    assert failure.value.name == STANDARD_ERROR + error
    assert failure.value.text


async def test_BUS_15_an_unknown_object_is_named(rig: Rig, client: Client) -> None:
    with pytest.raises(CallFailed, match="UnknownObject"):
        await client.call("/org/mpris/Other", PLAYER, "Play")


async def test_BUS_15_no_object_answers_for_an_object_manager(rig: Rig, client: Client) -> None:
    for path in ("/", MPRIS_PATH, OUR_PATH):
        with pytest.raises(CallFailed, match="UnknownInterface"):
            await client.call(path, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")


@pytest.mark.parametrize("value", [Variant("s", "0.5"), Variant("b", True), Variant("ad", [0.5])])
async def test_BUS_17_a_value_of_the_wrong_type_changes_nothing(rig: Rig, client: Client, value: Variant) -> None:
    with pytest.raises(CallFailed, match=INVALID):
        await client.set(PLAYER, "Volume", value)

    assert rig.player.asked == []


@pytest.mark.parametrize("signature", list("ynqiuxt"))
async def test_BUS_17_integers_are_taken_for_numbers(rig: Rig, client: Client, signature: str) -> None:
    await client.set(PLAYER, "Volume", Variant(signature, 0))

    assert await client.get(PLAYER, "Volume") == 0.0


async def test_BUS_18_a_bug_tells_the_caller_nothing_of_itself(
    rig: Rig, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(command: commands.Command) -> tuple[int, ...]:
        raise OSError(2, "No such file", "/home/me/Music/secret.flac")

    monkeypatch.setattr(rig.player, "ask", broken)
    with pytest.raises(CallFailed) as failure:
        await client.player("Play")

    assert failure.value.name == STANDARD_ERROR + "Failed"
    assert "/" not in failure.value.text
    assert "secret" not in failure.value.text


async def test_BUS_19_a_call_that_wants_no_reply_is_carried_out(queued: Rig, client: Client) -> None:
    client.send_unanswered(MPRIS_PATH, PLAYER, "Play")
    await client.settled()

    assert queued.player.snapshot.status == PLAYING
