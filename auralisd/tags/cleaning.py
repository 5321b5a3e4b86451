"""Cleaning: words from strangers, made fit for a database, a bus and a screen."""

import re
import unicodedata
from collections.abc import Iterable

_MAX_CHARACTERS = 1024
_MAX_VALUES = 64
_MAX_NUMBER = 99_999

# Controls (C0, DEL, C1) end a word; surrogates, private line separators and non-characters are nothing at all.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NOT_CHARACTERS = re.compile(r"[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_NUMBER = re.compile(r"\s*(\d{1,9})")


def clean_text(text: str) -> str:
    """One line, composed (NFC), without controls or surrogates, at most 1024 characters; may be empty."""
    one_line = _CONTROLS.sub(" ", _NOT_CHARACTERS.sub("", text))
    return unicodedata.normalize("NFC", one_line[: 2 * _MAX_CHARACTERS].strip())[:_MAX_CHARACTERS].strip()


def clean_values(texts: Iterable[object]) -> tuple[str, ...]:
    """Each value once and in order, empty ones left out; a NUL inside a value separates two (ID3v2.4)."""
    values: dict[str, None] = {}
    for text in texts:
        for part in str(text).split("\0"):
            if (value := clean_text(part)) and len(values) < _MAX_VALUES:
                values[value] = None
    return tuple(values)


def clean_number(text: str | None) -> int | None:
    """The number before any slash ("3/12" is 3); None for nothing, zero or nonsense."""
    found = _NUMBER.match(text or "")
    number = int(found[1]) if found else 0
    return number if 0 < number <= _MAX_NUMBER else None
