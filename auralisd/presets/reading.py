"""Reading: from the text of a preset's file to a Preset, or why not."""

import difflib
import re
import tomllib
from typing import Any

import msgspec

from auralisd.model.plan import LONGEST_ATTACK_MS, LONGEST_RELEASE_MS
from auralisd.model.preset import PRESETS, Preset
from auralisd.model.taste import LOUDEST_TARGET_LUFS, QUIETEST_TARGET_LUFS

RANGES: dict[str, tuple[float, float]] = {
    "target_lufs": (QUIETEST_TARGET_LUFS, LOUDEST_TARGET_LUFS),
    "correction": (0.0, 1.0),
    "low_shelf_db": (-18.0, 18.0),
    "low_mid_db": (-18.0, 18.0),
    "mid_db": (-18.0, 18.0),
    "high_mid_db": (-18.0, 18.0),
    "high_shelf_db": (-18.0, 18.0),
    "bass_db": (-6.0, 6.0),
    "treble_db": (-6.0, 6.0),
    "width_db": (-12.0, 6.0),
    "ratio": (1.0, 4.0),
    "threshold_db": (-24.0, 12.0),
    "attack_ms": (1.0, LONGEST_ATTACK_MS),
    "release_ms": (20.0, LONGEST_RELEASE_MS),
}
"""Every parameter of a preset that is a number, with the least and the most that it may be."""

_TEXTS: dict[str, int] = {"label": 64, "description": 300}
_KEYS = ("based_on", *_TEXTS, *RANGES)
_NAME = re.compile(r"[a-z0-9_-]{1,32}")
_DEFAULT_BASE = "adaptive"


class PresetRefused(Exception):
    """This file is no preset: why, and what to do about it."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}; {remedy}")
        self.reason = reason
        self.remedy = remedy


def check_name(name: str) -> None:
    """Raises PresetRefused for a name (the file's, without `.toml`) that no preset of one's own can have."""
    if not _NAME.fullmatch(name):
        raise PresetRefused("its name is none that can be asked for", "rename it: a–z, 0–9, _ and -, at most 32")
    if name in PRESETS:
        raise PresetRefused(f"{name} comes with the product and is not hidden", "rename it")


def preset_of(name: str, content: bytes) -> Preset:
    """The preset that a file describes: a built-in one with some of its parameters changed.  Raises PresetRefused."""
    check_name(name)
    table = _table(content)
    for key in table:
        if key not in _KEYS:
            raise PresetRefused(f"unknown key {key!r}", _meant(key, _KEYS))
    base = _base(table.pop("based_on", _DEFAULT_BASE))
    texts = {
        "label": re.sub(r"[-_]+", " ", name).strip().capitalize() or name,
        "description": f"Own preset, based on {base.label}",
    }
    numbers = {}
    for key, value in table.items():
        if key in _TEXTS:
            texts[key] = _text(key, value)
        else:
            numbers[key] = _number(key, value)
    return msgspec.structs.replace(base, name=name, own=True, **texts, **numbers)


def _table(content: bytes) -> dict[str, Any]:
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise PresetRefused("not UTF-8", "save it as plain text") from None
    except tomllib.TOMLDecodeError as error:
        raise PresetRefused(f"not valid TOML: {error}", "mend that line") from None
    except (ValueError, RecursionError):  # numbers of thousands of digits, brackets within brackets
        raise PresetRefused("not valid TOML", "write one key = value a line") from None
    if not table:
        # An editor that is about to write leaves a file empty for a moment.
        raise PresetRefused("it says nothing", "write at least based_on")
    return table


def _base(value: object) -> Preset:
    if not isinstance(value, str) or value not in PRESETS:
        remedy = _meant(value, tuple(PRESETS)) if isinstance(value, str) else f"say one of: {', '.join(PRESETS)}"
        raise PresetRefused(f"based_on: {_shown(value)} is no built-in preset", remedy)
    return PRESETS[value]


def _text(key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > _TEXTS[key]:
        raise PresetRefused(f"{key}: {_shown(value)} is no line of text", f"write up to {_TEXTS[key]} characters")
    return value.strip()


def _number(key: str, value: object) -> float:
    low, high = RANGES[key]
    remedy = f"say a number from {low:g} to {high:g}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PresetRefused(f"{key}: {_shown(value)} is no number", remedy)
    if not low <= value <= high:  # so that nan fails too
        raise PresetRefused(f"{key}: {_shown(value)} is out of range", remedy)
    return float(value)


def _meant(word: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"


def _shown(value: object) -> str:
    # Whole numbers of thousands of digits refuse to be spelt.
    text = "so large a number" if isinstance(value, int) and value.bit_length() > 64 else repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
