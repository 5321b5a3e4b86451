"""Hearsay: what the sound process told, and what that comes to.  Pure.

A report of an older generation is stale: it changes nothing.
"""

from typing import assert_never

import msgspec

from auralisd.doors import sound
from auralisd.model.audio import frames_to_us
from auralisd.playback import queue as q
from auralisd.playback.snapshot import (
    STOPPED,
    DeviceLost,
    DeviceReturned,
    SoundGivenUp,
    StreamEnded,
    StreamFailed,
    StreamStarted,
)
from auralisd.playback.state import (
    HoldSound,
    LeaveSound,
    Moment,
    PlayerState,
    SoundDied,
    SoundReplaced,
    SoundRested,
    Tell,
)
from auralisd.playback.transport import (
    Stepped,
    consume,
    end_of_queue,
    ended,
    lost,
    rejoined,
    returned,
    start,
    stop,
    taken_up,
    to_entry,
    unloaded,
)

MOST_DEATHS = 3
"""So many deaths of the sound process in a row, and nothing heard between them, are not the fault of a file."""

NEAR_THE_END_US = 500_000
"""So near its end the current file was read to the end: it is the next one that is waited for."""

_Of = sound.Audible | sound.Finished | sound.Drained | sound.Unreadable | sound.Damaged
"""Reports about a stream."""

_changed = msgspec.structs.replace


def heard(state: PlayerState, report: sound.Report, moment: Moment) -> Stepped:
    match report:
        case sound.DeviceState():
            return _device(state, report, moment)
        case sound.Starved() if state.loaded and state.wants_sound and report.generation == state.generation:
            return _starved(state, report, moment)
        case sound.Audible() | sound.Finished() | sound.Drained() | sound.Unreadable() | sound.Damaged() if (
            state.loaded  # else nobody can know of it
            and report.generation == state.generation
        ):
            return _stream(state, report, moment)
        case _:
            return state, ()


def sound_gone(state: PlayerState, news: SoundDied | SoundRested | SoundReplaced, moment: Moment) -> Stepped:
    """Remember where it was; a death while playing starts again at that frame, or passes over a deadly file."""
    position_us = 0 if state.status == STOPPED else moment.position_us
    bare = unloaded(state, position_us)
    if isinstance(news, SoundRested) or not state.wants_sound:
        return bare, ()
    if isinstance(news, SoundReplaced):
        return taken_up(bare, start_us=position_us)
    bare = _changed(bare, deaths=state.deaths + 1)
    if bare.deaths >= MOST_DEATHS:
        given_up, effects = stop(bare, moment)
        return given_up, (*effects, Tell(SoundGivenUp()))
    if not news.again or news.entry != state.queue.current:
        return start(bare, start_us=position_us, playing=True)
    return _pass_over(bare, bare.queue.current, "damaged", moment)


# --- a stream -----------------------------------------------------------------------------------------


def _stream(state: PlayerState, report: _Of, moment: Moment) -> Stepped:
    match report:
        case sound.Audible(entry=entry) if entry not in state.queue.listing.places:
            return _goes_on(_changed(state, deaths=0), moment, halt=True)
        case sound.Audible(entry=entry):
            return _audible(state, entry, moment)
        case sound.Finished(entry=entry, frames=frames):
            return _over(state, StreamEnded(entry, "completed", frames))
        case sound.Drained():
            return _goes_on(state, moment, halt=False)
        case sound.Unreadable():
            return _unreadable(state, report, moment)
        case sound.Damaged():
            return _damaged(state, report)
        case _:
            assert_never(report)


def _over(state: PlayerState, told: StreamEnded) -> Stepped:
    """What sounded, or faded out under what sounds now, has ended."""
    if told.entry == state.sounding:
        return _changed(state, sounding=None), (Tell(told),)
    if told.entry == state.fading:
        return _changed(state, fading=None), (Tell(told),)
    return state, ()


def _audible(state: PlayerState, entry: int, moment: Moment) -> Stepped:
    track = state.queue.track_of(entry) or 0
    state = _changed(state, deaths=0)
    if state.sounding == entry:
        return state, ()
    if state.sounding is not None:
        state = _changed(state, fading=state.sounding, fading_frames=moment.frames)
    left = state.queue.current
    current = _changed(
        state, queue=q.with_current(state.queue, entry), sounding=entry, following=None, broken=state.broken - {entry}
    )
    consumed, told = consume(current, left) if left != entry else (current, ())
    joined, effects = rejoined(consumed, force=True)
    return joined, (Tell(StreamStarted(entry, track)), *told, *effects)


def _goes_on(state: PlayerState, moment: Moment, *, halt: bool) -> Stepped:
    """The music has ended, or what begins was removed in that very moment: what follows now, and sound has not heard
    of, starts; or the queue has come to its end."""
    if state.following is None:
        return end_of_queue(state, ended(state, "failed", moment), halt=halt)
    left, onward = state.queue.current, state.following
    consumed, told = consume(state, left) if left != onward else (state, ())
    moved, effects = to_entry(consumed, onward, moment, playing=state.wants_sound, reason="failed")
    return moved, (*effects, *told)


def _damaged(state: PlayerState, report: sound.Damaged) -> Stepped:
    """Told, and nothing more: silence takes the place of the stretch, and the music goes on."""
    track = state.queue.track_of(report.entry)
    if track is None:
        return state, ()
    position_us = frames_to_us(report.frame, report.rate_hz)
    return state, (Tell(StreamFailed(report.entry, track, "damaged", position_us)),)


def _unreadable(state: PlayerState, report: sound.Unreadable, moment: Moment) -> Stepped:
    track = state.queue.track_of(report.entry)
    if track is None:
        return state, ()
    position_us = moment.position_us if report.entry == state.sounding else 0
    failed = Tell(StreamFailed(report.entry, track, report.code, position_us))
    marked = _changed(state, broken=state.broken | {report.entry})
    if report.entry == state.following:
        joined, effects = rejoined(marked, force=True, after=report.entry)
        return joined, (failed, *effects)
    over, effects = _over(marked, StreamEnded(report.entry, "failed", moment.frames))
    return over, (failed, *effects)


def _starved(state: PlayerState, report: sound.Starved, moment: Moment) -> Stepped:
    """A drive hangs, and the sound process with it: another one goes on, with the same once more where it has not even
    begun (it may have waited for what was played before), else with what follows."""
    bare = _changed(unloaded(state, moment.position_us), deaths=state.deaths + 1)
    if bare.deaths >= MOST_DEATHS:
        given_up, effects = stop(bare, moment)
        return given_up, (*effects, LeaveSound(), Tell(SoundGivenUp()))
    if not report.begun and not state.deaths:
        again, effects = start(bare, start_us=state.start_us, playing=True)
    else:
        heard_out = moment.length_us is not None and moment.position_us >= moment.length_us - NEAR_THE_END_US
        hangs = state.following if heard_out and state.following else state.queue.current
        again, effects = _pass_over(bare, hangs, "unreadable", moment)
    return again, (LeaveSound(), *effects)


def _pass_over(state: PlayerState, entry: int, code: str, moment: Moment) -> Stepped:
    """An entry took the sound process with it: what follows it plays."""
    track = state.queue.track_of(entry) or 0
    failed = Tell(StreamFailed(entry, track, code, state.start_us if entry == state.queue.current else 0))
    marked = _changed(state, broken=state.broken | {entry})
    onward = q.after(marked.queue, entry, asked=True, broken=marked.broken)
    if onward is None:
        over, effects = end_of_queue(marked, ended(state, "failed", moment), halt=False)
    else:
        over, effects = to_entry(marked, onward, moment, playing=True, reason="failed")
    return over, (failed, *effects)


# --- the device ---------------------------------------------------------------------------------------


def _device(state: PlayerState, report: sound.DeviceState, moment: Moment) -> Stepped:
    """A loss pauses at the frame, and sound tries the device again by itself; who played goes on when it is back."""
    if report.state == "lost":
        waits = state.wants_sound and moment.resumes
        # A device that was lost already, and was only tried again, is no news.
        news = () if state.lost else (Tell(DeviceLost(report.code)),)
        left_alone = (HoldSound(),) if state.wants_sound and not waits else ()
        return lost(state, waits=waits), (*news, *left_alone)
    if not state.lost:
        return state, ()
    if report.state == "running":
        return returned(state), (Tell(DeviceReturned()),)
    return _changed(state, lost=False, waits=False), ()
