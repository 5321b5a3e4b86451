"""Tracks as the library knows them."""

import msgspec


class Tags(msgspec.Struct, frozen=True):
    """What a file says of itself; absent is None or ().  Never holds NUL, empty strings or zero numbers."""

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


class FileFacts(msgspec.Struct, frozen=True):
    """What `stat` says of a file; together they are its signature."""

    device: int
    inode: int
    size_bytes: int
    mtime_ns: int


class StreamFacts(msgspec.Struct, frozen=True):
    """What the file's headers say of its audio.  `duration_us` is None when they do not say."""

    format: str
    duration_us: int | None = None
    rate_hz: int | None = None
    channels: int | None = None
    bits: int | None = None
    bitrate: int | None = None


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
