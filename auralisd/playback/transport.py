"""Transport: every change of what sounds, and whether it does.  Pure.

Status, generation, and what sound holds are written here and nowhere else; reports and edits lead through these steps.
"""

from typing import assert_never

import msgspec

from auralisd.errors import NotFound
from auralisd.playback import commands as ask
from auralisd.playback import queue as q
from auralisd.playback.edits import removed
from auralisd.playback.queue import PlayQueue
from auralisd.playback.shuffle import brought_forward
from auralisd.playback.snapshot import PAUSED, PLAYING, STOPPED, QueueChanged, Seeked, StreamEnded
from auralisd.playback.state import (
    Effect,
    HaltSound,
    HoldSound,
    JoinNext,
    Moment,
    PlayerState,
    ReleaseSound,
    StartStream,
    Tell,
)

RESTART_AFTER_US = 3_000_000
"""Previous goes back to the start of a track of which more than this was heard."""

FARTHEST_US = 2**62
"""Where a track's length is not known, a seek goes no further: neither the bus nor the database count beyond 2^63."""

Stepped = tuple[PlayerState, tuple[Effect, ...]]
Steering = ask.Play | ask.Pause | ask.Toggle | ask.Stop
Moving = ask.Next | ask.Previous | ask.GoTo | ask.SeekBy | ask.SeekTo

_changed = msgspec.structs.replace


# --- to play or not -----------------------------------------------------------------------------------


def steer(state: PlayerState, command: Steering, moment: Moment) -> Stepped:
    match command:
        case ask.Play():
            return play(state)
        case ask.Pause():
            return pause(state)
        case ask.Toggle():
            return pause(state) if state.status == PLAYING else play(state)
        case ask.Stop():
            return stop(state, moment)
        case _:
            assert_never(command)


def play(state: PlayerState) -> Stepped:
    if state.status == PLAYING or not state.queue.current:
        return state, ()
    if state.lost and state.loaded:
        return _changed(state, waits=True), (ReleaseSound(),)  # it plays once the device is back
    if state.loaded:
        return _changed(state, status=PLAYING), (ReleaseSound(),)
    return start(_changed(state, broken=frozenset()), start_us=state.start_us, playing=True)


def pause(state: PlayerState) -> Stepped:
    if not state.wants_sound:
        return state, ()
    return _changed(state, status=PAUSED, waits=False), (HoldSound(),)


def stop(state: PlayerState, moment: Moment, *, reason: str = "stopped") -> Stepped:
    if state.status == STOPPED:
        return state, ()
    return _silenced(state), (*ended(state, reason, moment), HaltSound())


# --- moving about -------------------------------------------------------------------------------------


def move(state: PlayerState, command: Moving, moment: Moment) -> Stepped:
    match command:
        case ask.Next():
            return _skip(state, moment)
        case ask.Previous():
            return _previous(state, moment)
        case ask.GoTo(entry):
            if state.queue.track_of(entry) is None:
                raise NotFound(f"entry {entry} is not in the queue; List names those that are")
            brought = _changed(state, queue=brought_forward(state.queue, entry, moment.deal))
            return to_entry(brought, entry, moment, playing=True)
        case ask.SeekBy(offset_us):
            return _seek_by(state, offset_us, moment)
        case ask.SeekTo(entry, position_us):
            past_end = moment.length_us is not None and position_us > moment.length_us
            if entry != state.queue.current or state.status == STOPPED or position_us < 0 or past_end:
                return state, ()
            return _seek(state, position_us)
        case _:
            assert_never(command)


def _skip(state: PlayerState, moment: Moment) -> Stepped:
    left = state.queue.current
    entry = q.after(state.queue, left, asked=True, broken=state.broken)
    if entry is None or entry == left:
        return state, ()
    consumed, told = consume(state, left)
    moved, effects = to_entry(consumed, entry, moment, playing=state.wants_sound)
    return moved, (*effects, *told)


def _previous(state: PlayerState, moment: Moment) -> Stepped:
    entry = q.before(state.queue, state.queue.current)
    if entry is not None and (state.status == STOPPED or moment.position_us <= RESTART_AFTER_US):
        return to_entry(state, entry, moment, playing=state.wants_sound)
    if state.status == STOPPED:
        return state, ()
    return _seek(state, 0)


def _seek_by(state: PlayerState, offset_us: int, moment: Moment) -> Stepped:
    if state.status == STOPPED:
        return state, ()
    target_us = min(max(0, moment.position_us + offset_us), FARTHEST_US)
    if moment.length_us is None or target_us <= moment.length_us:
        return _seek(state, target_us)
    if q.after(state.queue, state.queue.current, asked=True, broken=state.broken) is None:
        return end_of_queue(state, ended(state, "skipped", moment), halt=True)
    return _skip(state, moment)


def _seek(state: PlayerState, position_us: int) -> Stepped:
    sought, effects = start(state, start_us=position_us, playing=state.wants_sound)
    return sought, (*effects, Tell(Seeked(position_us)))


# --- the steps that all else is made of -----------------------------------------------------------------


def start(state: PlayerState, *, start_us: int, playing: bool, over: int | None = None) -> Stepped:
    """Load the current entry anew: a new generation, and what follows it."""
    begun = _changed(
        _next_generation(state),
        status=PLAYING if playing else state.status,
        loaded=True,
        waits=False,
        start_us=start_us,
        following=None,
    )
    joined, effects = rejoined(begun)
    return joined, (StartStream(state.queue.current, start_us, playing, over), *effects)


def taken_up(state: PlayerState, *, start_us: int) -> Stepped:
    """Another sound process has the current entry; whether it plays is as it was, until it tells of its device."""
    begun, effects = start(state, start_us=start_us, playing=True)
    return _changed(begun, status=state.status, waits=state.waits), effects


def to_entry(state: PlayerState, entry: int, moment: Moment, *, playing: bool, reason: str = "skipped") -> Stepped:
    """Make another entry current.  Stopped stays stopped unless `playing`."""
    endings = ended(state, reason, moment)
    over = state.sounding if playing and state.loaded and state.status == PLAYING else None
    moved = _changed(
        state, queue=q.with_current(state.queue, entry), sounding=None, start_us=0, loaded=False, following=None
    )
    if playing or state.status == PAUSED:
        started, effects = start(moved, start_us=0, playing=playing, over=over)
        return _changed(started, status=PLAYING if playing else PAUSED), (*endings, *effects)
    return moved, endings


def end_of_queue(state: PlayerState, endings: tuple[Effect, ...], *, halt: bool) -> Stepped:
    """The last entry was heard: stopped, and Play begins with the first one again.

    Where play was to stop after the current entry, it goes on with the next one.
    """
    once = with_queue(state, _changed(state.queue, stop_after=False))
    current = state.queue.current
    onward = q.after(once.queue, current, asked=False, broken=state.broken) if state.queue.stop_after else None
    left, told = consume(once, current) if onward != current else (once, ())
    over = with_queue(_silenced(left), q.with_current(left.queue, onward or q.first(left.queue)))
    return over, (*endings, *told, HaltSound()) if halt else (*endings, *told)


def lost(state: PlayerState, *, waits: bool) -> PlayerState:
    """There is no device.  What played is paused where it was; `waits`: until there is one."""
    status = PAUSED if state.status == PLAYING else state.status
    return _changed(state, status=status, lost=True, waits=waits)


def returned(state: PlayerState) -> PlayerState:
    """The device runs: what waited for it plays."""
    return _changed(state, status=PLAYING if state.waits else state.status, lost=False, waits=False)


def unloaded(state: PlayerState, position_us: int) -> PlayerState:
    """The sound process is gone, and with it what it held."""
    return _changed(state, loaded=False, following=None, start_us=position_us)


def rejoined(state: PlayerState, *, force: bool = False, after: int | None = None) -> Stepped:
    """Tell sound what follows, when that is not what it already knows."""
    if not state.loaded:
        return state, ()
    following = q.after(state.queue, after or state.queue.current, asked=False, broken=state.broken)
    if following == state.following and not force:
        return state, ()
    return _changed(state, following=following), (JoinNext(following),)


def consume(state: PlayerState, entry: int) -> Stepped:
    """An entry that was played leaves the queue, where that is the mode; what could not be played stays."""
    if not state.queue.consume or entry in state.broken or entry not in state.queue.listing.places:
        return state, ()
    queue = removed(state.queue, (entry,))
    left = _changed(state, queue=queue, edits=state.edits.without(entry))
    return left, (Tell(QueueChanged(queue.revision, "consume")),)


def ended(state: PlayerState, reason: str, moment: Moment) -> tuple[Effect, ...]:
    if state.sounding is None:
        return ()
    return (Tell(StreamEnded(state.sounding, reason, moment.frames)),)


def with_queue(state: PlayerState, queue: PlayQueue) -> PlayerState:
    return _changed(state, queue=queue)


def _silenced(state: PlayerState) -> PlayerState:
    stopped = _changed(state, status=STOPPED, loaded=False, start_us=0, following=None, sounding=None, waits=False)
    return _next_generation(stopped)


def _next_generation(state: PlayerState) -> PlayerState:
    return _changed(state, generation=state.generation + 1)
