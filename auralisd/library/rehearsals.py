"""Rehearsals: what they came to, for as long as the daemon runs."""

import msgspec

from auralisd.model.knowledge import Rehearsal, Rehearsed
from auralisd.model.taste import Treatment
from auralisd.model.track import FileFacts, Track

KEPT = 256


class _Key(msgspec.Struct, frozen=True):
    track: int
    size_bytes: int
    mtime_ns: int
    treatment: Treatment


class Rehearsals:
    """Lives on the loop.  Holds for the very file that was rehearsed; the ones that were kept first go first."""

    def __init__(self) -> None:
        self._kept: dict[_Key, float | None] = {}

    def keep(self, rehearsal: Rehearsal, facts: FileFacts, trim_lu: float | None) -> None:
        """`trim_lu` None: it was in vain, and will be."""
        key = _Key(rehearsal.track, facts.size_bytes, facts.mtime_ns, rehearsal.treatment)
        self._kept.pop(key, None)
        self._kept[key] = trim_lu
        if len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]

    def is_done(self, rehearsal: Rehearsal, facts: FileFacts) -> bool:
        return _Key(rehearsal.track, facts.size_bytes, facts.mtime_ns, rehearsal.treatment) in self._kept

    def of(self, track: Track) -> tuple[Rehearsed, ...]:
        """All that is known of a track, its file as it is now."""
        own = (track.id, track.facts.size_bytes, track.facts.mtime_ns)
        return tuple(
            Rehearsed(key.treatment, trim_lu)
            for key, trim_lu in self._kept.items()
            if trim_lu is not None and (key.track, key.size_bytes, key.mtime_ns) == own
        )
