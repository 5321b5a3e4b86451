"""What the player needs of others, in the shapes it wants."""

from typing import Protocol

from auralisd.model.profile import SoundProfile
from auralisd.model.track import Track
from auralisd.playback.state import PlayerState


class TrackSource(Protocol):
    """The library, seen by the player."""

    async def tracks(self, ids: tuple[int, ...]) -> dict[int, Track]: ...

    async def profile(self, track: int) -> SoundProfile | None: ...

    def measure_soon(self, tracks: tuple[int, ...]) -> None: ...


class Memory(Protocol):
    """What survives a restart.  Each call returns when it is durable."""

    async def keep_queue(self, state: PlayerState) -> None:
        """The list and its orders."""
        ...

    async def keep_place(self, state: PlayerState, position_us: int) -> None:
        """Everything else: current entry, position, status, modes, volume, taste."""
        ...
