"""Rows BUS: names, the object, and D-Bus in general."""

# ruff: noqa: N802  the rows are named as the checklist names them

import asyncio
import signal
import time
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from dbus_fast import Variant

from auralisd.bus import contract as contracts
from tests.bus.client import MPRIS_PATH, PLAYER, PROPERTIES, ROOT, STANDARD_ERROR, CallFailed
from tests.conformance.mpris.bench import PAUSED, PLAYING, STOPPED, TRACK_LIST, Bench
from tests.conformance.mpris.tour import Tour

OURS = ("org.mpris.MediaPlayer2", "org.mpris.MediaPlayer2.Player", "org.mpris.MediaPlayer2.TrackList")


async def mpris_names(bench: Bench) -> list[str]:
    names = await bench.ask_bus("ListNames")
    mpris = [name for name in names if name.startswith("org.mpris.MediaPlayer2.")]
    return [name for name in mpris if await bench.ask_bus("GetNameOwner", "s", name) == bench.owner]


async def introspected(bench: Bench) -> dict[str, ET.Element]:
    [xml] = await bench.call("org.freedesktop.DBus.Introspectable", "Introspect")
    return {element.attrib["name"]: element for element in ET.fromstring(xml).iter("interface")}


async def test_BUS_01_the_player_owns_an_mpris_name(bench: Bench) -> None:
    assert bench.player.name in await mpris_names(bench)


async def test_BUS_04_a_connection_has_one_mpris_name(bench: Bench) -> None:
    assert await mpris_names(bench) == [bench.player.name]


async def test_BUS_05_the_object_has_root_and_player(bench: Bench) -> None:
    assert set(await introspected(bench)) >= {ROOT, PLAYER}


async def test_BUS_07_signals_come_from_the_object_to_everybody(tour: Tour) -> None:
    assert len(tour.told()) > 5
    assert {(m.path, m.destination) for m in tour.told()} == {(MPRIS_PATH, None)}


async def test_BUS_08_only_mpris_interfaces_change_on_the_mpris_object(tour: Tour) -> None:
    heard = [m.body[0] for m in tour.told() if m.path == MPRIS_PATH and m.member == "PropertiesChanged"]

    assert heard
    assert set(heard) <= {ROOT, PLAYER, TRACK_LIST, f"{ROOT}.Playlists"}


async def test_BUS_09_a_player_that_is_told_to_end_gives_its_name_back(mortal: Bench) -> None:
    status = await asyncio.to_thread(mortal.player.send, signal.SIGTERM)

    assert status == 0
    assert mortal.player.name not in await mortal.ask_bus("ListNames")


def shape(element: ET.Element) -> dict[str, Any]:
    """What the specification lays down of an interface: members, types, names, access and how changes are told."""
    told = "org.freedesktop.DBus.Property.EmitsChangedSignal"
    annotated = {a.attrib["name"]: a.attrib["value"] for a in element.findall("annotation")}
    shapes: dict[str, Any] = {}
    for member in [*element.iter("method"), *element.iter("signal")]:
        directed = [
            (a.attrib.get("direction", "in"), a.attrib["type"], a.attrib.get("name")) for a in member.iter("arg")
        ]
        ways = directed if member.tag == "method" else [(None, *rest) for _, *rest in directed]
        shapes[member.attrib["name"]] = ways
    for prop in element.iter("property"):
        own = {a.attrib["name"]: a.attrib["value"] for a in prop.iter("annotation")}
        emits = own.get(told, annotated.get(told, "true"))
        shapes[prop.attrib["name"]] = (prop.attrib["type"], prop.attrib["access"], emits)
    return shapes


@pytest.mark.parametrize("interface", OURS)
async def test_BUS_11_introspection_is_that_of_the_specification(bench: Bench, interface: str) -> None:
    served = await introspected(bench)
    if interface == TRACK_LIST and interface not in served:
        pytest.skip("it has no track list")
    laid_down = shape(ET.fromstring(contracts.load()[interface].xml))
    found = shape(served[interface])
    optional = {"DesktopEntry"} - set(found)

    assert {name: found.get(name) for name in laid_down.keys() - optional} == {
        name: laid_down[name] for name in laid_down.keys() - optional
    }


async def test_BUS_12_get_set_get_all_and_ping_are_answered(bench: Bench) -> None:
    await bench.arrange(PAUSED)
    await bench.put("Volume", "d", 0.25)
    await bench.becomes(Volume=0.25)

    assert await bench.get("Volume") == 0.25
    assert await bench.call("org.freedesktop.DBus.Peer", "Ping") == []


async def everything_is_answered(bench: Bench) -> None:
    for interface, element in (await introspected(bench)).items():
        if interface.startswith(ROOT):
            names = {p.attrib["name"] for p in element.iter("property")}
            assert set(await bench.all(interface)) == names


@pytest.mark.parametrize("status", [PLAYING, PAUSED, STOPPED])
async def test_BUS_13_get_all_answers_in_every_state(bench: Bench, status: str) -> None:
    await bench.arrange(status)

    await everything_is_answered(bench)


async def test_BUS_13_get_all_answers_without_a_track(bench: Bench) -> None:
    await bench.empty()

    await everything_is_answered(bench)


@pytest.mark.parametrize(("member", "signature", "names"), [("GetAll", "s", []), ("Get", "ss", ["Count"])])
async def test_BUS_14_an_interface_that_is_not_there_is_an_error_with_words(
    bench: Bench, member: str, signature: str, names: list[str]
) -> None:
    asked = bench.call(PROPERTIES, member, signature, f"{ROOT}.NoSuch", *names)

    await bench.refused(asked, "UnknownInterface")


async def test_BUS_15_what_is_not_there_is_named(bench: Bench) -> None:
    wrong = {
        ("UnknownProperty", "InvalidArgs"): bench.call(PROPERTIES, "Get", "ss", PLAYER, "NoSuch"),
        ("UnknownMethod",): bench.call(PLAYER, "NoSuch"),
        ("UnknownObject", "UnknownMethod"): bench.client.call("/org/mpris/No", PLAYER, "Play", to=bench.player.name),
    }
    for names, asked in wrong.items():
        with pytest.raises(CallFailed) as failure:
            await asked
        assert failure.value.name in {STANDARD_ERROR + name for name in names}


@pytest.mark.parametrize(("name", "value"), [("Metadata", Variant("a{sv}", {})), ("Position", Variant("x", 3))])
async def test_BUS_16_what_can_only_be_read_cannot_be_set(bench: Bench, name: str, value: Variant) -> None:
    await bench.arrange(PAUSED)
    async with bench.unmoved():
        with pytest.raises(CallFailed) as failure:
            await bench.call(PROPERTIES, "Set", "ssv", PLAYER, name, value)

    assert failure.value.name == STANDARD_ERROR + "PropertyReadOnly"


@pytest.mark.parametrize("value", [Variant("s", "0.5"), Variant("b", True), Variant("ad", [0.5])])
async def test_BUS_17_a_value_of_the_wrong_type_changes_nothing(bench: Bench, value: Variant) -> None:
    await bench.arrange(PAUSED)
    async with bench.unmoved():
        await bench.refused(bench.put("Volume", value.signature, value.value), "InvalidArgs")


@pytest.mark.parametrize("signature", list("ynqiuxt"))
async def test_BUS_17_integers_are_taken_for_numbers(bench: Bench, signature: str) -> None:
    await bench.arrange(PAUSED)
    await bench.put("Volume", signature, 0)

    await bench.becomes(Volume=0.0)


async def test_BUS_20_answers_come_at_once_while_the_player_is_at_work(bench: Bench) -> None:
    await bench.arrange(PLAYING)
    await bench.player.work(bench)
    excess_s = []
    for _ in range(100):
        began_s = time.monotonic()
        await bench.ask_bus("GetId")
        between_s = time.monotonic()
        await bench.all()
        excess_s.append(time.monotonic() - between_s - (between_s - began_s))
        await asyncio.sleep(0.005)

    assert sorted(excess_s)[94] < 0.1
