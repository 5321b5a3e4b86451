"""Values on the bus: their types as D-Bus writes them, checked when they come in, shaped when they go out.

This is the one place where an argument or a property is held against the contract: type, finite, range,
known word, known key, size.  Pure.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from auralisd.bus.text import MAX_TEXT_BYTES, bus_text, is_object_path
from auralisd.errors import InvalidRequest

MAX_ELEMENTS = 10_000
"""Longer arrays are refused."""

INTEGERS = "ynqiuxt"
ANY_KEY = "*"


@dataclass(frozen=True, slots=True)
class Type:
    """One complete D-Bus type; `inner` holds the element of an array, the members of a struct or dict entry."""

    token: str
    inner: tuple["Type", ...] = ()


@dataclass(frozen=True, slots=True)
class Boxed:
    """A value of type `v` that came in: it carries its own signature."""

    signature: str
    value: Any


@dataclass(frozen=True, slots=True)
class Spec:
    """What one argument or property may be.

    `low` and `high` bound each number in it, `words` are the texts it may hold (() = any), `keys` says what
    its maps may hold (`*` = any key; None = says nothing).
    """

    name: str
    signature: str
    low: float = -math.inf
    high: float = math.inf
    words: tuple[str, ...] = ()
    keys: "Keys | None" = None
    kind: Type = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", parse_one(self.signature))

    @property
    def range_words(self) -> str:
        if self.high == math.inf:
            return f"at least {self.low:g}"
        return f"between {self.low:g} and {self.high:g}"


Keys = Mapping[str, Spec]


@dataclass(frozen=True, slots=True)
class Typed:
    """A value of type `v` that goes out, with what the contract says of it."""

    spec: Spec
    value: Any


class UndeclaredKey(Exception):
    """We are about to send a map with a key that the contract does not have: our own mistake."""


def parse_one(signature: str) -> Type:
    """The one complete type that `signature` is."""
    parsed, rest = _take(signature)
    if rest:
        raise ValueError(f"{signature!r} is more than one type")
    return parsed


def parse_all(signature: str) -> tuple[Type, ...]:
    """The complete types of a message's signature, in order."""
    types = []
    while signature:
        first, signature = _take(signature)
        types.append(first)
    return tuple(types)


def _take(signature: str) -> tuple[Type, str]:
    token, rest = signature[0], signature[1:]
    if token == "a":
        element, rest = _take(rest)
        return Type("a", (element,)), rest
    if token in "({":
        members, closing = [], {"(": ")", "{": "}"}[token]
        while not rest.startswith(closing):
            member, rest = _take(rest)
            members.append(member)
        return Type(token, tuple(members)), rest[1:]
    return Type(token), rest


def admit(spec: Spec, value: Any) -> Any:
    """`value` of the right type, as plain Python; raises InvalidRequest naming the argument and what is right."""
    return _admit(spec, spec.kind, value)


def admit_boxed(spec: Spec, boxed: Boxed) -> Any:
    """The same for a value that came as a variant; an integer is taken where a number of type d is wanted."""
    if boxed.signature == spec.signature:
        return admit(spec, boxed.value)
    if spec.signature == "d" and boxed.signature and boxed.signature in INTEGERS:
        return admit(spec, float(boxed.value))
    raise InvalidRequest(f"{spec.name} is of type {spec.signature}, not {boxed.signature}")


def _admit(spec: Spec, kind: Type, value: Any) -> Any:
    match kind.token:
        case "d":
            return _admit_number(spec, value)
        case "s" | "o":
            return _admit_text(spec, value)
        case "a" if kind.inner[0].token == "{":
            return _admit_map(spec, kind.inner[0], value)
        case "a":
            _admit_length(spec, value)
            return [_admit(spec, kind.inner[0], element) for element in value]
        case "(":
            return tuple(_admit(spec, member, part) for member, part in zip(kind.inner, value, strict=True))
        case token if token in INTEGERS:
            return _admit_number(spec, value)
        case _:
            return value


def _admit_number(spec: Spec, value: float) -> float:
    if not math.isfinite(value):
        raise InvalidRequest(f"{spec.name} must be a finite number")
    if not spec.low <= value <= spec.high:
        raise InvalidRequest(f"{spec.name} must be {spec.range_words}")
    return value


def _admit_text(spec: Spec, value: str) -> str:
    if len(value) > MAX_TEXT_BYTES or len(value.encode()) > MAX_TEXT_BYTES:
        raise InvalidRequest(f"{spec.name} is longer than {MAX_TEXT_BYTES} bytes")
    if spec.words and value not in spec.words:
        raise InvalidRequest(f"{spec.name} must be one of: {' '.join(spec.words)}")
    return value


def _admit_length(spec: Spec, value: Any) -> None:
    if len(value) > MAX_ELEMENTS:
        raise InvalidRequest(f"{spec.name} holds more than {MAX_ELEMENTS} elements")


def _admit_map(spec: Spec, entry: Type, value: Mapping[str, Any]) -> dict[str, Any]:
    _admit_length(spec, value)
    if entry.inner[1].token != "v" or spec.keys is None:
        return {_admit(spec, entry.inner[0], k): _admit(spec, entry.inner[1], v) for k, v in value.items()}
    admitted = {}
    for key, boxed in value.items():
        if key not in spec.keys:
            raise InvalidRequest(f"{spec.name} knows only: {' '.join(spec.keys)}")
        admitted[key] = admit_boxed(spec.keys[key], boxed)
    return admitted


Box = Callable[[str, Any], Any]
"""Makes a D-Bus library's own variant of a signature and a shaped value."""


def shape(spec: Spec, value: Any, box: Box) -> Any:
    """`value` as a D-Bus library wants it: texts sanitised, maps boxed with the types that the contract gives.

    Raises UndeclaredKey, and ValueError for an object path that is none.
    """
    return _shape(spec.kind, value, spec.keys, box)


def _shape(kind: Type, value: Any, keys: Keys | None, box: Box) -> Any:
    match kind.token:
        case "s":
            return bus_text(value)
        case "o":
            if not is_object_path(value):
                raise ValueError("not an object path")
            return value
        case "d":
            return float(value)
        case "v":
            return box(value.spec.signature, shape(value.spec, value.value, box))
        case "a" if kind.inner[0].token == "{":
            return _shape_map(kind.inner[0], value, keys, box)
        case "a":
            return [_shape(kind.inner[0], element, keys, box) for element in value]
        case "(":
            return [_shape(member, part, keys, box) for member, part in zip(kind.inner, value, strict=True)]
        case _:
            return value


def _shape_map(entry: Type, value: Mapping[Any, Any], keys: Keys | None, box: Box) -> dict[Any, Any]:
    of_key, of_value = entry.inner
    if of_value.token != "v":
        return {_shape(of_key, k, keys, box): _shape(of_value, v, keys, box) for k, v in value.items()}
    typed = (e if isinstance(e, Typed) else Typed(_declared(key, keys), e) for key, e in value.items())
    return {
        _shape(of_key, key, None, box): box(element.spec.signature, shape(element.spec, element.value, box))
        for key, element in zip(value, typed, strict=True)
    }


def _declared(key: str, keys: Keys | None) -> Spec:
    allowed = keys or {}
    spec = allowed.get(key, allowed.get(ANY_KEY))
    if spec is None:
        raise UndeclaredKey(f"the contract has no key {key!r} here")
    return spec
