"""What the player needs of others, in the shapes it wants."""

from collections.abc import Mapping
from typing import Protocol

from auralisd.model.knowledge import AlbumPlace, Knowledge, Rehearsal
from auralisd.model.preset import Preset
from auralisd.model.track import Track
from auralisd.playback.state import PlayerState


class TrackSource(Protocol):
    """The library, seen by the player."""

    async def tracks(self, ids: tuple[int, ...]) -> dict[int, Track]: ...

    async def unknown_among(self, ids: tuple[int, ...]) -> int | None:
        """The first of `ids` that is no track; None when all are."""
        ...

    async def albums(self, ids: tuple[int, ...]) -> dict[int, AlbumPlace]:
        """Where tracks stand in their albums; one that belongs to none is absent."""
        ...

    async def knowledge(self, track: int) -> Knowledge:
        """What is known of a track now; an unknown track is one of which nothing is known."""
        ...

    def measure_soon(self, tracks: tuple[int, ...]) -> None: ...

    def rehearse_soon(self, rehearsals: tuple[Rehearsal, ...]) -> None:
        """Hear how loud these come out, in this order; what comes of it is knowledge.  Replaces the last such wish."""
        ...

    async def remember_preset(self, track: int, scope: str, preset: str) -> None:
        """Remember a preset for a track, or for the album that it belongs to (`scope` TRACK or ALBUM); "" forgets.

        Returns when it is durable.  Raises InvalidRequest for the album of a track that belongs to none, NotKept.
        """
        ...

    async def count(self, entry: int, track: int, outcome: str) -> None:
        """Count a play or a skip (`outcome` PLAYED or SKIPPED) of what stood in that entry.

        Returns when it is durable; where the disk takes no more, it is owed and kept later.
        """
        ...


class Presets(Protocol):
    """The presets there are."""

    @property
    def presets(self) -> Mapping[str, Preset]:
        """Built-in and own ones by their names: another mapping whenever one of them changed."""
        ...


class Memory(Protocol):
    """What survives a restart.  Each call returns when it is durable, or when it has waited long enough."""

    async def keep_queue(self, state: PlayerState, position_us: int) -> None:
        """The list and its orders, and with them the place."""
        ...

    async def keep_place(self, state: PlayerState, position_us: int) -> None:
        """Everything else: current entry, position, status, modes, volume, taste."""
        ...
