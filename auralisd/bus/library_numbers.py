"""What org.auralis.Auralis1.Library says of favourites, ratings and figures."""

from collections.abc import Mapping
from typing import Any

import msgspec

from auralisd.bus.calls import Handler
from auralisd.bus.ports import Library
from auralisd.store.ids import must_be_ids


class LibraryNumbers:
    """Part of the Library's face: `methods` are merged into it."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def methods(self) -> Mapping[str, Handler]:
        return {
            "SetFavourite": self.set_favourite,
            "SetRating": self.set_rating,
            "ClearRating": self.clear_rating,
            "Statistics": self.statistics,
        }

    async def set_favourite(self, tracks: list[int], favourite: bool) -> None:
        must_be_ids(tuple(tracks))
        await self._library.reckoning.set_favourite(tuple(tracks), favourite=favourite)

    async def set_rating(self, tracks: list[int], rating: float) -> None:
        must_be_ids(tuple(tracks))
        await self._library.reckoning.set_rating(tuple(tracks), rating)

    async def clear_rating(self, tracks: list[int]) -> None:
        must_be_ids(tuple(tracks))
        await self._library.reckoning.set_rating(tuple(tracks), None)

    async def statistics(self) -> dict[str, Any]:
        return msgspec.structs.asdict(await self._library.reckoning.statistics())
