"""StoredMemory: what survives a restart, kept in the store; and the state that a restart begins with."""

import logging
import sqlite3
from collections.abc import Callable

from auralisd.errors import NotKept
from auralisd.model.taste import MOST_PREAMP_DB, REPLAY_GAINS, Taste, is_intensity, is_target
from auralisd.playback.hearing import Hearing, heard_us
from auralisd.playback.queue import PlayQueue
from auralisd.playback.snapshot import PAUSED, STOPPED, Entry
from auralisd.playback.state import PlayerState
from auralisd.store.database import Database
from auralisd.store.playback import PlaceRow, PlaybackRows, QueueRows, load_playback, save_place, save_queue

log = logging.getLogger(__name__)


class StoredMemory:
    """Each call returns when its transaction is committed, or when the disk would not have it.

    Then that is told through `on_kept`, the music goes on, and the next call keeps the queue that is owed too.
    """

    def __init__(self, database: Database, on_kept: Callable[[bool], None]) -> None:
        self._database = database
        self._on_kept = on_kept
        self._owed: QueueRows | None = None
        self._kept = True

    async def keep_queue(self, state: PlayerState) -> None:
        queue = state.queue
        self._owed = QueueRows(
            entries=tuple((entry.id, entry.track) for entry in queue.entries),
            order=queue.order,
            next_entry=queue.next_id,
        )
        await self._keep(None)

    async def keep_place(self, state: PlayerState, position_us: int) -> None:
        hearing = state.hearing
        await self._keep(
            PlaceRow(
                status=state.status,
                current_entry=state.queue.current,
                position_us=position_us,
                loop=state.queue.loop,
                shuffle=state.queue.shuffle,
                volume=state.volume,
                enabled=state.taste.enabled,
                preset=state.taste.preset,
                intensity=state.taste.intensity,
                bypass=state.taste.bypass,
                target_lufs=state.taste.target_lufs,
                album_mode=state.taste.album_mode,
                replay_gain=state.taste.replay_gain,
                preamp_db=state.taste.preamp_db,
                override=state.override,
                heard_us=heard_us(hearing, position_us) if hearing else 0,
                counted=hearing is not None and hearing.counted,
            )
        )

    async def _keep(self, place: PlaceRow | None) -> None:
        queue = self._owed

        def save(connection: sqlite3.Connection) -> None:
            if queue is not None:
                save_queue(connection, queue)
            if place is not None:
                save_place(connection, place)

        try:
            await self._database.run(save)
        except NotKept as refusal:
            if self._kept:
                log.warning("queue and place are not kept reason=%s", refusal)
            self._tell(kept=False)
        else:
            self._owed = None
            self._tell(kept=True)

    def _tell(self, *, kept: bool) -> None:
        if kept != self._kept:
            self._kept = kept
            self._on_kept(kept)

    async def recall(self) -> PlayerState | None:
        """The state to begin with; None at the very first start."""
        rows = await self._database.run(load_playback)
        return None if rows is None else restored(rows)


def emptied(state: PlayerState) -> PlayerState:
    """The modes, volume and taste that were kept, and nothing queued; entry ids go on from where they were."""
    kept = state.queue
    queue = PlayQueue(loop=kept.loop, shuffle=kept.shuffle, next_id=kept.next_id)
    return PlayerState(queue=queue, volume=state.volume, taste=state.taste)


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
        queue=PlayQueue(
            entries=entries,
            current=current,
            loop=place.loop,
            shuffle=place.shuffle,
            order=rows.queue.order,
            next_id=rows.queue.next_entry,
        ),
        status=PAUSED if resumes else STOPPED,
        start_us=place.position_us if resumes else 0,
        volume=place.volume,
        taste=_taste(place),
        override=place.override if current == place.current_entry else "",
        hearing=_hearing(place, entries) if resumes else None,
    )


def _hearing(place: PlaceRow, entries: tuple[Entry, ...]) -> Hearing | None:
    """What was heard of the current entry before the restart; a listener goes on with the same hearing."""
    if place.heard_us <= 0:
        return None
    track = next(entry.track for entry in entries if entry.id == place.current_entry)
    return Hearing(place.current_entry, track, heard_us=place.heard_us, counted=place.counted)


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
