"""docs/dbus.md from `dbus/*.xml`: `python -m auralisd.bus.document [FILE]` writes it, by default into the checkout."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from auralisd.bus import contract as contracts
from auralisd.bus.contract import Interface, Method, Property
from auralisd.bus.values import ANY_KEY, Spec

STANDARD = "org.freedesktop."
PAGE = Path(__file__).parents[2] / "docs" / "dbus.md"

_HEAD = """# The D-Bus interfaces

This page is generated from `dbus/*.xml`, the one definition of every member: `python -m auralisd.bus.document`.

| bus name | object | interfaces |
|---|---|---|
| `org.mpris.MediaPlayer2.auralis` | `/org/mpris/MediaPlayer2` | `org.mpris.MediaPlayer2`, its `Player`, `TrackList` |
| `org.auralis.Auralis1` | `/org/auralis/Auralis1` | `org.auralis.Auralis1.*` but for `Job` |
| `org.auralis.Auralis1` | `/org/auralis/Auralis1/job/<n>` | `org.auralis.Auralis1.Job` |
| `org.auralis.Auralis1` | `/org/freedesktop/LogControl1` | `org.freedesktop.LogControl1` |

A second instance owns `org.mpris.MediaPlayer2.auralis.instance<PID>` and nothing else.

A track of the library is a number (`t`), stable through moves and renames; a place in the queue is a number (`u`)
that is never used again, in MPRIS `/org/auralis/Auralis1/entry/<n>`. In rows and maps an absent value is an absent
key. Paged replies hold at most 500 rows (a limit of 0 means 50); an empty `next_cursor` says that there is no more.

Errors: `org.freedesktop.DBus.Error.` `InvalidArgs`, `UnknownObject`, `UnknownInterface`, `UnknownMethod`,
`UnknownProperty`, `PropertyReadOnly`, `Failed`; `org.auralis.Auralis1.Error.` `NotFound`, `NotSupported`, `Busy`,
`LimitExceeded`, `Unavailable`, `Conflict`, `ReadOnly`. After an error nothing has changed.
Texts up to 64 KiB and arrays up to 10,000 elements are taken; numbers must be finite.
Each client has a budget for the calls named costly below, 10 a second and 20 at once (`[limits]` in the configuration);
beyond it they are answered with `LimitExceeded`. Nothing else is counted.
"""


def page(contract: contracts.Contract) -> str:
    """The whole page."""
    interfaces = sorted(contract.values(), key=lambda interface: (interface.name.startswith(STANDARD), interface.name))
    return "\n".join([_HEAD, *(line for interface in interfaces for line in _interface(interface))])


def main(arguments: list[str]) -> None:
    target = Path(arguments[0]) if arguments else PAGE
    target.write_text(page(contracts.load()), encoding="utf-8")


def _interface(interface: Interface) -> Iterator[str]:
    yield f"## {interface.name}\n\n{interface.prose}\n"
    for method in interface.methods.values():
        yield f"**{method.name}**({_arguments(method.takes)}){_results(method)}  \n{method.prose}{_costs(method)}"
        yield from _bounds(*method.takes, *method.gives)
        yield ""
    for signal in interface.signals.values():
        yield f"Signal **{signal.name}**({_arguments(signal.carries)})  \n{signal.prose}"
        yield from _bounds(*signal.carries)
        yield ""
    for prop in interface.properties.values():
        yield f"Property **{prop.name}** {_kind(prop)}  \n{prop.prose}"
        yield from _bounds(prop.spec)
        yield ""


def _arguments(specs: tuple[Spec, ...]) -> str:
    return ", ".join(f"`{spec.signature} {spec.name}`" for spec in specs)


def _results(method: Method) -> str:
    return f" → {_arguments(method.gives)}" if method.gives else ""


def _costs(method: Method) -> str:
    """Which calls the sender's budget pays for, in words."""
    if not method.costly:
        return ""
    name, _, bound = method.costly.partition(">")
    return " Costly." if name == "always" else f" Costly with `{name}` over {bound}."


def _kind(prop: Property) -> str:
    access = "read and write" if prop.writable else "read"
    unsignalled = {"true": "", "const": ", never changes", "invalidates": ", signalled without its value"}.get(
        prop.emits, ", not signalled"
    )
    return f"`{prop.spec.signature}`, {access}{unsignalled}"


def _bounds(*specs: Spec) -> Iterator[str]:
    """A list of what the values may be, where the contract says it."""
    for spec in specs:
        if spec.words:
            yield f"* `{spec.name}` is one of {_words(spec.words)}"
        if (spec.low, spec.high) != (float("-inf"), float("inf")):
            yield f"* `{spec.name}` is {spec.range_words}"
        if spec.keys:
            yield f"* `{spec.name}` holds {_words(_key(key, of) for key, of in spec.keys.items())}"
            yield from _bounds(*spec.keys.values())


def _key(key: str, spec: Spec) -> str:
    return f"{'any key' if key == ANY_KEY else key} {spec.signature}"


def _words(words: Iterable[str]) -> str:
    return " ".join(f"`{word}`" for word in words)


if __name__ == "__main__":
    main(sys.argv[1:])
