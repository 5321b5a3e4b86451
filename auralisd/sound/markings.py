"""Markings: which marks lie on the tape for a part and the one that it overlaps.  Pure."""

from collections.abc import Iterator

import msgspec

from auralisd.sound.lap import Lap
from auralisd.sound.ring import BEGINS, CONTINUES, Mark
from auralisd.sound.score import Part

_changed = msgspec.structs.replace


def of_overlap(begin: Mark, lap: Lap, leaving: Part, serials: Iterator[int]) -> tuple[Mark, Mark]:
    """The entry that comes is the current one from the middle on; the one that leaves was heard to its end where it
    falls silent.  Nothing is marked before `begin.at`."""
    first = _changed(begin, serial=next(serials), at=max(begin.at, lap.middle), origin=lap.begins_at, ended=None)
    return first, _end_of(leaving, first, lap, serials)


def from_position(part: Part, leaving: Part | None, at: int, serials: Iterator[int]) -> tuple[Mark, ...]:
    """The marks from ring position `at` on, when `part` is taken up again there: it goes on, or still begins."""
    lap = part.lap if leaving is not None else None
    if leaving is not None and lap is not None and at < part.begin.at:
        going_on = _changed(leaving.begin, serial=next(serials), at=at, kind=CONTINUES, ended=None)
        return going_on, *of_overlap(part.begin, lap, leaving, serials)
    going_on = part.begin
    if at != part.begin.at:
        going_on = _changed(part.begin, serial=next(serials), at=at, kind=CONTINUES, ended=None)
    if leaving is not None and lap is not None and at <= lap.ends_at:
        return going_on, _end_of(leaving, going_on, lap, serials)
    return (going_on,)


def begin_among(marks: tuple[Mark, ...], otherwise: Mark) -> Mark:
    return next((mark for mark in marks if mark.kind == BEGINS), otherwise)


def _end_of(leaving: Part, coming: Mark, lap: Lap, serials: Iterator[int]) -> Mark:
    return _changed(coming, serial=next(serials), at=lap.ends_at, kind=CONTINUES, ended=leaving.ended)
