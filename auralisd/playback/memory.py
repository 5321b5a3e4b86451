"""StoredMemory: what survives a restart, kept in the store; and the state that a restart begins with."""

import asyncio
import logging
import random
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec

from auralisd.errors import NotKept
from auralisd.model.joins import Joins, is_crossfade
from auralisd.model.taste import MOST_PREAMP_DB, REPLAY_GAINS, Taste, is_intensity, is_target
from auralisd.playback.hearing import Hearing, heard_us
from auralisd.playback.queue import LOOPS, SHUFFLES, Listing, Order, PlayQueue
from auralisd.playback.shuffle import Deal, shuffled
from auralisd.playback.snapshot import PAUSED, PLAYING, STOPPED, Entry
from auralisd.playback.state import PlayerState
from auralisd.store.database import Database
from auralisd.store.playback import PlaceRow, PlaybackRows, QueueRows, load_playback, save_place, save_queue

log = logging.getLogger(__name__)

KEPT_WITHIN_S: Final = 2.0
"""So long a command waits for the disk; then it is answered, and what is not kept is told."""


class _Owed(msgspec.Struct, frozen=True):
    """What is to be written next."""

    queue: PlayQueue | None = None
    place: PlaceRow | None = None

    @property
    def anything(self) -> bool:
        return self.queue is not None or self.place is not None


class StoredMemory:
    """Each call returns when its transaction is committed, when the disk would not have it, or when it has waited long
    enough for it.

    Then that is told through `on_kept`, the music goes on, and the next call keeps what is owed too.
    """

    def __init__(self, database: Database, on_kept: Callable[[bool], None], *, within_s: float = KEPT_WITHIN_S) -> None:
        self._database = database
        self._on_kept = on_kept
        self._within_s = within_s
        self._owed = _Owed()
        self._written: QueueRows | None = None
        self._writing: tuple[asyncio.Future[QueueRows | None], _Owed] | None = None
        self._kept = True
        self.was_playing = False
        """What was recalled had been playing."""

    async def keep_queue(self, state: PlayerState, position_us: int) -> None:
        self._owed = _Owed(queue=state.queue, place=_place_row(state, position_us))
        await self._keep()

    async def keep_place(self, state: PlayerState, position_us: int) -> None:
        self._owed = _Owed(self._owed.queue, _place_row(state, position_us))
        await self._keep()

    async def _keep(self) -> None:
        """Write what is owed.  While an older transaction is under way, nothing is sent after it: a disk that hangs
        finds one that waits, and the newest state."""
        in_vain = self._writing is not None and not self._writing[0].done()  # somebody has waited for that already
        deadline_s = asyncio.get_running_loop().time() + (0.0 if in_vain else self._within_s)
        while self._owed.anything or self._writing is not None:
            if self._writing is None:
                owed, self._owed = self._owed, _Owed()
                self._writing = (self._database.submit(partial(_save, owed, self._written)), owed)
            left_s = max(0.0, deadline_s - asyncio.get_running_loop().time())
            done, _ = await asyncio.wait({self._writing[0]}, timeout=left_s)
            if not done:
                self._tell("the disk does not answer")
                return
            if not self._finish(*self._writing):
                return
        self._tell("")

    def _finish(self, written: "asyncio.Future[QueueRows | None]", owed: "_Owed") -> bool:
        """A transaction has ended; False when the disk would not have it, and it is owed again."""
        self._writing = None
        try:
            self._written = written.result() or self._written
        except NotKept as refusal:
            self._written = None
            self._owed = _Owed(self._owed.queue or owed.queue, self._owed.place or owed.place)
            self._tell(str(refusal))
            return False
        return True

    def _tell(self, reason: str) -> None:
        """Once, when it begins and when it is over; "" is no reason."""
        kept = not reason
        if kept != self._kept:
            self._kept = kept
            if reason:
                log.warning("queue and place are not kept reason=%s", reason)
            self._on_kept(kept)

    async def recall(self) -> PlayerState | None:
        """The state to begin with; None at the very first start."""
        rows = await self._database.run(load_playback)
        if rows is None:
            return None
        self.was_playing = rows.place.status == PLAYING
        return restored(rows)


def _place_row(state: PlayerState, position_us: int) -> PlaceRow:
    hearing = state.hearing
    return PlaceRow(
        status=state.status,
        current_entry=state.queue.current,
        position_us=position_us,
        loop=state.queue.loop,
        shuffle_mode=state.queue.shuffle,
        consume=state.queue.consume,
        stop_after=state.queue.stop_after,
        volume=state.volume,
        muted=state.muted,
        device=state.device,
        enabled=state.taste.enabled,
        preset=state.taste.preset,
        intensity=state.taste.intensity,
        bypass=state.taste.bypass,
        target_lufs=state.taste.target_lufs,
        album_mode=state.taste.album_mode,
        replay_gain=state.taste.replay_gain,
        preamp_db=state.taste.preamp_db,
        gapless=state.joins.gapless,
        crossfade_s=state.joins.crossfade_s,
        crossfade_on_skip=state.joins.on_skip,
        override=state.override,
        heard_us=heard_us(hearing, position_us) if hearing else 0,
        counted=hearing is not None and hearing.counted,
    )


def _save(owed: _Owed, written: QueueRows | None, connection: sqlite3.Connection) -> QueueRows | None:
    """One transaction, on the store's thread; answers the queue that it wrote."""
    rows = None if owed.queue is None else _queue_rows(owed.queue)
    if rows is not None:
        save_queue(connection, rows, written)
    if owed.place is not None:
        save_place(connection, owed.place)
    return rows


def _queue_rows(queue: PlayQueue) -> QueueRows:
    return QueueRows(
        entries=tuple((entry.id, entry.track) for entry in queue.entries),
        order=queue.order.ids,
        next_entry=queue.next_id,
        revision=queue.revision,
    )


def emptied(state: PlayerState) -> PlayerState:
    """The modes, volume and taste that were kept, and nothing queued; entry ids go on from where they were."""
    queue = msgspec.structs.replace(state.queue, listing=Listing(), order=Order(), current=0)
    return PlayerState(
        queue=queue,
        volume=state.volume,
        muted=state.muted,
        device=state.device,
        taste=state.taste,
        joins=state.joins,
    )


def restored(rows: PlaybackRows) -> PlayerState:
    """What was playing comes back paused at its position; what was stopped stays stopped.

    A current entry that is gone falls back to the first, and a figure that makes no sense to the usual one.  The name
    of a preset that is gone is kept: it may come back.
    """
    place = rows.place
    entries = tuple(Entry(*pair) for pair in rows.queue.entries)
    there = {entry.id for entry in entries}
    current = place.current_entry if place.current_entry in there else (entries[0].id if entries else 0)
    resumes = place.status != STOPPED and current == place.current_entry and current != 0
    return PlayerState(
        queue=_queue(rows, Listing(entries), current),
        status=PAUSED if resumes else STOPPED,
        start_us=place.position_us if resumes else 0,
        volume=place.volume,
        muted=place.muted,
        device=place.device,
        taste=_taste(place),
        joins=_joins(place),
        override=place.override if current == place.current_entry else "",
        hearing=_hearing(place, entries) if resumes else None,
    )


def _queue(rows: PlaybackRows, listing: Listing, current: int) -> PlayQueue:
    """An order that is none of the list (nobody but this program has written it, but disks fail) is made anew."""
    place = rows.place
    queue = PlayQueue(
        listing=listing,
        current=current,
        loop=place.loop if place.loop in LOOPS else "none",
        next_id=max([rows.queue.next_entry, *(entry.id + 1 for entry in listing.entries)]),
        revision=rows.queue.revision,
        consume=place.consume,
        stop_after=place.stop_after,
    )
    if place.shuffle_mode not in SHUFFLES or place.shuffle_mode == "off":
        return queue
    if sorted(rows.queue.order) != sorted(listing.places):
        return shuffled(queue, "tracks", Deal(random.Random()))
    return msgspec.structs.replace(queue, shuffle=place.shuffle_mode, order=Order(rows.queue.order))


def _hearing(place: PlaceRow, entries: tuple[Entry, ...]) -> Hearing | None:
    """What was heard of the current entry before the restart; a listener goes on with the same hearing."""
    if place.heard_us <= 0:
        return None
    track = next(entry.track for entry in entries if entry.id == place.current_entry)
    return Hearing(place.current_entry, track, heard_us=place.heard_us, counted=place.counted)


def _joins(place: PlaceRow) -> Joins:
    crossfade_s = place.crossfade_s if is_crossfade(place.crossfade_s) else 0.0
    return Joins(place.gapless, crossfade_s, place.crossfade_on_skip)


def _taste(place: PlaceRow) -> Taste:
    usual = Taste()
    return Taste(
        enabled=place.enabled,
        preset=place.preset,
        intensity=place.intensity if is_intensity(place.intensity) else usual.intensity,
        bypass=place.bypass,
        target_lufs=place.target_lufs if is_target(place.target_lufs) else usual.target_lufs,
        album_mode=place.album_mode,
        replay_gain=place.replay_gain if place.replay_gain in REPLAY_GAINS else usual.replay_gain,
        preamp_db=place.preamp_db if abs(place.preamp_db) <= MOST_PREAMP_DB else usual.preamp_db,
    )
