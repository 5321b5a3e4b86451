"""Wishes: what the player wants measured and rehearsed before all else, and in which order."""

from collections import deque

from auralisd.model.knowledge import Rehearsal

_NEAR = 3
"""The current track and the next two; what is wished for behind them can wait for rehearsals."""


class Wishes:
    """The first track is measured, then rehearsed; then the next two are measured, then rehearsed; then the others are
    measured.  Each list replaces the last one of its kind.  While `held`, rehearsals let the measurements go first."""

    def __init__(self) -> None:
        self._tracks: tuple[int, ...] = ()
        self._to_measure: deque[int] = deque()
        self._rehearsals: tuple[Rehearsal, ...] = ()
        self._to_rehearse: deque[Rehearsal] = deque()
        self.held = False

    def measure(self, tracks: tuple[int, ...]) -> None:
        self._tracks = tuple(dict.fromkeys(tracks))
        self._to_measure = deque(self._tracks)

    def rehearse(self, rehearsals: tuple[Rehearsal, ...]) -> bool:
        """False when they are the same as before: then they have only to be looked at once more."""
        new = rehearsals != self._rehearsals
        self._rehearsals = rehearsals
        self._to_rehearse = deque(rehearsals)
        return new

    def __bool__(self) -> bool:
        """True when `take` has something to give."""
        return bool(self._to_measure) or self._may_rehearse

    def take(self) -> int | Rehearsal | None:
        """What is to be done next: a track to be measured or a rehearsal."""
        if self._may_rehearse and (not self._to_measure or self._rehearsals_rank() < self._measurements_rank()):
            return self._to_rehearse.popleft()
        return self._to_measure.popleft() if self._to_measure else None

    @property
    def _may_rehearse(self) -> bool:
        return bool(self._to_rehearse) and not self.held

    def _measurements_rank(self) -> int:
        place = len(self._tracks) - len(self._to_measure)
        if place == 0:
            return 0
        return 2 if place < _NEAR else 4

    def _rehearsals_rank(self) -> int:
        return 1 if self._to_rehearse[0].track in self._tracks[:1] else 3
