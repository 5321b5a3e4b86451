"""Tracks as the library knows them."""

import re

import msgspec

from auralisd.model.listening import Numbers
from auralisd.model.taste import TaggedGain

TAGS_VERSION = 4
"""Raised whenever more, or another thing, is read of a file: files that were read otherwise are then read once more."""

# A guest stands behind the artist's name, often in brackets; what follows "feat." is one name, whatever it holds.
_GUEST = re.compile(r"\s+[(\[]?\s*(?:feat\.?|ft\.?|featuring)\s+(?P<guest>[^)\]]+)[)\]]?\s*$", re.IGNORECASE)

MOST_IMPORTED_BYTES = 500_000_000
"""A larger file is not copied into a music folder."""

MUSIC_SUFFIXES = frozenset(
    {b".flac", b".wav", b".aiff", b".aif", b".ogg", b".oga", b".opus", b".mp3"}
    | {b".m4a", b".m4b", b".aac", b".wma", b".ape", b".wv", b".tta", b".mpc"}
)
"""The endings of files that can be played; those of the second line need PyAV.  `.mp4` is left to films."""


def is_music_name(name: bytes) -> bool:
    """True for the name or path of a file that ends like music and is not hidden."""
    base = name.rpartition(b"/")[2]
    return not base.startswith(b".") and base[base.rfind(b".") :].lower() in MUSIC_SUFFIXES


def parted_guest(name: str) -> tuple[str, str]:
    """An artist's name and the guest's, "" for none."""
    found = _GUEST.search(name)
    return (name[: found.start()], found["guest"].strip()) if found and found.start() else (name, "")


class Tags(msgspec.Struct, frozen=True):
    """What a file says of itself; absent is None or ().  Never holds NUL, empty strings or zero numbers.

    Dates are `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; `mbid` is MusicBrainz' of the recording, the others name their thing.
    """

    title: str | None = None
    artists: tuple[str, ...] = ()
    album: str | None = None
    album_artist: str | None = None
    track_number: int | None = None
    disc_number: int | None = None
    date: str | None = None
    genres: tuple[str, ...] = ()
    composers: tuple[str, ...] = ()
    mbid: str | None = None
    track_gain: TaggedGain | None = None
    album_gain: TaggedGain | None = None
    title_sort: str | None = None
    artist_sort: str | None = None
    album_sort: str | None = None
    album_artist_sort: str | None = None
    composer_sort: str | None = None
    original_date: str | None = None
    bpm: float | None = None
    comment: str | None = None
    compilation: bool = False
    has_lyrics: bool = False
    has_art: bool = False
    mb_album: str | None = None
    mb_artists: tuple[str, ...] = ()
    mb_album_artist: str | None = None
    mb_release_group: str | None = None


class FileFacts(msgspec.Struct, frozen=True, gc=False):
    """What `stat` says of a file; together they are its signature."""

    device: int
    inode: int
    size_bytes: int
    mtime_ns: int

    def same_content(self, other: "FileFacts") -> bool:
        """True when what was found out about the one holds for the other; devices are numbered anew at each start."""
        return (self.size_bytes, self.mtime_ns) == (other.size_bytes, other.mtime_ns)


class StreamFacts(msgspec.Struct, frozen=True):
    """What is known of the file's audio without decoding it.  `duration_us` is None when the headers do not say.

    `signature` is that of `tags.signature`; b"" where none can be told.
    """

    format: str
    duration_us: int | None = None
    rate_hz: int | None = None
    channels: int | None = None
    bits: int | None = None
    bitrate: int | None = None
    signature: bytes = b""


class Track(msgspec.Struct, frozen=True):
    """One track of the library: stable `id`, where it lies, what its tags and headers say."""

    id: int
    folder: int
    folder_name: str
    path: bytes
    """Absolute, as the file system spells it."""
    file_name: str
    facts: FileFacts
    stream: StreamFacts
    tags: Tags
    added_unix_s: int
    available: bool = True
    analysed: bool = False
    numbers: Numbers = Numbers()
    album_id: int | None = None
    loudness_lufs: float | None = None
    """Integrated, once measured; None for silence too."""
    true_peak_dbtp: float | None = None
