"""What may be asked to keep the library tidy: the shape that bus and jobs depend on."""

from typing import Protocol

import msgspec


class DuplicatesPage(msgspec.Struct, frozen=True):
    """One page of groups of tracks with the same sound, as `asking.Page` is one of tracks."""

    groups: tuple[tuple[int, ...], ...]
    next_cursor: str
    total: int
    revision: int


class Upkeep(Protocol):
    """Implemented by `steward.Steward`."""

    async def find_duplicates(self, cursor: str, limit: int) -> DuplicatesPage:
        """Available tracks that hold the same sound.  Raises InvalidRequest for a cursor that is none of ours."""
        ...

    async def holding_sound(self, signature: bytes) -> tuple[int, ...]:
        """The available tracks with this sound."""
        ...

    async def forget_everything(self) -> None:
        """Forget every track and all that was known of it, durably, then read the music folders anew.

        Raises NotKept.
        """
        ...
