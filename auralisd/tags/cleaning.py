"""Cleaning: words from strangers, made fit for a database, a bus and a screen."""

import re
import unicodedata
from collections.abc import Iterable

from auralisd.model.track import parted_guest

_MAX_CHARACTERS = 1024
_MAX_VALUES = 64
_MAX_NUMBER = 99_999
_MOST_BPM = 1_000.0
_READ_CHARACTERS = 65_536
"""No more is looked at of one value: a comment may hold a picture in letters."""

# Controls (C0, DEL, C1) end a word; surrogates, private line separators and non-characters are nothing at all.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NOT_CHARACTERS = re.compile(r"[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_NUMBER = re.compile(r"\s*(\d{1,9})", re.ASCII)
_TEMPO = re.compile(r"\s*(\d{1,4}(?:[.,]\d{1,9})?)\s*(?:bpm)?\s*", re.ASCII | re.IGNORECASE)
_DATE = re.compile(r"(?<!\d)([12]\d{3})(?:(?:-|/|\.|)(\d{2})(?:(?:-|/|\.|)(\d{2}))?)?(?!\d)", re.ASCII)
_YEAR = re.compile(r"(?<!\d)([12]\d{3})(?!\d)", re.ASCII)


def clean_text(text: str) -> str:
    """One line, composed (NFC), without controls or surrogates, at most 1024 characters; may be empty."""
    one_line = _CONTROLS.sub(" ", _NOT_CHARACTERS.sub("", text[: 4 * _MAX_CHARACTERS]))
    return unicodedata.normalize("NFC", one_line[: 2 * _MAX_CHARACTERS].strip())[:_MAX_CHARACTERS].strip()


def clean_values(texts: Iterable[object]) -> tuple[str, ...]:
    """Each value once and in order, empty ones left out; a NUL inside a value separates two (ID3v2.4)."""
    values: dict[str, None] = {}
    for text in texts:
        for part in str(text)[:_READ_CHARACTERS].split("\0"):
            if len(values) == _MAX_VALUES:
                return tuple(values)
            if value := clean_text(part):
                values[value] = None
    return tuple(values)


def clean_artists(names: Iterable[str]) -> tuple[str, ...]:
    """Each artist once; "Ada feat. Bob" are two.  Nothing else parts a name: AC/DC, Earth, Wind & Fire."""
    artists: dict[str, None] = {}
    for name in names:
        host, guest = parted_guest(name)
        artists.update(dict.fromkeys(filter(None, (host, guest))))
    return tuple(artists)[:_MAX_VALUES]


def clean_genres(names: Iterable[str]) -> tuple[str, ...]:
    """Each genre once; many programs write several into one value, with semicolons between."""
    return clean_values(part for name in names for part in name.split(";"))


def clean_date(text: str | None) -> str | None:
    """`YYYY`, `YYYY-MM` or `YYYY-MM-DD`, as far as it is said and can be; None without a year."""
    if found := _DATE.search(text or ""):
        year, month, day = found.groups(default="")
        if not "01" <= month <= "12":
            return year
        return f"{year}-{month}-{day}" if "01" <= day <= "31" else f"{year}-{month}"
    year_alone = _YEAR.search(text or "")
    return year_alone[1] if year_alone else None


def clean_tempo(text: str | None) -> float | None:
    """Beats in a minute."""
    found = _TEMPO.fullmatch(text or "")
    tempo = float(found[1].replace(",", ".")) if found else 0.0
    return tempo if 0.0 < tempo <= _MOST_BPM else None


def is_yes(text: str | None) -> bool:
    return (text or "").lower() in {"1", "true", "yes"}


def clean_number(text: str | None) -> int | None:
    """The number before any slash ("3/12" is 3); None for nothing, zero or nonsense."""
    found = _NUMBER.match(text or "")
    number = int(found[1]) if found else 0
    return number if 0 < number <= _MAX_NUMBER else None
