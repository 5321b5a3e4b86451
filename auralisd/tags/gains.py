"""Gains that a file's tags name: ReplayGain 2.0 and R128 (RFC 7845), as gain to −18 LUFS.

What is no number, or cannot be meant, is as good as absent.
"""

import re
from collections.abc import Callable

from auralisd.model.taste import TaggedGain

GAIN_KEYS = (
    "replaygain_track_gain",
    "replaygain_track_peak",
    "replaygain_album_gain",
    "replaygain_album_peak",
    "r128_track_gain",
    "r128_album_gain",
)
"""In lower case: programs do not agree on the case."""

_MOST_DB = 64.0
_MOST_PEAK = 64.0
_R128_TO_REPLAYGAIN_DB = 5.0
"""From −23 LUFS to −18."""

_NUMBER = re.compile(r"([+-]?\d{0,9}[.,]?\d{1,20}(?:e[+-]?\d{1,3})?)\s*(?:dB|LU)?", re.ASCII | re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?\d{1,5}", re.ASCII)


def tagged_gain(kind: str, word: Callable[[str], str | None]) -> TaggedGain | None:
    """The gain of `kind` (`track` or `album`) in the words under GAIN_KEYS.

    R128 goes first: where it may stand, RFC 7845 forbids the other.
    """
    gain_db = _r128_db(word(f"r128_{kind}_gain"))
    if gain_db is None:
        gain_db = _number(word(f"replaygain_{kind}_gain"))
    if gain_db is None or abs(gain_db) > _MOST_DB:
        return None
    peak = _number(word(f"replaygain_{kind}_peak"))
    return TaggedGain(gain_db, peak if peak is not None and 0.0 < peak <= _MOST_PEAK else None)


def _number(text: str | None) -> float | None:
    """A number with or without its unit (`-6.48 dB`); some write a decimal comma."""
    found = _NUMBER.fullmatch(text.strip()) if text else None
    return float(found[1].replace(",", ".")) if found else None


def _r128_db(text: str | None) -> float | None:
    """A whole number of 1/256 dB."""
    found = _WHOLE.fullmatch(text.strip()) if text else None
    return int(found[0]) / 256.0 + _R128_TO_REPLAYGAIN_DB if found else None
