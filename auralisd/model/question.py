"""Questions: what an expression asks of a track, as a tree."""

from typing import TypeAlias

import msgspec

TEXT = ("title", "artist", "album", "genre", "album_artist", "composer", "comment")
"""What `field:word` and `field=="exact"` may name."""
VALUES = ("format", "mbid")
"""What `field==value` may name: one value as a whole."""
NUMBERS = (
    "year",
    "track_number",
    "disc_number",
    "duration",
    "rate_hz",
    "channels",
    "bits",
    "bitrate",
    "bpm",
    "loudness",
    "true_peak",
    "rating",
    "plays",
    "skips",
)
"""`duration` is in seconds; a number that is not known is neither more nor less than any."""
BELOW_ZERO = ("loudness", "true_peak")
"""Of these numbers, in LUFS and dBTP, most are negative."""
AGES = ("added", "played")
"""How long ago, in seconds; what was never played was played longer ago than any age."""
FLAGS = ("favourite", "analysed", "has_lyrics", "has_art")
IDS = ("album_id", "artist_id", "genre_id", "folder_id")


class Words(msgspec.Struct, frozen=True):
    """Words that follow each other in one value of `field` ("": title, artist, album or genre).

    `prefix`: the last one may be the beginning of a longer one.
    """

    field: str
    text: str
    prefix: bool


class Same(msgspec.Struct, frozen=True):
    """A value of `field` is this one but for case and accents."""

    field: str
    text: str


class Compared(msgspec.Struct, frozen=True):
    """A number, age or id stands in this relation (`=` `!=` `<` `<=` `>` `>=`) to `value`."""

    field: str
    relation: str
    value: float


class Flagged(msgspec.Struct, frozen=True):
    field: str


class Not(msgspec.Struct, frozen=True):
    part: "Question"


class All(msgspec.Struct, frozen=True):
    """Every part; of none: every track."""

    parts: tuple["Question", ...] = ()


class Any(msgspec.Struct, frozen=True):
    """At least one part; of none: no track."""

    parts: tuple["Question", ...] = ()


Question: TypeAlias = Words | Same | Compared | Flagged | Not | All | Any
EVERY_TRACK = All()
NO_TRACK = Any()
