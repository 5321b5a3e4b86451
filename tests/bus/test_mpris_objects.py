"""MPRIS names, objects and generic D-Bus, where tests/conformance/mpris cannot see into."""

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


async def test_BUS_02_a_second_instance_takes_a_name_of_its_own(
    private_bus: PrivateBus, start_rig: StartRig, rig: Rig, client: Client
) -> None:
    async with start_rig(private_bus.address):
        names = await ask_bus(client, "ListNames")

    assert f"{MPRIS_NAME}.instance{os.getpid()}" in names


async def test_BUS_03_a_second_instance_steals_no_name(
    private_bus: PrivateBus, start_rig: StartRig, rig: Rig, client: Client
) -> None:
    first = await ask_bus(client, "GetNameOwner", "s", MPRIS_NAME)
    async with start_rig(private_bus.address):
        owners = [await ask_bus(client, "GetNameOwner", "s", name) for name in (MPRIS_NAME, OUR_NAME)]

    assert owners == [first, first]


async def test_BUS_03_a_second_instance_does_not_inherit_the_names_of_the_first(
    private_bus: PrivateBus, start_rig: StartRig, client: Client
) -> None:
    async with start_rig(private_bus.address) as first, start_rig(private_bus.address):
        await first.service.close()
        names = await ask_bus(client, "ListNames")

    assert [name for name in names if name.startswith((MPRIS_NAME, OUR_NAME))] == [
        f"{MPRIS_NAME}.instance{os.getpid()}"
    ]


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


@pytest.mark.parametrize("path", [MPRIS_PATH, OUR_PATH])
async def test_introspection_is_the_contract(rig: Rig, client: Client, path: str) -> None:
    [xml] = await client.call(path, "org.freedesktop.DBus.Introspectable", "Introspect")
    contract = contracts.without(contracts.load(), ROOT, "DesktopEntry")
    served = {element.attrib["name"]: element for element in ET.fromstring(xml).iter("interface")}

    assert set(served) >= {PROPERTIES, "org.freedesktop.DBus.Peer"}
    for name, element in served.items():
        assert ET.canonicalize(ET.tostring(element, "unicode"), strip_text=True) == ET.canonicalize(
            contract[name].xml, strip_text=True
        )


async def test_the_parents_show_the_way(rig: Rig, client: Client) -> None:
    [xml] = await client.call("/", "org.freedesktop.DBus.Introspectable", "Introspect")

    assert [node.attrib["name"] for node in ET.fromstring(xml).iter("node") if node.attrib] == ["org"]


async def test_the_machine_is_named_or_said_to_have_no_name(rig: Rig, client: Client) -> None:
    try:
        [machine] = await client.call(MPRIS_PATH, "org.freedesktop.DBus.Peer", "GetMachineId")
    except CallFailed as failure:
        machine = "0" * 32 if failure.name == OURS_ERROR + "NotSupported" else failure.name

    assert len(bytes.fromhex(machine)) == 16


@pytest.mark.parametrize("status", [PLAYING, PAUSED, STOPPED])
@pytest.mark.parametrize("filled", [True, False])
async def test_get_all_answers_every_property_of_every_interface_in_every_state(
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
        ("Set", "ssv", [PLAYER, "Nothing", Variant("x", 3)], "UnknownProperty"),
        ("GetEverything", "", [], "UnknownMethod"),
        ("Get", "s", [PLAYER], "InvalidArgs"),
    ],
)
async def test_what_properties_cannot_do_is_named_in_words(
    rig: Rig, client: Client, member: str, signature: str, arguments: list[Any], error: str
) -> None:
    with pytest.raises(CallFailed) as failure:
        await client.call(MPRIS_PATH, PROPERTIES, member, signature, *arguments)

    assert failure.value.name == STANDARD_ERROR + error
    assert failure.value.text


async def test_no_object_answers_for_an_object_manager(rig: Rig, client: Client) -> None:
    for path in ("/", MPRIS_PATH, OUR_PATH):
        with pytest.raises(CallFailed, match="UnknownInterface"):
            await client.call(path, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")


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


async def test_ROOT_07_a_desktop_entry_is_shown_only_where_it_is_installed(
    private_bus: PrivateBus, start_rig: StartRig, client: Client
) -> None:
    async with start_rig(private_bus.address, desktop_entry="auralisd"):
        assert await client.get(ROOT, "DesktopEntry") == "auralisd"
    async with start_rig(private_bus.address):
        with pytest.raises(CallFailed, match="UnknownProperty"):
            await client.get(ROOT, "DesktopEntry")
