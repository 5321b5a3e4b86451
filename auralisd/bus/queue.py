"""org.auralis.Auralis1.Queue."""

from typing import Any

from auralisd.bus import properties
from auralisd.bus.calls import Export
from auralisd.bus.library_browsing import DEFAULT_LIMIT, Row
from auralisd.bus.metadata import track_row
from auralisd.bus.ports import Library, PlayerPort
from auralisd.bus.queue_history import QueueHistory
from auralisd.bus.queue_pages import QueuePages
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
        self._pages = QueuePages()

    def export(self) -> Export:
        return Export(
            INTERFACE,
            methods={
                "List": self.list_page,
                "Set": self.set_queue,
                "Append": self.append,
                "Insert": self.insert,
                "PlayNext": self.play_next,
                "Move": self.move,
                "Remove": self.remove,
                "Clear": self.clear,
                "GoTo": self.go_to,
                "Undo": self.undo,
                "Redo": self.redo,
                **self._history.methods(),
            },
            setters={
                "ShuffleMode": self.set_shuffle_mode,
                "Consume": self.set_consume,
                "StopAfterCurrent": self.set_stop_after_current,
            },
            read=self.read,
            signals=("Changed",),
        )

    def read(self) -> properties.Values:
        return properties.queue(self._player.snapshot)

    async def list_page(self, cursor: str, limit: int, options: dict[str, Any]) -> tuple[list[Row], str, int, int]:
        snapshot = self._player.snapshot  # one queue for the whole answer
        fields = options.get("fields", [])
        page, following = self._pages.page(
            snapshot, cursor, offset=options.get("offset", 0), limit=limit or DEFAULT_LIMIT
        )
        tracks = await self._library.tracks(tuple({entry.track for _, entry in page})) if fields else {}
        rows = [_row(entry, index, tracks, fields) for index, entry in page]
        return rows, following, len(snapshot.entries), snapshot.revision

    async def set_queue(self, tracks: list[int], start: int, play: bool) -> tuple[int, ...]:
        must_be_ids(tuple(tracks))
        return await self._player.ask(commands.SetQueue(tuple(tracks), start, play))

    async def append(self, tracks: list[int]) -> tuple[int, ...]:
        must_be_ids(tuple(tracks))
        return await self._player.ask(commands.Append(tuple(tracks)))

    async def insert(self, tracks: list[int], position: int) -> tuple[int, ...]:
        must_be_ids(tuple(tracks))
        return await self._player.ask(commands.Insert(tuple(tracks), position))

    async def play_next(self, tracks: list[int]) -> tuple[int, ...]:
        must_be_ids(tuple(tracks))
        return await self._player.ask(commands.PlayNext(tuple(tracks)))

    async def move(self, entries: list[int], position: int) -> None:
        await self._player.ask(commands.Move(tuple(entries), position))

    async def remove(self, entries: list[int]) -> None:
        await self._player.ask(commands.Remove(tuple(entries)))

    async def clear(self) -> None:
        await self._player.ask(commands.Clear())

    async def go_to(self, entry: int) -> None:
        await self._player.ask(commands.GoTo(entry))

    async def undo(self) -> None:
        await self._player.ask(commands.Undo())

    async def redo(self) -> None:
        await self._player.ask(commands.Redo())

    async def set_shuffle_mode(self, mode: str) -> None:
        await self._player.ask(commands.SetShuffle(mode))

    async def set_consume(self, consume: bool) -> None:
        await self._player.ask(commands.SetConsume(consume))

    async def set_stop_after_current(self, stop_after: bool) -> None:
        await self._player.ask(commands.SetStopAfter(stop_after))


def _row(entry: Entry, index: int, tracks: dict[int, Track], fields: list[str]) -> Row:
    known = tracks.get(entry.track)
    return {"entry": entry.id, "index": index, "track": entry.track} | (track_row(known, fields) if known else {})
