"""Hearing: how much of an entry came to the ear, and whether that was a play or a skip.  Pure.

The rule.  A play counts once half the track, or four minutes of it, were heard; what is heard counts in frames of the
track, so a pause adds nothing, a seek adds nothing of what it passes over, and what is heard again is heard.  A skip
counts when the listener moves on before that and some of it was heard.  Each hearing counts once, from the first frame
to the end of the entry: a track that repeats is another hearing each time.  A file that fails, a stop and an end that
was reached by seeking there are neither.
"""

import msgspec

from auralisd.doors.sound import Audible, Finished
from auralisd.model.audio import frames_to_us
from auralisd.model.listening import PLAYED, SKIPPED

ENOUGH_US = 240_000_000
"""So much of a track is a play, however long it is."""


class Hearing(msgspec.Struct, frozen=True):
    """One hearing of an entry, from its first frame until it ends.

    `heard_us` is the sum of its finished stretches; `from_us` is where the stretch that sounds began, None while none
    does.  `length_us` is the track's, None where it is not known.  `counted`: this hearing has counted as a play.
    """

    entry: int
    track: int
    heard_us: int = 0
    from_us: int | None = None
    rate_hz: int = 1
    length_us: int | None = None
    counted: bool = False


class Outcome(msgspec.Struct, frozen=True):
    """A hearing has counted: `outcome` is PLAYED or SKIPPED."""

    entry: int
    track: int
    outcome: str


def heard_us(hearing: Hearing, position_us: int) -> int:
    """How much was heard by now, with the ear at `position_us`."""
    if hearing.from_us is None:
        return hearing.heard_us
    return hearing.heard_us + max(0, position_us - hearing.from_us)


def begun(hearing: Hearing, audible: Audible) -> Hearing:
    """A stretch of it begins to sound."""
    rate_hz = max(1, audible.rate_hz)
    length_us = hearing.length_us if audible.frames is None else frames_to_us(audible.frames, rate_hz)
    return msgspec.structs.replace(
        hearing, from_us=frames_to_us(audible.frame, rate_hz), rate_hz=rate_hz, length_us=length_us
    )


def broken_off(hearing: Hearing, position_us: int) -> Hearing:
    """The stretch that sounds ends there; the hearing may go on elsewhere in the track."""
    return msgspec.structs.replace(hearing, heard_us=heard_us(hearing, position_us), from_us=None)


def finished(hearing: Hearing, report: Finished) -> Hearing:
    """The last frame was heard: now the length is known, whatever the file said."""
    end_us = frames_to_us(report.frames, hearing.rate_hz)
    return msgspec.structs.replace(broken_off(hearing, end_us), length_us=end_us)


def weighed(hearing: Hearing, position_us: int) -> tuple[Hearing, tuple[Outcome, ...]]:
    """Whether it counts as a play by now, with the ear at `position_us`; it does so once."""
    if hearing.counted or not _is_enough(heard_us(hearing, position_us), hearing.length_us):
        return hearing, ()
    return msgspec.structs.replace(hearing, counted=True), (Outcome(hearing.entry, hearing.track, PLAYED),)


def summed_up(hearing: Hearing, *, moved_on: bool) -> tuple[Outcome, ...]:
    """What a hearing that has ended came to; `moved_on`: the listener went to something else."""
    after, outcomes = weighed(hearing, 0)
    if after.counted or not moved_on or hearing.heard_us <= 0:
        return outcomes
    return (Outcome(hearing.entry, hearing.track, SKIPPED),)


def _is_enough(heard_us: int, length_us: int | None) -> bool:
    """Half of a length that is not known is not known: then it takes four minutes."""
    if heard_us >= ENOUGH_US:
        return True
    return length_us is not None and 0 < length_us <= 2 * heard_us
