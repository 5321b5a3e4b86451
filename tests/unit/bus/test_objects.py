"""The start-up check: the daemon does not start when code and contract differ."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from auralisd.bus import contract as contracts
from auralisd.bus.calls import Call, Export
from auralisd.bus.contract import Contract, contract_folder
from auralisd.bus.objects import Objects
from auralisd.bus.refusals import UnknownMember
from auralisd.errors import StartRefused

OURS = """<node><interface name="org.test.Lamp">
  <method name="Shine"><arg name="level" type="d" direction="in"/><arg name="on" type="b" direction="out"/></method>
  <signal name="Broken"/>
  <property name="Colour" type="s" access="readwrite"/>
</interface></node>"""

WAY = ("/org/test", "/org/test/lamp")


def shine(level: float) -> bool:
    return level > 0


def set_colour(colour: str) -> None:
    assert colour


LAMP = Export(
    "org.test.Lamp",
    methods={"Shine": shine},
    setters={"Colour": set_colour},
    read=lambda: {"Colour": "red"},
    signals=("Broken",),
)


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    (tmp_path / "lamp.xml").write_text(OURS)
    for file in contract_folder().glob("org.freedesktop.DBus.*.xml"):
        (tmp_path / file.name).write_text(file.read_text())
    return contracts.load(tmp_path)


def a_call(path: str = "/org/test/Lamp", interface: str = "org.test.Lamp", member: str = "Shine") -> Call:
    return Call(path, interface, member, "d", (1.0,), ":1.1", 1, wants_reply=True)


def objects(contract: Contract, export: Export) -> Objects:
    return Objects(contract, {"/org/test/Lamp": (export,)}, machine_id="")


def no_argument() -> bool:
    return True


def wrong_type(level: str) -> bool:
    return bool(level)


def no_result(level: float) -> None:
    assert level


def test_code_that_fits_the_contract_is_found(contract: Contract) -> None:
    method, handler = objects(contract, LAMP).find(a_call())

    assert (method.name, handler) == ("Shine", shine)


@pytest.mark.parametrize(
    ("export", "difference"),
    [
        (replace(LAMP, methods={}), "Shine: method is not served"),
        (replace(LAMP, methods={"Shine": shine, "Burn": shine}), "Burn: method is not declared"),
        (replace(LAMP, methods={"Shine": no_argument}), "Shine: the handler takes"),
        (replace(LAMP, methods={"Shine": wrong_type}), "Shine: the handler takes"),
        (replace(LAMP, methods={"Shine": no_result}), "Shine: the handler gives 0 results"),
        (replace(LAMP, signals=()), "Broken: signal is not served"),
        (replace(LAMP, signals=("Broken", "Hot")), "Hot: signal is not declared"),
        (replace(LAMP, read=lambda: {}), "Colour: property is not served"),
        (replace(LAMP, read=lambda: {"Colour": "red", "Watts": 3}), "Watts: property is not declared"),
        (replace(LAMP, setters={}), "Colour: setter of property is not served"),
        (replace(LAMP, setters={"Colour": no_result}), "setter of org.test.Lamp.Colour: the handler takes"),
        (replace(LAMP, interface="org.test.Torch"), "org.test.Torch is served, but not in the contract"),
        (replace(LAMP, interface="org.test.Torch"), "nothing serves org.test.Lamp"),
    ],
)
def test_a_difference_between_code_and_contract_keeps_the_daemon_from_starting(
    contract: Contract, export: Export, difference: str
) -> None:
    with pytest.raises(StartRefused, match=difference):
        objects(contract, export)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (a_call(path="/org/test/lamp"), "UnknownObject"),
        (a_call(interface="org.test.Torch"), "UnknownInterface"),
        (a_call(member="Burn"), "UnknownMethod"),
        (a_call(interface="", member="Burn"), "UnknownMethod"),
    ],
)
def test_what_is_not_there_is_named(contract: Contract, call: Call, name: str) -> None:
    with pytest.raises(UnknownMember) as refusal:
        objects(contract, LAMP).find(call)

    assert refusal.value.name == name


def test_a_call_may_leave_the_interface_out(contract: Contract) -> None:
    assert objects(contract, LAMP).find(a_call(interface=""))[1] is shine


def test_the_parents_of_an_object_show_the_way_to_it(contract: Contract) -> None:
    served = objects(contract, LAMP)

    def children(path: str) -> str:
        call = a_call(path, "org.freedesktop.DBus.Introspectable", "Introspect")
        introspect: Callable[[], Any] = served.find(call)[1]
        return str(introspect())

    assert '<node name="org"/>' in children("/")
    assert '<node name="test"/>' in children("/org")
    assert '<node name="Lamp"/>' in children("/org/test")
    assert "<node name" not in children("/org/test/Lamp")


def test_what_comes_and_goes_is_there_while_it_is(contract: Contract) -> None:
    served = objects(contract, LAMP)
    served.appear("/org/test/lamp/1", (LAMP,))
    found = served.find(a_call("/org/test/lamp/1"))[1]
    way = [served.find(a_call(path, "org.freedesktop.DBus.Introspectable", "Introspect"))[1]() for path in WAY]
    served.vanish("/org/test/lamp/1")

    assert found is shine
    assert '<node name="lamp"/>' in way[0]
    assert '<node name="1"/>' in way[1]
    for path in ("/org/test/lamp/1", "/org/test/lamp"):
        with pytest.raises(UnknownMember):
            served.find(a_call(path))


def test_what_may_come_later_is_held_against_the_contract_at_the_start(contract: Contract, tmp_path: Path) -> None:
    (tmp_path / "torch.xml").write_text(OURS.replace("org.test.Lamp", "org.test.Torch"))
    both, torch, lamp = contracts.load(tmp_path), replace(LAMP, interface="org.test.Torch"), {"/lamp": (LAMP,)}
    served = Objects(both, lamp, machine_id="", passing=(torch,))
    served.appear("/torch/1", (torch,))

    assert served.find(a_call("/torch/1", "org.test.Torch"))[1] is shine
    with pytest.raises(StartRefused, match="Broken: signal is not served"):
        Objects(both, lamp, machine_id="", passing=(replace(torch, signals=()),))
    with pytest.raises(StartRefused, match=r"nothing serves org\.test\.Torch"):
        Objects(both, lamp, machine_id="")
