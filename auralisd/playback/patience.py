"""Patience: the player waits for the library no longer than a listener for the player."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from auralisd.errors import Unavailable
from auralisd.model.knowledge import AlbumPlace, Knowledge, Rehearsal
from auralisd.model.track import Track
from auralisd.playback.ports import TrackSource

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

ANSWERED_WITHIN_S: Final = 1.0

_REMEMBERED: Final = 64
"""So many tracks are remembered, for a library that does not answer."""


class PatientTracks:
    """A `TrackSource` that answers in time: what it was told last where the library takes longer, or a refusal where
    that would be wrong.  While one question waits, no other is asked: a disk that hangs is met once.

    `on_late`: the library answers again, of tracks about which nobody could be told what it knows.
    """

    def __init__(
        self,
        tracks: TrackSource,
        *,
        within_s: float = ANSWERED_WITHIN_S,
        on_late: Callable[[tuple[int, ...]], None] = lambda _: None,
    ) -> None:
        self._source = tracks
        self._within_s = within_s
        self._on_late = on_late
        self._owed: dict[int, None] = {}
        self._closed = False
        self._overdue: set[asyncio.Task[Any]] = set()
        self._tracks: dict[int, Track] = {}
        self._knowledge: dict[int, Knowledge] = {}

    async def tracks(self, ids: tuple[int, ...]) -> dict[int, Track]:
        try:
            found = await self._answer(lambda: self._source.tracks(ids))
        except TimeoutError:
            return {track: self._tracks[track] for track in ids if track in self._tracks}
        self._tracks = _newest(self._tracks | found)
        return found

    async def knowledge(self, track: int) -> Knowledge:
        try:
            known = await self._answer(lambda: self._source.knowledge(track))
        except TimeoutError:
            self._owed[track] = None
            return self._knowledge.get(track, Knowledge())
        self._knowledge = _newest(self._knowledge | {track: known})
        return known

    async def unknown_among(self, ids: tuple[int, ...]) -> int | None:
        return await self._answer_or_refuse(lambda: self._source.unknown_among(ids))

    async def albums(self, ids: tuple[int, ...]) -> dict[int, AlbumPlace]:
        return await self._answer_or_refuse(lambda: self._source.albums(ids))

    async def remember_preset(self, track: int, scope: str, preset: str) -> None:
        await self._answer_or_refuse(lambda: self._source.remember_preset(track, scope, preset))

    async def count(self, entry: int, track: int, outcome: str) -> None:
        """Counted in any case, and waited for as long as for an answer."""
        counting = asyncio.ensure_future(self._source.count(entry, track, outcome))
        await asyncio.wait({counting}, timeout=0.0 if self._overdue else self._within_s)
        if counting.done():
            counting.result()
        else:
            self._watch(counting)

    def measure_soon(self, tracks: tuple[int, ...]) -> None:
        self._source.measure_soon(tracks)

    def rehearse_soon(self, rehearsals: tuple[Rehearsal, ...]) -> None:
        self._source.rehearse_soon(rehearsals)

    def close(self) -> None:
        self._closed = True
        for task in self._overdue:
            task.cancel()

    async def _answer_or_refuse(self, ask: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        try:
            return await self._answer(ask)
        except TimeoutError:
            raise Unavailable("the library does not answer; its disk may hang, try again") from None

    async def _answer(self, ask: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        """Raises TimeoutError."""
        if self._overdue:
            raise TimeoutError
        asking = asyncio.ensure_future(ask())
        await asyncio.wait({asking}, timeout=self._within_s)
        if asking.done():
            return asking.result()
        self._watch(asking)
        log.warning("the library does not answer within_s=%.1f", self._within_s)
        raise TimeoutError

    def _watch(self, overdue: "asyncio.Task[Any]") -> None:
        self._overdue.add(overdue)
        overdue.add_done_callback(self._arrived)

    def _arrived(self, overdue: "asyncio.Task[Any]") -> None:
        self._overdue.discard(overdue)
        if not overdue.cancelled() and (failure := overdue.exception()) is not None:
            log.warning("the library's late answer was a refusal reason=%s", failure)
        if self._owed and not self._overdue and not self._closed:
            owed, self._owed = tuple(self._owed), {}
            self._on_late(owed)


def _newest(kept: dict[int, Answer]) -> dict[int, Answer]:
    return dict(list(kept.items())[-_REMEMBERED:])
