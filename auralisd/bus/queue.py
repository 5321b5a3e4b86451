"""org.auralis.Auralis1.Queue."""

from typing import Any

from auralisd.bus import properties
from auralisd.bus.calls import Export
from auralisd.bus.library_browsing import DEFAULT_LIMIT, Row
from auralisd.bus.metadata import track_row
from auralisd.bus.ports import Library, PlayerPort
from auralisd.bus.queue_history import QueueHistory
from auralisd.errors import InvalidRequest
from auralisd.model.track import Track
from auralisd.playback import commands
from auralisd.playback.snapshot import Entry
from auralisd.store.ids import must_be_ids

INTERFACE = "org.auralis.Auralis1.Queue"


class QueueFace:
    """What will be played, seen and edited."""

    def __init__(self, player: PlayerPort, library: Library) -> None:
        self._player = player
        self._library = library
        self._history = QueueHistory(library)

    def export(self) -> Export:
        return Export(
            INTERFACE,
            methods={
                "List": self.list_page,
                "Set": self.set_queue,
                "Append": self.append,
                **self._history.methods(),
            },
            read=self.read,
        )

    def read(self) -> properties.Values:
        return properties.queue(self._player.snapshot)

    async def list_page(self, cursor: str, limit: int, options: dict[str, Any]) -> tuple[list[Row], str, int, int]:
        snapshot = self._player.snapshot  # one queue for the whole answer
        fields = options.get("fields", [])
        start = _start_of(cursor) + options.get("offset", 0)
        page = snapshot.entries[start : start + (limit or DEFAULT_LIMIT)]
        tracks = await self._library.tracks(tuple({entry.track for entry in page})) if fields else {}
        rows = [_row(entry, index, tracks, fields) for index, entry in enumerate(page, start)]
        total, end = len(snapshot.entries), start + len(page)
        return rows, str(end) if end < total else "", total, snapshot.revision

    async def set_queue(self, tracks: list[int], start: int, play: bool) -> tuple[int, ...]:
        must_be_ids(tuple(tracks))
        return await self._player.ask(commands.SetQueue(tuple(tracks), start, play))

    async def append(self, tracks: list[int]) -> tuple[int, ...]:
        must_be_ids(tuple(tracks))
        return await self._player.ask(commands.Append(tuple(tracks)))


def _start_of(cursor: str) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 11):
        raise InvalidRequest('cursor must be "" or the next_cursor of the page before')
    return int(cursor)


def _row(entry: Entry, index: int, tracks: dict[int, Track], fields: list[str]) -> Row:
    known = tracks.get(entry.track)
    return {"entry": entry.id, "index": index, "track": entry.track} | (track_row(known, fields) if known else {})
