"""Filling: what stands in the queue after the start, and whether it plays."""

import logging
from collections.abc import Awaitable, Callable

import msgspec

from auralisd.config_file import FileConfig
from auralisd.errors import RequestRefused
from auralisd.library.librarian import Librarian
from auralisd.playback.commands import Play, SetQueue
from auralisd.playback.memory import StoredMemory, emptied
from auralisd.playback.player import Player
from auralisd.playback.queue import MAX_ENTRIES
from auralisd.playback.snapshot import Entry
from auralisd.playback.state import PlayerState

log = logging.getLogger(__name__)


async def tried_twice(work: Callable[[], Awaitable[None]]) -> None:
    """For what the library may change under: refused once more, it is told, and the daemon lives on."""
    try:
        await work()
    except RequestRefused:
        try:
            await work()
        except RequestRefused as refusal:
            log.warning("the queue is not filled reason=%s", refusal)


class Beginning(msgspec.Struct, frozen=True):
    """What a start begins with.

    `fills`: nothing has ever stood in the queue, and the library is to.  `plays_on`: what was playing when the daemon
    ended plays on.
    """

    state: PlayerState
    fills: bool
    plays_on: bool


async def beginning(memory: StoredMemory, settings: FileConfig) -> Beginning:
    """What was kept, as the settings want it taken up."""
    kept = await memory.recall()
    never_filled = kept is None or kept.queue.next_id == 1
    state = kept or PlayerState()
    return Beginning(
        state=emptied(state) if settings.startup_queue == "none" else state,
        fills=never_filled and settings.startup_queue == "library",
        plays_on=settings.resume_playing and memory.was_playing,
    )


class Filling:
    """An empty queue takes the library in album order: at the very first start, or when asked to play at once.

    For who asks to play, a queue of which nothing can be played here is as good as empty.
    """

    def __init__(self, library: Librarian, player: Player, begun: Beginning, *, plays: bool) -> None:
        self._plays = plays
        self._fills = plays or begun.fills
        self._library = library
        self._player = player
        self._plays_on = begun.plays_on

    async def run(self) -> None:
        """Once, as soon as the library has been read."""
        await tried_twice(self._fill)

    async def _fill(self) -> None:
        if self._fills:
            await self._library.scanned_once()
            if not await self._anything_playable(self._player.snapshot.entries):
                await self._take_library()
                return
        if self._plays or self._plays_on:
            await self._player.ask(Play())

    async def _take_library(self) -> None:
        tracks = await self._library.album_order()
        if tracks:
            await self._player.ask(SetQueue(tracks[:MAX_ENTRIES], 0, self._plays))
        else:
            folders = await self._library.list_folders()
            log.warning("no music in folders=%s", ",".join(folder.name for folder in folders))

    async def _anything_playable(self, entries: tuple[Entry, ...]) -> bool:
        tracks = await self._library.tracks(tuple({entry.track for entry in entries}))
        return any(track.available for track in tracks.values())
