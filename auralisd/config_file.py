"""The configuration file: every key with its type, its bounds, its default, what it does and when it comes into force.

This is the one definition of a setting: the file is held against it, and so is what is set while the daemon runs.
An unknown key, a wrong type or a value out of range is refused with the key, the reason and the remedy.
"""

import difflib
import math
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, inspect

from auralisd.errors import StartRefused

LIVE: Final = {"applies": "live", "writable": True}
"""May be set over the bus, and comes into force at once."""

NEXT_START: Final = {"applies": "restart", "writable": True}
"""May be set over the bus; it says what the next start does."""

MACHINE: Final = {"applies": "restart", "writable": False}
"""Belongs to the machine, and is read from the file at the start."""


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The section `[limits]`: whom they bind cannot lift them, so they are set in the file alone."""

    costly_per_second: Annotated[
        float,
        Meta(
            ge=0,
            le=10_000,
            description="How many costly calls each client has a second, in the long run. 0: no bound.",
            extra=MACHINE,
        ),
    ] = 10.0
    costly_burst: Annotated[
        int, Meta(ge=1, le=10_000, description="How many of them it may have at once, after a rest.", extra=MACHINE)
    ] = 20


class FileConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`auralisd.toml`, every key with its default."""

    music_folders: Annotated[
        tuple[str, ...],
        Meta(
            description="The music folders, absolute or beginning with ~; over the bus they are told by their names. "
            "Library.AddFolder and RemoveFolder change while the daemon runs what is kept beside these.",
            extra=MACHINE,
        ),
    ] = ()
    output: Annotated[
        str,
        Meta(
            description="auto, alsa, alsa:DEVICE, silent or file:PATH.wav; unsaid, it is auto at a terminal and alsa "
            "for a service, which nobody sees falling silent. Output.Device chooses another while the daemon runs.",
            extra=MACHINE,
        ),
    ] = ""
    sound_idle_minutes: Annotated[
        float, Meta(ge=0.05, le=1440, description="Of silence, after which the sound process ends.", extra=LIVE)
    ] = 10.0
    mpris_presence: Annotated[
        Literal["always", "queue"],
        Meta(description="Own the media-player name always, or only while the queue holds something.", extra=LIVE),
    ] = "always"
    startup_queue: Annotated[
        Literal["resume", "library", "none"],
        Meta(
            description="What a start finds in the queue: what stood there (resume), and at the very first start the "
            "library (library); or nothing.",
            extra=NEXT_START,
        ),
    ] = "library"
    resume_playing: Annotated[
        bool,
        Meta(
            description="What was playing when the daemon ended plays on when it is back; else it comes back paused.",
            extra=NEXT_START,
        ),
    ] = False
    publish_file_urls: Annotated[
        bool,
        Meta(description="xesam:url in the metadata, which tells every client where the file lies.", extra=LIVE),
    ] = False
    measure_on_battery: Annotated[
        bool, Meta(description="Measure the library while no mains feeds the machine, too.", extra=LIVE)
    ] = True
    measure_max_load: Annotated[
        float,
        Meta(
            ge=0,
            le=64,
            description="Do not measure the library while others load each core by more than that. 0: no bound.",
            extra=LIVE,
        ),
    ] = 0.0
    render_cache_mb: Annotated[
        int,
        Meta(
            ge=0,
            le=4096,
            description="The memory for finished sound that may be heard again (three chunks of 10 s where that is "
            "more); the sound process takes it when it is started.",
            extra=MACHINE,
        ),
    ] = 64
    mixer: Annotated[
        Literal["software", "hardware"],
        Meta(description="Who makes it quieter: we, or the device's own mixer where it has one.", extra=MACHINE),
    ] = "software"
    resume_when_back: Annotated[
        bool, Meta(description="What played when its device went away plays on when it is back.", extra=LIVE)
    ] = True
    pause_for_sleep: Annotated[
        bool,
        Meta(
            description="The music pauses before the machine is suspended, and plays on afterwards.",
            extra=LIVE,
        ),
    ] = True
    keep_awake: Annotated[
        bool, Meta(description="While music plays, the machine does not fall asleep of itself.", extra=LIVE)
    ] = True
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(
            description="What the log holds from the start on; org.freedesktop.LogControl1 changes it for this run.",
            extra=MACHINE,
        ),
    ] = "info"
    limits: Limits = Limits()


class Described(msgspec.Struct, frozen=True):
    """What may be said of one key; one of a section is `section.key`.

    `kind` is bool, int, float, str or tuple (of texts).  `low` and `high` bound a number, `words` are all that a text
    may be (() = any).  `applies` is `live` or `restart`, `writable` whether it may be set while the daemon runs.
    """

    key: str
    kind: type
    default: Any
    low: float
    high: float
    words: tuple[str, ...]
    applies: str
    writable: bool
    prose: str


def described(kind: type[msgspec.Struct] = FileConfig, section: str = "") -> tuple[Described, ...]:
    """Every key, in the order of the file."""
    told = inspect.type_info(kind)
    assert isinstance(told, inspect.StructType)
    return tuple(each for field in told.fields for each in _described(field, section))


def flat(file: FileConfig | Limits, section: str = "") -> dict[str, Any]:
    """Key → value, as `described` names them."""
    values: dict[str, Any] = {}
    for name in file.__struct_fields__:
        value = getattr(file, name)
        values |= flat(value, f"{name}.") if isinstance(value, Limits) else {section + name: value}
    return values


def suggestion(key: str, known: Iterable[str]) -> str:
    """What was meant by an unknown key, or what there is."""
    known = tuple(known)
    near = difflib.get_close_matches(key, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}"


def named(refusal: msgspec.ValidationError) -> str:
    """msgspec ends its texts with `- at `$.key``: the key goes first."""
    reason, _, place = str(refusal).partition(" - at `$.")
    return f"{place.rstrip('`')}: {reason}" if place else reason


def read_file(path: Path, *, must_exist: bool) -> FileConfig:
    """Raises StartRefused; its text names the file, and not where it lies."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if not must_exist:
            return FileConfig()
        raise StartRefused(f"{path.name}: no such configuration file; leave --config out or create it") from None
    except (OSError, UnicodeDecodeError) as reason:
        raise StartRefused(f"{path.name}: cannot be read ({_words(reason)}); mend its permissions or text") from reason
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as reason:
        raise StartRefused(f"{path.name}: not valid TOML: {reason}; mend that line") from reason
    return _checked(table, path.name)


def _checked(table: dict[str, Any], file_name: str) -> FileConfig:
    _must_be_known(table, FileConfig, file_name)
    if isinstance(limits := table.get("limits"), dict):
        _must_be_known(limits, Limits, f"{file_name}: [limits]")
    try:
        return msgspec.convert(table, FileConfig)
    except msgspec.ValidationError as reason:
        raise StartRefused(f"{file_name}: {named(reason)}; mend that value") from reason


def _must_be_known(table: dict[str, Any], kind: type[msgspec.Struct], place: str) -> None:
    for key in table:
        if key not in kind.__struct_fields__:
            raise StartRefused(f"{place}: unknown key {key!r}; {suggestion(key, kind.__struct_fields__)}")


def _described(field: inspect.Field, section: str) -> Iterator[Described]:
    told = field.type
    if isinstance(told, inspect.StructType):
        yield from described(told.cls, f"{field.name}.")
        return
    assert isinstance(told, inspect.Metadata)
    low, high = getattr(told.type, "ge", None), getattr(told.type, "le", None)
    yield Described(
        key=section + field.name,
        kind=type(field.default),
        default=field.default,
        low=-math.inf if low is None else low,
        high=math.inf if high is None else high,
        words=tuple(map(str, told.type.values)) if isinstance(told.type, inspect.LiteralType) else (),
        prose=(told.extra_json_schema or {})["description"],
        **(told.extra or {}),
    )


def _words(reason: Exception) -> str:
    return reason.strerror or str(reason) if isinstance(reason, OSError) else "not UTF-8"
