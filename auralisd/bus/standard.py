"""The interfaces that every object has: Introspectable, Peer and Properties."""

from collections.abc import Mapping
from typing import Any

from auralisd.bus.calls import Export
from auralisd.bus.contract import Contract, Property, node_xml
from auralisd.bus.refusals import UnknownMember
from auralisd.bus.values import Boxed, Typed, admit_boxed
from auralisd.errors import NotSupported

INTROSPECTABLE = "org.freedesktop.DBus.Introspectable"
PEER = "org.freedesktop.DBus.Peer"
PROPERTIES = "org.freedesktop.DBus.Properties"
PROPERTIES_CHANGED = "PropertiesChanged"


class Peer:
    """Whether we live, and where."""

    def __init__(self, machine_id: str) -> None:
        self._machine_id = machine_id

    def export(self) -> Export:
        return Export(PEER, methods={"Ping": self.ping, "GetMachineId": self.get_machine_id})

    def ping(self) -> None:
        """The answer is all."""

    def get_machine_id(self) -> str:
        if not self._machine_id:
            raise NotSupported("this machine has no /etc/machine-id")
        return self._machine_id


class Introspectable:
    """What one object can do."""

    def __init__(self, contract: Contract, interfaces: tuple[str, ...], children: tuple[str, ...]) -> None:
        self._contract = contract
        self._interfaces = interfaces
        self._children = children

    def export(self) -> Export:
        return Export(INTROSPECTABLE, methods={"Introspect": self.introspect})

    def introspect(self) -> str:
        return node_xml([self._contract[name] for name in self._interfaces], self._children)


class Properties:
    """Get, Set and GetAll over the exports of one object."""

    def __init__(self, contract: Contract, exports: Mapping[str, Export]) -> None:
        self._contract = contract
        self._exports = exports

    def export(self) -> Export:
        return Export(
            PROPERTIES,
            methods={"Get": self.get, "Set": self.set, "GetAll": self.get_all},
            signals=(PROPERTIES_CHANGED,),
        )

    def get(self, interface: str, name: str) -> Typed:
        owner, prop = self._find(interface, name)
        return Typed(prop.spec, owner.read()[name])

    async def set(self, interface: str, name: str, value: Boxed) -> None:
        owner, prop = self._find(interface, name)
        if not prop.writable:
            raise UnknownMember("PropertyReadOnly", f"{name} can only be read")
        await owner.setters[name](admit_boxed(prop.spec, value))

    def get_all(self, interface: str) -> dict[str, Typed]:
        return {
            name: Typed(self._contract[owner.interface].properties[name].spec, value)
            for owner in self._owners(interface)
            for name, value in owner.read().items()
        }

    def _find(self, interface: str, name: str) -> tuple[Export, Property]:
        for owner in self._owners(interface):
            if (prop := self._contract[owner.interface].properties.get(name)) is not None:
                return owner, prop
        raise UnknownMember("UnknownProperty", f"there is no property {name} in {interface or 'this object'}")

    def _owners(self, interface: str) -> list[Export]:
        if not interface:
            return list(self._exports.values())
        if interface not in self._exports:
            raise UnknownMember("UnknownInterface", f"this object has no interface {interface}")
        return [self._exports[interface]]


def typed_values(contract: Contract, interface: str, values: Mapping[str, Any]) -> dict[str, Typed]:
    """Property values as PropertiesChanged carries them."""
    return {name: Typed(contract[interface].properties[name].spec, value) for name, value in values.items()}
