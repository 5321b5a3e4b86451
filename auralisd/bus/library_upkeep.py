"""What org.auralis.Auralis1.Library says of duplicates, and how everything is forgotten."""

from collections.abc import Mapping
from typing import Any

from auralisd.bus.calls import Handler
from auralisd.bus.library_browsing import DEFAULT_LIMIT
from auralisd.bus.ports import Library, PlayerPort
from auralisd.errors import InvalidRequest
from auralisd.playback.commands import SetQueue

CONFIRMATION = "forget everything"


class LibraryUpkeep:
    """Part of the Library's face: `methods` are merged into it."""

    def __init__(self, library: Library, player: PlayerPort) -> None:
        self._library = library
        self._player = player

    def methods(self) -> Mapping[str, Handler]:
        return {"FindDuplicates": self.find_duplicates, "Reset": self.reset}

    async def find_duplicates(self, cursor: str, limit: int) -> tuple[list[dict[str, Any]], str, int, int]:
        page = await self._library.upkeep.find_duplicates(cursor, limit or DEFAULT_LIMIT)
        return [{"tracks": group} for group in page.groups], page.next_cursor, page.total, page.revision

    async def reset(self, confirmation: str) -> None:
        if confirmation != CONFIRMATION:
            raise InvalidRequest(f'confirmation must be "{CONFIRMATION}", and then it is done')
        await self._library.upkeep.forget_everything()
        await self._player.ask(SetQueue((), 0, play=False, undoable=False))
