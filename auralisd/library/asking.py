"""The questions others may ask of the library: the shape that bus, player and live view depend on."""

from typing import Any, Protocol

import msgspec

from auralisd.library.reckoning import Reckoning
from auralisd.library.replacing import Replacing
from auralisd.library.upkeep import Upkeep
from auralisd.model.knowledge import Knowledge, Rehearsal
from auralisd.model.profile import SoundProfile
from auralisd.model.track import Track
from auralisd.store.browsing import Album, Part
from auralisd.store.profiles import KeptProfiles


class Page(msgspec.Struct, frozen=True):
    """One page of an answer: `next_cursor` is empty when there is no more; `revision` is the library's."""

    rows: tuple[Track, ...]
    next_cursor: str
    total: int
    revision: int


class PartsPage(msgspec.Struct, frozen=True):
    """The same of albums, or of artists, genres, folders or years."""

    rows: tuple[Part | Album, ...]
    next_cursor: str
    total: int
    revision: int


class ListedFolder(msgspec.Struct, frozen=True):
    """A music folder: `path` is absolute; `tracks` are available ones.

    `available` is False while it cannot be read or is empty, `watched` while changes below it are not told at once,
    `removable` while the configuration names it.
    """

    id: int
    name: str
    path: bytes
    available: bool
    watched: bool
    removable: bool
    tracks: int


class MusicFolders(Protocol):
    """Implemented by `housing.Housing`.  What is answered is durable."""

    async def add(self, path: bytes) -> int:
        """One music folder more, by its absolute path: the id of it, also where it is one already.

        Raises InvalidRequest, NotFound, NotSupported, Conflict, Unavailable.
        """
        ...

    async def remove(self, number: int) -> None:
        """One less; its tracks are gone, and return when it is added again.

        Raises NotFound, and ReadOnly for one that the configuration names.
        """
        ...


class Library(Protocol):
    """Implemented by `librarian.Librarian`.  Every question sees what was kept before it was asked."""

    @property
    def track_count(self) -> int:
        """Available tracks in the music folders, as of the last settled batch."""
        ...

    @property
    def revision(self) -> int: ...

    @property
    def scanning(self) -> bool: ...

    @property
    def housing(self) -> MusicFolders:
        """Music folders that come and go."""
        ...

    @property
    def replacing(self) -> Replacing:
        """Better files for tracks."""
        ...

    @property
    def upkeep(self) -> Upkeep:
        """Duplicates, and the way to forget everything."""
        ...

    @property
    def reckoning(self) -> Reckoning:
        """Favourites, ratings, the history and the figures."""
        ...

    async def query(
        self, expression: str, *, cursor: str, limit: int, sort: str, descending: bool, offset: int
    ) -> Page:
        """Available tracks that `expression` asks for (`grammar.py` says how); "" asks for every one.

        `sort` is one of `store.search.SORTS`; "" is `album` (album artist, album, disc, track, name).  Ties break by
        id, and a cursor goes on after the last row that was seen, whatever came or went since.  `limit` is 1..500.
        Raises InvalidRequest for an unknown sort, a broken cursor, or an expression that makes no sense (the text
        points at the place).
        """
        ...

    async def browse(
        self, kind: str, expression: str, *, cursor: str, limit: int, descending: bool, offset: int
    ) -> PartsPage:
        """The albums, artists, genres, folders or years of the tracks that `expression` asks for, by name.

        Raises InvalidRequest like `query`.
        """
        ...

    async def list_folders(self) -> tuple[ListedFolder, ...]:
        """The music folders: those of the configuration in its order, then those that were added."""
        ...

    async def tracks(self, ids: tuple[int, ...]) -> dict[int, Track]:
        """The tracks that exist among `ids`."""
        ...

    async def album_order(self) -> tuple[int, ...]:
        """Every available track of the folders, in album order."""
        ...

    async def profile(self, track: int) -> SoundProfile | None:
        """The kept full measurement, None when there is none of this version for the file as it is."""
        ...

    async def knowledge(self, track: int) -> Knowledge:
        """All that is known of a track, for playing it; nothing of one that does not exist."""
        ...

    async def remember_preset(self, track: int, scope: str, preset: str) -> None:
        """From now on this preset for the track, or for its whole album (`scope` TRACK or ALBUM); "" forgets.

        Returns when it is durable.  Raises NotFound, InvalidRequest (no such scope; a track without an album), NotKept.
        """
        ...

    async def adopt(self, path: bytes) -> int:
        """The id of the track at an absolute path; a file outside the folders gets one too.

        Raises NotFound (no such file), NotSupported (not audio).
        """
        ...

    def measure_soon(self, tracks: tuple[int, ...]) -> None:
        """Measure these, any number, before all others and in this order; replaces the last such wish."""
        ...

    def rehearse_soon(self, rehearsals: tuple[Rehearsal, ...]) -> None:
        """Rehearse these, before the rest of the library is measured; replaces the last ones.  What they came to is
        told as knowledge."""
        ...

    async def kept_profiles(self, track: int = 0) -> KeptProfiles:
        """How many measurements are kept, of one track or (0) of all, and the room that they take."""
        ...

    async def forget_profiles(self, track: int = 0) -> int:
        """Forget the measurements of one track, or (0) of all, and measure anew: the bytes that they took.

        Raises NotKept.
        """
        ...


Options = dict[str, Any]
