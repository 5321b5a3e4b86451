"""Objects: which interfaces lie on which path; whole and true to the contract, or the daemon does not start."""

import inspect
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from auralisd.bus.calls import Call, Export, Handler
from auralisd.bus.contract import Contract, Interface, Method
from auralisd.bus.refusals import UnknownMember
from auralisd.bus.standard import Introspectable, Peer, Properties
from auralisd.bus.values import INTEGERS, Boxed, Spec
from auralisd.errors import StartRefused

Exports = Mapping[str, Export]


class Objects:
    """Every path we answer on, their parents included.

    `passing` are exports like those of objects that come and go: they are held against the contract at the start, when
    none of them is there yet.
    """

    def __init__(
        self,
        contract: Contract,
        faces: Mapping[str, Sequence[Export]],
        *,
        machine_id: str,
        passing: Sequence[Export] = (),
    ) -> None:
        self._contract = contract
        self._machine_id = machine_id
        self._faces = dict(faces)
        self._built: dict[str, Exports] | None = None
        served = [export for exports in self._by_path.values() for export in exports.values()]
        _must_agree(contract, [*served, *passing])

    def appear(self, path: str, faces: Sequence[Export]) -> None:
        """From now on there is an object at `path`, and its parents show the way to it."""
        self._faces[path] = faces
        self._built = None

    def vanish(self, path: str) -> None:
        """The object at `path` is gone, and parents that led to nothing else are too."""
        del self._faces[path]
        self._built = None

    def find(self, call: Call) -> tuple[Method, Handler]:
        """The method that a call names and what answers it; raises UnknownMember."""
        exports = self._by_path.get(call.path)
        if exports is None:
            raise UnknownMember("UnknownObject", f"there is no object {call.path}")
        if call.interface and call.interface not in exports:
            raise UnknownMember("UnknownInterface", f"{call.path} has no interface {call.interface}")
        for export in [exports[call.interface]] if call.interface else exports.values():
            if call.member in export.methods:
                return self._contract[export.interface].methods[call.member], export.methods[call.member]
        raise UnknownMember("UnknownMethod", f"there is no method {call.member} here")

    @property
    def _by_path(self) -> dict[str, Exports]:
        """Built when it is asked for: a hundred objects may come or go at once."""
        if self._built is None:
            self._built = {
                path: _whole_object(self._contract, self._faces.get(path, ()), children, self._machine_id)
                for path, children in _tree(self._faces).items()
            }
        return self._built


def _tree(faces: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Each path from `/` down to the faces, with the names of its children."""
    children: dict[str, set[str]] = {"/": set()}
    for path in faces:
        parent = "/"
        for name in path.strip("/").split("/"):
            children[parent].add(name)
            parent = f"{parent.rstrip('/')}/{name}"
            children.setdefault(parent, set())
    return {path: tuple(sorted(names)) for path, names in children.items()}


def _whole_object(
    contract: Contract, faces: Sequence[Export], children: tuple[str, ...], machine_id: str
) -> dict[str, Export]:
    exports = {export.interface: export for export in [*faces, Peer(machine_id).export()]}
    if faces:
        properties = Properties(contract, exports).export()
        exports[properties.interface] = properties
    names = (*exports, "org.freedesktop.DBus.Introspectable")
    introspectable = Introspectable(contract, names, children).export()
    return {**exports, introspectable.interface: introspectable}


# --- the start-up check ------------------------------------------------------------------------------


def _must_agree(contract: Contract, exports: Sequence[Export]) -> None:
    """Raises StartRefused with everything in which the code and `dbus/*.xml` differ."""
    served = {export.interface for export in exports}
    differences = [f"nothing serves {name}" for name in contract if name not in served]
    for export in exports:
        if export.interface in contract:
            differences += _differences(contract[export.interface], export)
        else:
            differences.append(f"{export.interface} is served, but not in the contract")
    if differences:
        raise StartRefused("the D-Bus contract and the code disagree: " + "; ".join(sorted(set(differences))))


def _differences(interface: Interface, export: Export) -> Iterator[str]:
    writable = {name for name, prop in interface.properties.items() if prop.writable}
    for what, declared, made in (
        ("method", set(interface.methods), set(export.methods)),
        ("signal", set(interface.signals), set(export.signals)),
        ("property", set(interface.properties), set(export.read())),
        ("setter of property", writable, set(export.setters)),
    ):
        for name in declared ^ made:
            yield f"{interface.name}.{name}: {what} " + ("is not served" if name in declared else "is not declared")
    for name in interface.methods.keys() & export.methods.keys():
        method = interface.methods[name]
        yield from _misfit(f"{interface.name}.{name}", export.methods[name], method.takes, method.gives)
    for name in writable & export.setters.keys():
        spec = interface.properties[name].spec
        yield from _misfit(f"setter of {interface.name}.{name}", export.setters[name], (spec,), ())


def _misfit(name: str, handler: Handler, takes: tuple[Spec, ...], gives: tuple[Spec, ...]) -> Iterator[str]:
    """Whether a handler takes what the contract says, in number and types, and gives as many results."""
    hints = typing.get_type_hints(handler)
    given = hints.pop("return", None)
    parameters = list(inspect.signature(handler).parameters)
    wanted = [_python_type(spec.signature) for spec in takes]
    if [hints.get(parameter) for parameter in parameters] != wanted:
        yield f"{name}: the handler takes {parameters}, the contract has {[spec.signature for spec in takes]}"
    count = len(typing.get_args(given)) if len(gives) > 1 else int(given is not type(None))
    if count != len(gives):
        yield f"{name}: the handler gives {count} results, the contract has {len(gives)}"


def _python_type(signature: str) -> Any:
    """How a handler annotates an argument of this type."""
    if signature in INTEGERS:
        return int
    if signature == "a{sv}":
        return dict[str, Any]
    if signature.startswith("a"):
        return list[_python_type(signature[1:])]  # type: ignore[misc]  # built at run time
    return {"s": str, "o": str, "b": bool, "d": float, "v": Boxed}[signature]
