"""org.mpris.MediaPlayer2.TrackList (MPRIS 2.2): the queue around the current track, and what is told of its changes."""

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

from auralisd.bus import properties
from auralisd.bus.announcer import News
from auralisd.bus.calls import Export
from auralisd.bus.metadata import NO_TRACK, entry_of, entry_path, mpris_metadata
from auralisd.bus.ports import Library, PlayerPort, Work
from auralisd.bus.uris import path_of
from auralisd.errors import LimitExceeded, NotFound
from auralisd.model.track import Track
from auralisd.playback import commands
from auralisd.playback.snapshot import Entry, Snapshot

TRACK_LIST = "org.mpris.MediaPlayer2.TrackList"

BEFORE, BEHIND = 20, 100
"""So many entries around the current one are the list: clients read all of it with every change."""

MOST_IDS = 1_000
MOST_SINGLE = 10
"""More changes than this are told by one TrackListReplaced."""

Window = tuple[Entry, ...]


class TrackList:
    """The interface, and the follower that tells how its list changes."""

    interface = TRACK_LIST

    def __init__(
        self,
        player: PlayerPort,
        library: Library,
        work: Work,
        *,
        with_url: Callable[[], bool],
        note: Callable[[], None],
    ) -> None:
        """`note` has the announcer look again, once more is known of the tracks."""
        self._player = player
        self._library = library
        self._work = work
        self._with_url = with_url
        self._note = note
        self._told: Window | None = ()
        self._revision = 0
        self._known: dict[int, Track | None] = {}
        self._retagged: set[int] = set()
        self._learning = False

    def export(self) -> Export:
        return Export(
            TRACK_LIST,
            methods={
                "GetTracksMetadata": self.get_tracks_metadata,
                "AddTrack": self.add_track,
                "RemoveTrack": self.remove_track,
                "GoTo": self.go_to,
            },
            read=self.read,
            signals=("TrackListReplaced", "TrackAdded", "TrackRemoved", "TrackMetadataChanged"),
        )

    def read(self) -> properties.Values:
        return {"Tracks": _paths(window_of(self._player.snapshot)), "CanEditTracks": True}

    # --- calls ------------------------------------------------------------------------------------

    async def get_tracks_metadata(self, track_ids: list[str]) -> list[dict[str, Any]]:
        if len(track_ids) > MOST_IDS:
            raise LimitExceeded(f"TrackIds holds {len(track_ids)} ids; ask for {MOST_IDS} at most")
        snapshot = self._player.snapshot
        there = {entry.id: entry for entry in snapshot.entries}
        wanted = [there[entry] for path in track_ids if (entry := entry_of(path)) in there]
        tracks = await self._library.tracks(tuple({entry.track for entry in wanted}))
        return [self._metadata(snapshot, entry, tracks.get(entry.track)) for entry in wanted]

    async def add_track(self, uri: str, after_track: str, set_as_current: bool) -> None:
        track = await self._library.adopt(path_of(uri))
        after = 0 if after_track == NO_TRACK else entry_of(after_track)
        await self._player.ask(commands.InsertAfter(track, -1 if after is None else after, set_as_current))

    async def remove_track(self, track_id: str) -> None:
        if (entry := entry_of(track_id)) is not None:
            with contextlib.suppress(NotFound):  # MPRIS 2.2: no effect
                await self._player.ask(commands.Remove((entry,)))

    async def go_to(self, track_id: str) -> None:
        if (entry := entry_of(track_id)) is not None:
            with contextlib.suppress(NotFound):  # MPRIS 2.2: no effect
                await self._player.ask(commands.GoTo(entry))

    # --- what is told -----------------------------------------------------------------------------

    def reset(self, *, anew: bool) -> None:
        """Somebody listens from now on, who knows the list as it is; `anew`: who knew another one."""
        self._told = None if anew else window_of(self._player.snapshot)
        self._revision = self._player.snapshot.revision
        self._retagged.clear()
        self._learn(self._player.snapshot)

    def library_changed(self) -> None:
        """Tracks may read otherwise: read those of the list again."""
        if self._known:
            self._work.start("track list", self._read_again(tuple(self._known)))

    @property
    def behind(self) -> bool:
        return bool(self._retagged) or window_of(self._player.snapshot) != self._told

    def news(self) -> Sequence[News]:
        """What is to be told now, in order; nothing while it is read what single new tracks are."""
        snapshot = self._player.snapshot
        window, told = window_of(snapshot), self._told
        if window == told:
            return self._news_of_tags(snapshot, window)
        known = self._learn(snapshot)
        slid = snapshot.revision == self._revision
        steps = None if told is None or slid else steps_between(told, window)
        one_by_one = steps is not None and len(steps) <= MOST_SINGLE
        if one_by_one and not known:
            return ()
        self._told, self._revision = window, snapshot.revision
        if steps is None or not one_by_one:
            return (_replaced(snapshot, window),)
        return [self._told_step(snapshot, *step) for step in steps]

    def _told_step(self, snapshot: Snapshot, entry: Entry, after: int | None) -> News:
        if after is None:
            return "TrackRemoved", (entry_path(entry.id),)
        metadata = self._metadata(snapshot, entry, self._known[entry.track])
        return "TrackAdded", (metadata, entry_path(after) if after else NO_TRACK)

    def _news_of_tags(self, snapshot: Snapshot, window: Window) -> Sequence[News]:
        retagged = [entry for entry in window if entry.track in self._retagged]
        self._retagged.clear()
        if len(retagged) > MOST_SINGLE:
            return (_replaced(snapshot, window),)
        return [
            (
                "TrackMetadataChanged",
                (entry_path(entry.id), self._metadata(snapshot, entry, self._known[entry.track])),
            )
            for entry in retagged
        ]

    # --- what the tracks are ------------------------------------------------------------------------

    def _learn(self, snapshot: Snapshot) -> bool:
        """True when every track of the list is known; else they are read, and then there is another look."""
        tracks = {entry.track for entry in window_of(snapshot)}
        self._known = {track: known for track, known in self._known.items() if track in tracks}
        self._retagged &= self._known.keys()
        missing = tuple(tracks - self._known.keys())
        if missing and not self._learning:
            self._learning = True
            self._work.start("track list", self._read(missing))
        return not missing

    async def _read(self, tracks: tuple[int, ...]) -> None:
        try:
            found = await self._library.tracks(tracks)
        finally:
            self._learning = False
        self._known.update((track, found.get(track)) for track in tracks)
        self._note()

    async def _read_again(self, tracks: tuple[int, ...]) -> None:
        found = await self._library.tracks(tracks)
        for track in tracks:
            known = self._known.get(track)
            if known is not None and track in found:
                if _reads_otherwise(known, found[track]):
                    self._retagged.add(track)
                self._known[track] = found[track]
        self._note()

    def _metadata(self, snapshot: Snapshot, entry: Entry, track: Track | None) -> dict[str, Any]:
        """The whole map; of a track that left the library its id alone."""
        if track is None:
            return {"mpris:trackid": entry_path(entry.id)}
        length_us = snapshot.length_us if entry.id == snapshot.current_entry else track.stream.duration_us
        return mpris_metadata(track, entry=entry.id, length_us=length_us, with_url=self._with_url())


def window_of(snapshot: Snapshot) -> Window:
    """The entries around the current one."""
    index = max(0, snapshot.current_index)
    return snapshot.entries[max(0, index - BEFORE) : index + BEHIND + 1]


def steps_between(told: Window, now: Window) -> list[tuple[Entry, int | None]] | None:
    """What came and went, in the order in which it has to be told: an entry and None where it left, else the entry that
    it stands behind (0: none).  None when what stays stands in another order."""
    before, after = {entry.id for entry in told}, {entry.id for entry in now}
    if [entry.id for entry in told if entry.id in after] != [entry.id for entry in now if entry.id in before]:
        return None
    left: list[tuple[Entry, int | None]] = [(entry, None) for entry in told if entry.id not in after]
    places = zip((0, *(entry.id for entry in now)), now, strict=False)
    return left + [(entry, behind) for behind, entry in places if entry.id not in before]


def _replaced(snapshot: Snapshot, window: Window) -> News:
    current = entry_path(snapshot.current_entry) if snapshot.current_entry else NO_TRACK
    return "TrackListReplaced", (_paths(window), current)


def _paths(window: Window) -> list[str]:
    return [entry_path(entry.id) for entry in window]


def _reads_otherwise(known: Track, found: Track) -> bool:
    """True when a client would see another map."""
    one, other = (
        mpris_metadata(track, entry=1, length_us=track.stream.duration_us, with_url=True) for track in (known, found)
    )
    return one != other
