"""Sort keys: the order of the library as bytes that SQLite compares."""

import re
import unicodedata

import msgspec

from auralisd.model.track import Tags, parted_guest

DISC = re.compile(rb"(?:cd|dis[ck])[ ._-]*(\d{1,2})(?!\d)", re.IGNORECASE)
"""How a directory is named that holds one disc of an album."""
_DISC_WITHIN = re.compile(rb"(?<![a-z])" + DISC.pattern, re.IGNORECASE)
_END = b"\0"
_LAST = b"\xff"
"""What is not known comes after all that is: no UTF-8 text begins with this byte."""


class Keys(msgspec.Struct, frozen=True):
    """`heading` is what a track is found and sorted by: its title, or its file's name without the ending."""

    heading: str
    album: bytes
    title: bytes
    artist: bytes


def keys_of(tags: Tags, path: bytes) -> Keys:
    """Album order is album artist (else the first artist), album, disc (of the tags, else of the directory), track,
    then the file's name.

    Where the tags say under which name a thing is sorted, that counts.
    """
    heading = tags.title or stem_of(path)
    artist = _artist_of(tags) + _END
    numbers = _number(tags.disc_number or disc_of(path)) + _number(tags.track_number)
    within = _folded(tags.album_sort or tags.album) + _END + numbers + path.rpartition(b"/")[2].lower()
    return Keys(
        heading,
        leading_artist(tags) + _END + within,
        _folded(tags.title_sort or heading) + _END + artist,
        artist + within,
    )


def leading_artist(tags: Tags) -> bytes:
    """Under whom a track stands in album order."""
    if not tags.album_artist:
        return _artist_of(tags)
    return _folded(tags.album_artist_sort or parted_guest(tags.album_artist)[0])


def under_artist(album_key: bytes, artist: bytes) -> bytes:
    """The same place in album order under another artist."""
    return artist + _END + album_key.partition(_END)[2]


def disc_of(path: bytes) -> int:
    """The number of the disc that a file's directory names, 0 for none."""
    found = _DISC_WITHIN.search(path.rpartition(b"/")[0].rpartition(b"/")[2])
    return int(found[1]) if found else 0


def fold(text: str) -> str:
    """Without case and accents: what a reader takes for the same word."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def stem_of(path: bytes) -> str:
    """A file's name without its ending, as text; bytes that are no text are shown as �."""
    name = path.rpartition(b"/")[2]
    return name[: name.rfind(b".")].decode("utf-8", "replace") if b"." in name[1:] else name.decode("utf-8", "replace")


def _artist_of(tags: Tags) -> bytes:
    return _folded(tags.artist_sort or next(iter(tags.artists), None))


def _folded(text: str | None) -> bytes:
    return fold(text).encode() if text else _LAST


def _number(number: int | None) -> bytes:
    return (number or 0).to_bytes(4, "big")
