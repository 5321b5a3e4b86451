"""What may be asked of the numbers that listening leaves behind: the shape that bus and player depend on."""

from typing import Protocol

import msgspec

from auralisd.store.listening import Heard
from auralisd.store.statistics import Statistics


class HistoryPage(msgspec.Struct, frozen=True):
    """One page of what was heard, the newest first: `next_cursor` is empty when there is no more."""

    rows: tuple[Heard, ...]
    next_cursor: str
    total: int
    revision: int


class Reckoning(Protocol):
    """Implemented by `ledger.Ledger`.  What changes something returns when it is durable, and changes all or nothing.

    Raises NotFound for a track that does not exist, NotKept.
    """

    async def set_favourite(self, tracks: tuple[int, ...], *, favourite: bool) -> None: ...

    async def set_rating(self, tracks: tuple[int, ...], rating: float | None) -> None:
        """0..1, None for no rating.  Raises InvalidRequest for anything else, NaN included."""
        ...

    async def history(self, cursor: str, limit: int) -> HistoryPage:
        """Raises InvalidRequest for a cursor that is none of ours."""
        ...

    async def clear_history(self) -> None:
        """Forget what was heard when; plays, skips and the time of the last play stay."""
        ...

    async def statistics(self) -> Statistics: ...
