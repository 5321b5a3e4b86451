"""What the library tells."""

import msgspec

from auralisd.model.profile import SoundProfile


class LibraryChanged(msgspec.Struct, frozen=True):
    """One settled batch of changes is in the database; `revision` grows with each."""

    revision: int
    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    unavailable: int = 0


class NumbersChanged(msgspec.Struct, frozen=True):
    """So many tracks have other plays, skips, ratings or measurements, or are favourites or none now; `revision` grows
    with each."""

    revision: int
    tracks: int


class ProfileReady(msgspec.Struct, frozen=True):
    """A full measurement of a track was kept."""

    track: int
    profile: SoundProfile


class KnowledgeChanged(msgspec.Struct, frozen=True):
    """More, or something else, is known of these tracks: a measurement of one of them was kept or is in vain (when it
    was the last of its album, they are all of it), a rehearsal was heard, or a preset is remembered."""

    tracks: tuple[int, ...]


class ScanningChanged(msgspec.Struct, frozen=True):
    """A scan began or the last one ended."""

    scanning: bool


class FoldersChanged(msgspec.Struct, frozen=True):
    """These are the music folders from now on: absolute paths, for whoever must know them; never to be told further."""

    paths: tuple[bytes, ...]


class FolderFault(msgspec.Struct, frozen=True):
    """A music folder is absent or not watched (`code`: `folder-missing`, `folder-unreadable`, `folder-empty`,
    `watch-limit`), or well again (`code` "")."""

    folder_name: str
    code: str


class ScanBroke(msgspec.Struct, frozen=True):
    """A scan could not look at a folder (`code`: `folder-missing`, `folder-unreadable`, `folder-empty`, `hung`,
    `worker-died`), or could not keep what it found (`not-kept`)."""

    code: str


LibraryEvent = (
    LibraryChanged
    | NumbersChanged
    | ProfileReady
    | KnowledgeChanged
    | ScanningChanged
    | ScanBroke
    | FoldersChanged
    | FolderFault
)
