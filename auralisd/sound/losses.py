"""Losses: what cannot be heard of the entries on the tape, told once each.  Only the render thread uses it."""

import logging
from collections.abc import Callable

from auralisd.decode.decoder import Damage
from auralisd.doors.sound import Damaged, Report, Stream, Unreadable
from auralisd.errors import TrackUnreadable

log = logging.getLogger(__name__)


class Losses:
    def __init__(self, report: Callable[[Report], None]) -> None:
        self._report = report
        self._unreadable: set[int] = set()
        self._damaged: dict[int, list[Damage]] = {}
        self._again: set[int] = set()

    def forget_unreadable(self) -> None:
        """Another generation wants to hear of it itself."""
        self._unreadable.clear()

    def tell_unreadable(self, generation: int, stream: Stream, failure: TrackUnreadable) -> None:
        log.warning("track unreadable entry=%d code=%s reason=%s", stream.entry, failure.code, failure)
        if stream.entry not in self._unreadable:
            self._unreadable.add(stream.entry)
            self._report(Unreadable(generation, stream.entry, failure.code, stream.start_frame))

    def once_more(self, *entries: int) -> None:
        """When these are opened next, it is for what was on the tape already, and told."""
        self._again = set(entries)

    def opened(self, entry: int) -> None:
        """To be heard: of a track that is played twice its damage is told twice."""
        if entry not in self._again:
            self._damaged.pop(entry, None)
        self._again.discard(entry)

    def tell_damage(self, generation: int, entry: int, damage: Damage) -> None:
        told = self._damaged.setdefault(entry, [])
        if not any(damage.is_same_as(other) for other in told):
            told.append(damage)
            log.warning("track damaged entry=%d frame=%d frames=%s", entry, damage.frame, damage.frames)
            self._report(Damaged(generation, entry, *damage))
