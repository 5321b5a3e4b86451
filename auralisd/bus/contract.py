"""The contract: `dbus/*.xml` is the one definition of every member; this module reads it.

A comment directly inside an element is its prose.  Beside the standard annotations three of ours say what a
value may be: `org.auralis.Range` (`0..1`, `0..`), `org.auralis.Enum` (words) and `org.auralis.Keys`
(`key=signature` pairs of a map; `*` is any key; `org.auralis.Enum.KEY` holds that key's words, `org.auralis.Range.KEY`
its bounds).  `org.auralis.Costly` says of a method which calls the sender's budget pays for: `always`, or
`ARGUMENT>NUMBER`.
"""

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from auralisd.bus.values import Keys, Spec, parse_one

EMITS_CHANGED = "org.freedesktop.DBus.Property.EmitsChangedSignal"
RANGE = "org.auralis.Range"
ENUM = "org.auralis.Enum"
KEYS = "org.auralis.Keys"
COSTLY = "org.auralis.Costly"

_HEAD = (
    '<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"\n'
    ' "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">\n'
)


@dataclass(frozen=True, slots=True)
class Method:
    name: str
    takes: tuple[Spec, ...]
    gives: tuple[Spec, ...]
    prose: str
    costly: str = ""
    """Which calls are, as the annotation has it."""

    @property
    def signature(self) -> str:
        return signature_of(self.takes)

    def is_costly(self, arguments: Sequence[Any]) -> bool:
        """Whether a call with these (checked) arguments is."""
        if not (name := self.costly.partition(">")[0]) or name == "always":
            return bool(name)
        given = dict(zip((spec.name for spec in self.takes), arguments, strict=True))[name]
        return bool(given > float(self.costly.partition(">")[2]))


@dataclass(frozen=True, slots=True)
class Signal:
    name: str
    carries: tuple[Spec, ...]
    prose: str


@dataclass(frozen=True, slots=True)
class Property:
    """`emits` is `true`, `false`, `const` or `invalidates`, as EmitsChangedSignal has it."""

    name: str
    spec: Spec
    writable: bool
    emits: str
    prose: str


@dataclass(frozen=True, slots=True)
class Interface:
    """One XML file.  `xml` is the interface element without its prose, as Introspect answers it."""

    name: str
    methods: Mapping[str, Method]
    signals: Mapping[str, Signal]
    properties: Mapping[str, Property]
    prose: str
    xml: str


Contract = Mapping[str, Interface]


def signature_of(specs: Iterable[Spec]) -> str:
    return "".join(spec.signature for spec in specs)


def contract_folder() -> Path:
    """Where the XML lies: inside an installed package, else in the checkout beside it."""
    installed = Path(__file__).with_name("contract")
    return installed if installed.is_dir() else Path(__file__).parents[2] / "dbus"


def load(folder: Path | None = None) -> Contract:
    """Every interface by its name."""
    files = sorted((folder or contract_folder()).glob("*.xml"))
    interfaces = [_interface(element) for file in files for element in _parse(file).iter("interface")]
    return {interface.name: interface for interface in interfaces}


def without(contract: Contract, interface: str, name: str) -> Contract:
    """The contract with one property left out, where this machine cannot offer it."""
    whole = contract[interface]
    element = ET.fromstring(whole.xml)
    element.remove(_only(element, name))
    kept = {key: prop for key, prop in whole.properties.items() if key != name}
    return {**contract, interface: replace(whole, properties=kept, xml=ET.tostring(element, "unicode"))}


def node_xml(interfaces: Iterable[Interface], children: Iterable[str]) -> str:
    """What Introspect answers for one object."""
    inner = [interface.xml for interface in interfaces] + [f'<node name="{child}"/>' for child in children]
    return _HEAD + "<node>\n" + "\n".join(inner) + "\n</node>\n"


def _only(element: ET.Element, name: str) -> ET.Element:
    return next(child for child in element if child.get("name") == name)


def _parse(file: Path) -> ET.Element:
    return ET.parse(file, ET.XMLParser(target=ET.TreeBuilder(insert_comments=True))).getroot()


def _interface(element: ET.Element) -> Interface:
    emits = _annotation(element, EMITS_CHANGED) or "true"
    return Interface(
        name=_name(element),
        methods={_name(e): _method(e) for e in element.findall("method")},
        signals={_name(e): Signal(_name(e), _arguments(e), _prose(e)) for e in element.findall("signal")},
        properties={_name(e): _property(e, emits) for e in element.findall("property")},
        prose=_prose(element),
        xml=_bare_xml(element),
    )


def _method(element: ET.Element) -> Method:
    costly = _annotation(element, COSTLY)
    return Method(_name(element), _arguments(element, "in"), _arguments(element, "out"), _prose(element), costly)


def _property(element: ET.Element, emits: str) -> Property:
    return Property(
        name=_name(element),
        spec=_spec(element),
        writable="write" in element.get("access", ""),
        emits=_annotation(element, EMITS_CHANGED) or emits,
        prose=_prose(element),
    )


def _arguments(element: ET.Element, direction: str | None = None) -> tuple[Spec, ...]:
    return tuple(_spec(e) for e in element.findall("arg") if direction is None or e.get("direction") == direction)


def _spec(element: ET.Element) -> Spec:
    signature = element.get("type", "")
    parse_one(signature)
    low, high = _range(_annotation(element, RANGE))
    return Spec(
        name=_name(element),
        signature=signature,
        low=low,
        high=high,
        words=tuple(_annotation(element, ENUM).split()),
        keys=_keys(element),
    )


def _keys(element: ET.Element) -> Keys | None:
    pairs = [pair.split("=", 1) for pair in _annotation(element, KEYS).split()]
    owner = _name(element)
    return {key: _key_spec(element, f"{owner}.{key}", key, signature) for key, signature in pairs} or None


def _key_spec(element: ET.Element, name: str, key: str, signature: str) -> Spec:
    low, high = _range(_annotation(element, f"{RANGE}.{key}"))
    return Spec(name, signature, low=low, high=high, words=tuple(_annotation(element, f"{ENUM}.{key}").split()))


def _range(text: str) -> tuple[float, float]:
    low, _, high = text.partition("..")
    return float(low or -math.inf), float(high or math.inf)


def _name(element: ET.Element) -> str:
    return element.attrib["name"]


def _annotation(element: ET.Element, name: str) -> str:
    found = (e.get("value", "") for e in element.findall("annotation") if e.get("name") == name)
    return next(found, "")


def _prose(element: ET.Element) -> str:
    comments = (e.text or "" for e in element if not isinstance(e.tag, str))  # a comment's tag is a function
    return " ".join(next(comments, "").split())


def _bare_xml(element: ET.Element) -> str:
    copy = ET.fromstring(ET.tostring(element, "unicode"))  # the plain parser drops comments
    ET.indent(copy, " ")
    return ET.tostring(copy, "unicode").strip()
