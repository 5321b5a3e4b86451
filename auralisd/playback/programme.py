"""Programme: what sound was told of the current entry and of the one that follows, and what that was made from.

It keeps both, so that another wish of the listener is answered without asking the library.
"""

from collections.abc import Iterator

import msgspec

from auralisd.doors.sound import Stream
from auralisd.model.audio import us_to_frames
from auralisd.model.knowledge import Knowledge, Rehearsal
from auralisd.model.preset import Preset
from auralisd.playback import queue as q
from auralisd.playback.ports import Presets, TrackSource
from auralisd.playback.queue import PlayQueue
from auralisd.playback.state import PlayerState
from auralisd.playback.treatments import (
    Resolved,
    continues_album,
    plays_in_album_order,
    preset_in_effect,
    resolve,
    to_rehearse,
    tracks_around,
    wants_album,
)

WISHED_AHEAD = 3
ALBUM_WITHIN = 50
"""So many entries before and behind the current one are looked through for its album."""


class Programme:
    """Lives in the player's task: nobody else calls it."""

    def __init__(self, tracks: TrackSource, presets: Presets) -> None:
        self._tracks = tracks
        self._presets = presets
        self._known: dict[int, Knowledge] = {}
        self._told: dict[int, Stream] = {}
        self._rehearsals: tuple[Rehearsal, ...] | None = ()

    # --- what is known ----------------------------------------------------------------------------

    def knowledge(self, track: int | None) -> Knowledge:
        """What is known of a track near the current one; nothing of any other."""
        return self._known.get(track or 0, Knowledge())

    def preset(self, state: PlayerState) -> Preset:
        """The preset in effect for the current entry."""
        known = self.knowledge(state.queue.track_of(state.queue.current))
        return preset_in_effect(state.taste, known, self._presets.presets, state.override)

    async def attend(self, state: PlayerState) -> None:
        """Know the tracks around the current entry and what follows it; forget all others.

        Asks the library only for what came near.
        """
        queue = state.queue
        onward = q.after(queue, queue.current, asked=True, broken=state.broken)
        near = tracks_around(queue, (queue.current, state.following, onward, *_coming(queue)))
        await self._learn(near)
        self._known = {track: self._known[track] for track in near}

    async def look_again(self, state: PlayerState) -> None:
        """Read anew what is known.  The current track keeps its measurements until there are newer ones: that its
        file was written anew is no reason to treat differently what is heard."""
        current = state.queue.track_of(state.queue.current)
        for track, known in self._known.items():
            fresh = await self._tracks.knowledge(track)
            self._known[track] = _kept(known, fresh) if track == current else fresh
        self._rehearsals = None

    def is_about(self, tracks: tuple[int, ...]) -> bool:
        """True when one of these is near the current one."""
        return not self._known.keys().isdisjoint(tracks)

    async def _learn(self, tracks: tuple[int, ...]) -> None:
        for track in tracks:
            if track not in self._known:
                self._known[track] = await self._tracks.knowledge(track)

    # --- what sound is told -----------------------------------------------------------------------

    async def begin(self, state: PlayerState, entry: int, start_us: int, *, over: int | None = None) -> Stream:
        """The stream of a new start, over the entry that sounds and was left for it; what was told before does not
        matter any more."""
        self._told.clear()
        stream = await self._composed(state, entry, start_us)
        if over is None or over == entry or not state.joins.on_skip:
            return stream
        in_album = continues_album(state.queue, over, entry, self._known)
        overlap_s = max(0.0, state.joins.overlap_s(in_album=in_album))
        self._told[entry] = msgspec.structs.replace(stream, overlap_s=overlap_s)
        return self._told[entry]

    async def join(self, state: PlayerState, entry: int) -> Stream:
        """The stream of what follows."""
        return await self._composed(state, entry, 0)

    def revised(self, state: PlayerState) -> tuple[Stream, ...]:
        """Those of the two streams that are to be treated differently than sound was told."""
        told = {entry: self._told[entry] for entry in (state.queue.current, state.following) if entry in self._told}
        self._told = {entry: self._treated(state, stream) for entry, stream in told.items()}
        return tuple(stream for entry, stream in self._told.items() if stream != told[entry])

    async def _composed(self, state: PlayerState, entry: int, start_us: int) -> Stream:
        """What sound must know of an entry.  A track that left the library meets its file's absence there."""
        track_id = state.queue.track_of(entry) or 0
        await self._learn(tracks_around(state.queue, (entry,)))
        track = (await self._tracks.tracks((track_id,))).get(track_id)
        rate_hz = (track.stream.rate_hz if track else None) or 1
        bare = Stream(
            entry=entry,
            track=track_id,
            path=b"" if track is None else track.path,
            start_frame=us_to_frames(start_us, rate_hz) if start_us else 0,
        )
        stream = self._told[entry] = self._treated(state, bare)
        return stream

    def _treated(self, state: PlayerState, stream: Stream) -> Stream:
        treatment, profile, album = self._resolved(state, stream.entry, stream.track)
        overlap_s = self._overlap_s(state, stream)
        return msgspec.structs.replace(stream, treatment=treatment, profile=profile, album=album, overlap_s=overlap_s)

    def _overlap_s(self, state: PlayerState, stream: Stream) -> float:
        """How what follows joins the current entry; a track that repeats goes round without a seam."""
        current = state.queue.current
        if stream.entry == current:
            return stream.overlap_s
        in_album = continues_album(state.queue, current, stream.entry, self._known)
        return state.joins.overlap_s(in_album=in_album)

    def _resolved(self, state: PlayerState, entry: int, track: int) -> Resolved:
        known = self.knowledge(track)
        override = state.override if entry == state.queue.current else ""
        preset = preset_in_effect(state.taste, known, self._presets.presets, override)
        in_order = plays_in_album_order(state.queue, entry, self._known)
        return resolve(state.taste, known, preset, in_album_order=in_order)

    # --- what shall be measured and rehearsed -----------------------------------------------------

    async def wish(self, state: PlayerState) -> None:
        """Have the current track and the next two measured before the rest of the library, and where its album counts
        as one, what lies of that in the queue."""
        queue = state.queue
        wished = _tracks_of(queue, _coming(queue))
        current = self.knowledge(queue.track_of(queue.current))
        if wants_album(state.taste) and current.album and current.album_profile is None:
            wished += [track for track in await self._rest_of_album(queue) if track not in wished]
        self._tracks.measure_soon(tuple(wished))

    def rehearse(self, state: PlayerState) -> None:
        """Have the current track and the next two rehearsed as they shall be treated, while sound plays; asked for
        when that is something else than before, or something else is known of them."""
        rehearsals = tuple(self._to_rehearse(state)) if state.loaded else ()
        if rehearsals != self._rehearsals:
            self._rehearsals = rehearsals
            self._tracks.rehearse_soon(rehearsals)

    def _to_rehearse(self, state: PlayerState) -> Iterator[Rehearsal]:
        for entry in _coming(state.queue):
            track = state.queue.track_of(entry) or 0
            treatment, _, album = self._resolved(state, entry, track)
            if (wanted := to_rehearse(treatment, album)) is not None:
                yield Rehearsal(track, wanted)

    async def _rest_of_album(self, queue: PlayQueue) -> list[int]:
        """Tracks of the current one's album that are not measured, as far as they lie near it in the queue."""
        index = queue.current_index
        near = [entry.track for entry in queue.entries[max(0, index - ALBUM_WITHIN) : index + ALBUM_WITHIN + 1]]
        found = await self._tracks.tracks(tuple(dict.fromkeys(near)))
        current = found.get(queue.entries[index].track)
        if current is None:
            return []
        album = current.tags.album
        return [t.id for t in found.values() if t.tags.album == album and t.available and not t.analysed]


def _coming(queue: PlayQueue) -> list[int]:
    """The current entry and the next two; fewer where one of them is of a track that is among them."""
    entries: list[int] = []
    entry: int | None = queue.current
    while entry is not None and len(entries) < WISHED_AHEAD:
        track = queue.track_of(entry)
        if track is None or track in _tracks_of(queue, entries):
            break
        entries.append(entry)
        entry = q.after(queue, entry, asked=True)
    return entries


def _tracks_of(queue: PlayQueue, entries: list[int]) -> list[int]:
    return [track for entry in entries if (track := queue.track_of(entry)) is not None]


def _kept(known: Knowledge, fresh: Knowledge) -> Knowledge:
    """`fresh`, with the measurements that were known where it has none."""
    same_album = known.album_profile if fresh.album == known.album else None
    return msgspec.structs.replace(
        fresh,
        profile=fresh.profile or known.profile,
        album_profile=fresh.album_profile or same_album,
        rehearsed=fresh.rehearsed if fresh.profile else known.rehearsed,
    )
