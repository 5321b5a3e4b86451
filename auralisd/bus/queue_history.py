"""What org.auralis.Auralis1.Queue says of what was heard."""

from collections.abc import Mapping
from typing import Any

from auralisd.bus.calls import Handler
from auralisd.bus.library_browsing import DEFAULT_LIMIT
from auralisd.bus.metadata import track_row
from auralisd.bus.ports import Library
from auralisd.model.track import Track
from auralisd.store.listening import Heard

_TOLD = ("title", "artists", "album", "duration_us", "available", "file_name")


class QueueHistory:
    """Part of the Queue's face: `methods` are merged into it."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def methods(self) -> Mapping[str, Handler]:
        return {"History": self.history, "ClearHistory": self.clear_history}

    async def history(self, cursor: str, limit: int) -> tuple[list[dict[str, Any]], str, int, int]:
        page = await self._library.reckoning.history(cursor, limit or DEFAULT_LIMIT)
        tracks = await self._library.tracks(tuple({heard.track for heard in page.rows}))
        return [_row(heard, tracks) for heard in page.rows], page.next_cursor, page.total, page.revision

    async def clear_history(self) -> None:
        await self._library.reckoning.clear_history()


def _row(heard: Heard, tracks: dict[int, Track]) -> dict[str, Any]:
    known = tracks.get(heard.track)
    row = {"entry": heard.entry, "track": heard.track, "at": heard.at_unix_s, "outcome": heard.outcome}
    return row | (track_row(known, _TOLD) if known else {})
