"""Rows: what goes into the library's tables and comes out of them."""

import msgspec

from auralisd.model.track import FileFacts, StreamFacts, Tags

Place = tuple[int, bytes]
"""Where a file lies: the music folder's id and the path below it; folder 0 and an absolute path outside them."""

OUTSIDE = 0


class Known(msgspec.Struct, frozen=True, gc=False):
    """What the comparison of disk and database needs of a track.

    `gone`: its file was deleted.  `outdated`: its tags were read when less was read of them.
    """

    id: int
    place: Place
    facts: FileFacts
    available: bool = True
    gone: bool = False
    outdated: bool = False


class ToRead(msgspec.Struct, frozen=True, gc=False):
    """A file whose tags are to be read; `track` None: it is new.  `known`: only its tags are read again.  `available`:
    so is the track, until it is read."""

    place: Place
    facts: FileFacts
    track: int | None = None
    known: bool = False
    available: bool = True


class ReadFile(msgspec.Struct, frozen=True):
    """A file whose tags were read."""

    place: Place
    facts: FileFacts
    stream: StreamFacts
    tags: Tags


class Scope(msgspec.Struct, frozen=True):
    """A folder that was looked at: `dir` is its path below the music folder, b"" for that itself."""

    folder: int
    dir: bytes = b""
    recursive: bool = True


class Refused(msgspec.Struct, frozen=True):
    """A file that could not be read; not tried again while its size and time stay."""

    place: Place
    facts: FileFacts
    code: str
