"""Tallying: what each step of the player means for the hearing that is under way.  Pure."""

import msgspec

from auralisd.doors.sound import Audible, Finished
from auralisd.playback import commands as ask
from auralisd.playback.hearing import Hearing, Outcome, begun, broken_off, finished, summed_up
from auralisd.playback.snapshot import STOPPED, StreamEnded
from auralisd.playback.state import Count, Effect, Moment, PlayerState, Tell

_changed = msgspec.structs.replace


def tallied(
    before: PlayerState, after: PlayerState, effects: tuple[Effect, ...], given: object, moment: Moment
) -> tuple[PlayerState, tuple[Effect, ...]]:
    """`after` with its hearing, and `effects` with what is to be counted, once `before` was given `given`."""
    reason = None if before.hearing is None else _end_of_stream(effects, before.hearing.entry)
    hearing, outcomes = before.hearing, tuple[Outcome, ...]()
    if hearing is not None and _breaks_off(before, after, reason):
        hearing = _broken_off(hearing, given, moment)
    if hearing is not None and (reason or after.status == STOPPED or after.queue.current != hearing.entry):
        outcomes = summed_up(hearing, moved_on=_moves_on(before, after, given, reason))
        hearing = None
    if isinstance(given, Audible) and given.generation == after.generation:
        hearing = _heard_on(hearing, before, after, given, moment)
    if hearing == before.hearing and not outcomes:
        return after, effects
    return _changed(after, hearing=hearing), (*effects, *map(Count, outcomes))


def _breaks_off(before: PlayerState, after: PlayerState, reason: str | None) -> bool:
    """True when the stretch that sounded has ended: by a seek, a death, a lost device, or with the entry."""
    return (
        reason is not None
        or after.generation != before.generation
        or (before.loaded and not after.loaded)
        or after.queue.current != before.queue.current
    )


def _broken_off(hearing: Hearing, given: object, moment: Moment) -> Hearing:
    if isinstance(given, Finished) and given.entry == hearing.entry:
        return finished(hearing, given)
    return broken_off(hearing, moment.position_us)


def _moves_on(before: PlayerState, after: PlayerState, given: object, reason: str | None) -> bool:
    """True when it was the listener who went to something else; to begin the same entry anew is not that."""
    if not isinstance(given, ask.Command):
        return False
    return after.queue.current != before.queue.current or (reason == "skipped" and after.status == STOPPED)


def _heard_on(
    hearing: Hearing | None, before: PlayerState, after: PlayerState, audible: Audible, moment: Moment
) -> Hearing | None:
    """The hearing once an entry sounds; it goes on where it was broken off."""
    track = after.queue.track_of(audible.entry)
    if track is None:
        return hearing
    if hearing is None:
        length_us = moment.length_us if before.queue.current == audible.entry else None
        hearing = Hearing(audible.entry, track, length_us=length_us)
    return hearing if hearing.from_us is not None else begun(hearing, audible)


def _end_of_stream(effects: tuple[Effect, ...], entry: int) -> str | None:
    """Why an entry has ended; None when it has not."""
    for effect in effects:
        if isinstance(effect, Tell) and isinstance(effect.event, StreamEnded) and effect.event.entry == entry:
            return effect.event.reason
    return None
