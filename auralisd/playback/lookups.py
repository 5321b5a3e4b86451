"""Lookups: what must be asked of the library before a command can be decided."""

from collections.abc import Mapping

from auralisd.errors import NotFound
from auralisd.model.knowledge import AlbumPlace
from auralisd.playback import commands as ask
from auralisd.playback.machine import Input
from auralisd.playback.ports import TrackSource
from auralisd.playback.queue import PlayQueue


class Lookups:
    """Lives in the player's task."""

    def __init__(self, tracks: TrackSource) -> None:
        self._tracks = tracks

    async def must_exist(self, tracks: tuple[int, ...]) -> None:
        """Raises NotFound naming a track that does not."""
        if (unknown := await self._tracks.unknown_among(tracks)) is not None:
            raise NotFound(f"track {unknown} is not in the library; Query names those that are")

    async def for_command(self, command: Input, queue: PlayQueue) -> Mapping[int, AlbumPlace]:
        """The albums of all that the command deals with, where it shuffles by them.  Raises NotFound."""
        added = _added_by(command)
        if added:
            await self.must_exist(added)
        if not _shuffles_albums(command, queue):
            return {}
        tracks = {entry.track for entry in queue.entries}
        return await self._tracks.albums(tuple(tracks.union(added)))


def _added_by(command: Input) -> tuple[int, ...]:
    match command:
        case ask.PlayNow(track) | ask.InsertAfter(track):
            return (track,)
        case ask.SetQueue(tracks) | ask.Append(tracks) | ask.Insert(tracks) | ask.PlayNext(tracks):
            return tracks
        case _:
            return ()


def _shuffles_albums(command: Input, queue: PlayQueue) -> bool:
    if isinstance(command, ask.SetShuffle):
        return command.shuffle == "albums"
    return queue.shuffle == "albums" and isinstance(command, ask.EditCommand | ask.GoTo)
