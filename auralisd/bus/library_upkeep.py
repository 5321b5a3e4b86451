"""What org.auralis.Auralis1.Library says of duplicates, of files from elsewhere, and how everything is forgotten."""

from collections.abc import Mapping
from typing import Any

from auralisd.bus.calls import Handler
from auralisd.bus.jobs import job_path
from auralisd.bus.library_browsing import DEFAULT_LIMIT
from auralisd.bus.ports import JobsPort, Library, PlayerPort
from auralisd.bus.uris import path_of
from auralisd.errors import InvalidRequest
from auralisd.playback.commands import SetQueue

CONFIRMATION = "forget everything"


class LibraryUpkeep:
    """Part of the Library's face: `methods` are merged into it."""

    def __init__(self, library: Library, player: PlayerPort, jobs: JobsPort) -> None:
        self._library = library
        self._player = player
        self._jobs = jobs

    def methods(self) -> Mapping[str, Handler]:
        return {"FindDuplicates": self.find_duplicates, "Import": self.bring, "Reset": self.reset}

    async def find_duplicates(self, cursor: str, limit: int) -> tuple[list[dict[str, Any]], str, int, int]:
        page = await self._library.upkeep.find_duplicates(cursor, limit or DEFAULT_LIMIT)
        return [{"tracks": group} for group in page.groups], page.next_cursor, page.total, page.revision

    async def bring(self, uris: list[str], folder: int, options: dict[str, Any]) -> str:
        spec = {**options, "uris": tuple(path_of(uri) for uri in uris), "into": folder}
        return job_path(await self._jobs.submit("import", spec))

    async def reset(self, confirmation: str) -> None:
        if confirmation != CONFIRMATION:
            raise InvalidRequest(f'confirmation must be "{CONFIRMATION}", and then it is done')
        await self._library.upkeep.forget_everything()
        await self._player.ask(SetQueue((), 0, play=False, undoable=False))
