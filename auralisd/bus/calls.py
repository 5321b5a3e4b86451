"""Calls: what came over the wire, and the small typed handlers that answer it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Handler = Callable[..., Any]
"""Takes a method's arguments as plain Python, gives its results (none: None, one: itself, more: a tuple).

May be a coroutine function; then other calls are answered meanwhile.
"""

Setter = Callable[[Any], Any]
Reader = Callable[[], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Call:
    """One method call; `interface` is "" when the caller left it out."""

    path: str
    interface: str
    member: str
    signature: str
    arguments: tuple[Any, ...]
    sender: str
    serial: int
    wants_reply: bool


def nothing() -> dict[str, Any]:
    """The properties of an interface without any."""
    return {}


@dataclass(frozen=True, slots=True)
class Export:
    """One interface as it is served: a handler for each method, a setter for each property that can be set,
    one reader for all property values, and the signals that somebody sends."""

    interface: str
    methods: Mapping[str, Handler] = field(default_factory=dict)
    setters: Mapping[str, Setter] = field(default_factory=dict)
    read: Reader = nothing
    signals: tuple[str, ...] = ()
