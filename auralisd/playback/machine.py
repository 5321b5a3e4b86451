"""The player's decisions: `step(state, input, moment) -> (state, effects)`.  Pure; every transition stands here.

Inputs are commands (what somebody asks) and news (what the sound process told).  Effects say what the shell must do;
they are carried out in order.  A report of an older generation is stale: it changes nothing.
"""

import math
from typing import assert_never

import msgspec

from auralisd.doors import sound
from auralisd.errors import InvalidRequest, NotFound
from auralisd.model.audio import frames_to_us
from auralisd.playback import commands as ask
from auralisd.playback import queue as q
from auralisd.playback.snapshot import (
    PAUSED,
    PLAYING,
    STOPPED,
    DeviceLost,
    DeviceReturned,
    Seeked,
    SoundGivenUp,
    StreamEnded,
    StreamFailed,
    StreamStarted,
)
from auralisd.playback.state import (
    Answer,
    ApplyVolume,
    Effect,
    HaltSound,
    HoldSound,
    JoinNext,
    Moment,
    PlayerState,
    ReleaseSound,
    SoundDied,
    SoundRested,
    StartStream,
    Tell,
)
from auralisd.playback.tallying import tallied
from auralisd.playback.tasting import tasted

RESTART_AFTER_US = 3_000_000
"""Previous goes back to the start of a track of which more than this was heard."""

FARTHEST_US = 2**62
"""Where a track's length is not known, a seek goes no further: neither the bus nor the database count beyond 2^63."""

MOST_DEATHS = 3
"""So many deaths of the sound process in a row, and nothing heard between them, are not the fault of a file."""


Input = ask.Command | sound.Report | SoundDied | SoundRested
Stepped = tuple[PlayerState, tuple[Effect, ...]]

_changed = msgspec.structs.replace


def step(state: PlayerState, given: Input, moment: Moment) -> Stepped:
    """Answer one input.  Raises RequestRefused for a command that cannot be obeyed; nothing has changed then."""
    after, effects = _stepped(state, given, moment)
    if after.override and after.queue.current != state.queue.current:
        after = _changed(after, override="")
    return tallied(state, after, effects, given, moment)


def _stepped(state: PlayerState, given: Input, moment: Moment) -> Stepped:
    if isinstance(given, ask.TasteCommand):
        return tasted(state, given, moment), ()
    match given:
        case ask.Play() | ask.Pause() | ask.Toggle() | ask.Stop():
            return _transport(state, given, moment)
        case ask.Next() | ask.Previous() | ask.GoTo() | ask.SeekBy() | ask.SeekTo():
            return _move(state, given, moment)
        case ask.SetQueue() | ask.Append() | ask.PlayNow() | ask.SetLoop() | ask.SetShuffle():
            return _edit(state, given, moment)
        case ask.SetVolume(volume):
            return _set_volume(state, volume)
        case SoundDied() | SoundRested():
            return _sound_gone(state, given, moment)
        case _:
            return _heard(state, given, moment)


# --- transport ----------------------------------------------------------------------------------------


def _transport(state: PlayerState, command: ask.Play | ask.Pause | ask.Toggle | ask.Stop, moment: Moment) -> Stepped:
    match command:
        case ask.Play():
            return _play(state)
        case ask.Pause():
            return _pause(state)
        case ask.Toggle():
            return _pause(state) if state.status == PLAYING else _play(state)
        case ask.Stop():
            return _stop(state, moment)
        case _:
            assert_never(command)


def _play(state: PlayerState) -> Stepped:
    if state.status == PLAYING or not state.queue.current:
        return state, ()
    if state.loaded:
        return _changed(state, status=PLAYING), (ReleaseSound(),)
    return _start(_changed(state, broken=frozenset()), start_us=state.start_us, playing=True)


def _pause(state: PlayerState) -> Stepped:
    if state.status != PLAYING:
        return state, ()
    return _changed(state, status=PAUSED), (HoldSound(),)


def _stop(state: PlayerState, moment: Moment) -> Stepped:
    if state.status == STOPPED:
        return state, ()
    stopped = _changed(state, status=STOPPED, loaded=False, start_us=0, following=None, sounding=None)
    return _next_generation(stopped), (*_ended(state, "stopped", moment), HaltSound())


# --- moving about -------------------------------------------------------------------------------------


def _move(
    state: PlayerState, command: ask.Next | ask.Previous | ask.GoTo | ask.SeekBy | ask.SeekTo, moment: Moment
) -> Stepped:
    match command:
        case ask.Next():
            return _skip(state, moment)
        case ask.Previous():
            return _previous(state, moment)
        case ask.GoTo(entry):
            if state.queue.track_of(entry) is None:
                raise NotFound(f"entry {entry} is not in the queue; List names those that are")
            return _to_entry(state, entry, moment, playing=True)
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
    entry = q.after(state.queue, state.queue.current, asked=True, broken=state.broken)
    if entry is None or entry == state.queue.current:
        return state, ()
    return _to_entry(state, entry, moment, playing=state.status == PLAYING)


def _previous(state: PlayerState, moment: Moment) -> Stepped:
    entry = q.before(state.queue, state.queue.current)
    if entry is not None and (state.status == STOPPED or moment.position_us <= RESTART_AFTER_US):
        return _to_entry(state, entry, moment, playing=state.status == PLAYING)
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
        return _end_of_queue(state, _ended(state, "skipped", moment), halt=True)
    return _skip(state, moment)


def _seek(state: PlayerState, position_us: int) -> Stepped:
    sought, effects = _start(state, start_us=position_us, playing=state.status == PLAYING)
    return sought, (*effects, Tell(Seeked(position_us)))


def _to_entry(state: PlayerState, entry: int, moment: Moment, *, playing: bool) -> Stepped:
    """Make another entry current.  Stopped stays stopped unless `playing`."""
    endings = _ended(state, "skipped", moment)
    moved = _changed(
        state, queue=q.with_current(state.queue, entry), sounding=None, start_us=0, loaded=False, following=None
    )
    if playing or state.status == PAUSED:
        started, effects = _start(moved, start_us=0, playing=playing)
        return _changed(started, status=PLAYING if playing else PAUSED), (*endings, *effects)
    return moved, endings


# --- editing the queue --------------------------------------------------------------------------------


def _edit(
    state: PlayerState,
    command: ask.SetQueue | ask.Append | ask.PlayNow | ask.SetLoop | ask.SetShuffle,
    moment: Moment,
) -> Stepped:
    match command:
        case ask.SetQueue(tracks, start, play):
            return _set_queue(state, tracks, start, play=play, moment=moment)
        case ask.Append(tracks):
            queue = q.appended(state.queue, tracks, dice=moment.dice)
            added = tuple(entry.id for entry in queue.entries[len(state.queue.entries) :])
            edited, effects = _rejoined(_changed(state, queue=queue))
            return edited, (*effects, Answer(added))
        case ask.PlayNow(track):
            entry = state.queue.next_id
            queue = q.inserted_next(state.queue, track)
            moved, effects = _to_entry(_changed(state, queue=queue), entry, moment, playing=True)
            return moved, (*effects, Answer((entry,)))
        case ask.SetLoop(loop):
            if loop not in q.LOOPS:
                raise InvalidRequest(f"loop {loop!r} is not known; say one of {', '.join(q.LOOPS)}")
            return _rejoined(_changed(state, queue=q.with_loop(state.queue, loop)))
        case ask.SetShuffle(shuffle):
            return _rejoined(_changed(state, queue=q.with_shuffle(state.queue, shuffle, dice=moment.dice)))
        case _:
            assert_never(command)


def _set_queue(state: PlayerState, tracks: tuple[int, ...], start: int, *, play: bool, moment: Moment) -> Stepped:
    if start >= max(1, len(tracks)):
        raise InvalidRequest(f"start {start} is outside the list of {len(tracks)}; say 0 to {max(0, len(tracks) - 1)}")
    queue = q.replaced(state.queue, tracks, start=start, dice=moment.dice)
    answer = Answer(tuple(entry.id for entry in queue.entries))
    stopped, effects = _stop(state, moment)
    fresh = _changed(stopped, queue=queue, broken=frozenset(), start_us=0)
    if play:
        fresh, started = _play(fresh)
        # The start replaces what sounded: halting first would close a device that is needed at once.
        effects = (*(effect for effect in effects if not started or not isinstance(effect, HaltSound)), *started)
    return fresh, (*effects, answer)


# --- volume -------------------------------------------------------------------------------------------


def _set_volume(state: PlayerState, volume: float) -> Stepped:
    if not math.isfinite(volume):
        raise InvalidRequest("Volume must be a finite number; say 0.0 to 1.0")
    clamped = min(1.0, max(0.0, volume))
    if clamped == state.volume:
        return state, ()
    return _changed(state, volume=clamped), (ApplyVolume(),)


# --- what sound tells ---------------------------------------------------------------------------------


def _heard(state: PlayerState, report: sound.Report, moment: Moment) -> Stepped:
    match report:
        case sound.DeviceState():
            return _device(state, report, moment)
        case sound.Audible() | sound.Finished() | sound.Drained() | sound.Unreadable() | sound.Damaged() if (
            report.generation == state.generation
        ):
            return _stream(state, report, moment)
        case _:
            return state, ()


def _stream(
    state: PlayerState,
    report: sound.Audible | sound.Finished | sound.Drained | sound.Unreadable | sound.Damaged,
    moment: Moment,
) -> Stepped:
    match report:
        case sound.Audible(entry=entry):
            return _audible(state, entry)
        case sound.Finished(entry=entry, frames=frames):
            if state.sounding != entry:
                return state, ()
            return _changed(state, sounding=None), (Tell(StreamEnded(entry, "completed", frames)),)
        case sound.Drained():
            return _end_of_queue(state, _ended(state, "failed", moment), halt=False)
        case sound.Unreadable():
            return _unreadable(state, report, moment)
        case sound.Damaged():
            return _damaged(state, report)
        case _:
            assert_never(report)


def _audible(state: PlayerState, entry: int) -> Stepped:
    track = state.queue.track_of(entry)
    state = _changed(state, deaths=0)
    if track is None or state.sounding == entry:
        return state, ()
    current = _changed(
        state, queue=q.with_current(state.queue, entry), sounding=entry, following=None, broken=state.broken - {entry}
    )
    joined, effects = _rejoined(current, force=True)
    return joined, (Tell(StreamStarted(entry, track)), *effects)


def _unreadable(state: PlayerState, report: sound.Unreadable, moment: Moment) -> Stepped:
    track = state.queue.track_of(report.entry)
    if track is None:
        return state, ()
    failed = Tell(StreamFailed(report.entry, track, report.code, _failed_at_us(state, report, moment)))
    marked = _changed(state, broken=state.broken | {report.entry})
    if report.entry == state.following:
        joined, effects = _rejoined(marked, force=True, after=report.entry)
        return joined, (failed, *effects)
    if state.sounding != report.entry:
        return marked, (failed,)
    ended = Tell(StreamEnded(report.entry, "failed", moment.frames))
    return _changed(marked, sounding=None), (failed, ended)


def _damaged(state: PlayerState, report: sound.Damaged) -> Stepped:
    """Told, and nothing more: silence takes the place of the stretch, and the music goes on."""
    track = state.queue.track_of(report.entry)
    if track is None:
        return state, ()
    position_us = frames_to_us(report.frame, report.rate_hz)
    return state, (Tell(StreamFailed(report.entry, track, "damaged", position_us)),)


def _failed_at_us(state: PlayerState, report: sound.Unreadable, moment: Moment) -> int:
    return moment.position_us if report.entry == state.sounding else 0


def _end_of_queue(state: PlayerState, endings: tuple[Effect, ...], *, halt: bool) -> Stepped:
    """The last entry was heard: stopped, and Play begins with the first one again."""
    ended = _changed(
        state,
        status=STOPPED,
        loaded=False,
        start_us=0,
        following=None,
        sounding=None,
        queue=q.with_current(state.queue, q.first(state.queue)),
    )
    return _next_generation(ended), (*endings, HaltSound()) if halt else endings


def _device(state: PlayerState, report: sound.DeviceState, moment: Moment) -> Stepped:
    if report.state == "lost" and (state.loaded or not state.lost):
        position_us = 0 if state.status == STOPPED else moment.position_us
        held = _changed(state, lost=True, loaded=False, following=None, start_us=position_us)
        status = PAUSED if state.status == PLAYING else state.status
        # A device that was lost already, and was only tried again, is no news.
        news = () if state.lost else (Tell(DeviceLost(report.code)),)
        return _next_generation(_changed(held, status=status)), news
    if report.state == "running" and state.lost:
        return _changed(state, lost=False), (Tell(DeviceReturned()),)
    return state, ()


def _sound_gone(state: PlayerState, news: SoundDied | SoundRested, moment: Moment) -> Stepped:
    """Remember where it was; a death while playing starts again at that frame, or passes over a deadly file."""
    position_us = 0 if state.status == STOPPED else moment.position_us
    bare = _changed(state, loaded=False, following=None, start_us=position_us)
    if isinstance(news, SoundRested) or state.status != PLAYING:
        return bare, ()
    bare = _changed(bare, deaths=state.deaths + 1)
    if bare.deaths >= MOST_DEATHS:
        given_up, effects = _stop(bare, moment)
        return given_up, (*effects, Tell(SoundGivenUp()))
    if not news.again or news.entry != state.queue.current:
        return _start(bare, start_us=position_us, playing=True)
    current = state.queue.current
    track = state.queue.track_of(current) or 0
    failed = Tell(StreamFailed(current, track, "damaged", position_us))
    marked = _changed(bare, broken=state.broken | {current})
    onward = q.after(marked.queue, current, asked=True, broken=marked.broken)
    if onward is None:
        ended, effects = _end_of_queue(marked, _ended(state, "failed", moment), halt=False)
        return ended, (failed, *effects)
    moved, effects = _to_entry(_changed(marked, sounding=None), onward, moment, playing=True)
    return moved, (failed, *_ended(state, "failed", moment), *effects)


# --- shared steps -------------------------------------------------------------------------------------


def _next_generation(state: PlayerState) -> PlayerState:
    return _changed(state, generation=state.generation + 1)


def _start(state: PlayerState, *, start_us: int, playing: bool) -> Stepped:
    """Load the current entry anew: a new generation, and what follows it."""
    begun = _changed(
        _next_generation(state),
        status=PLAYING if playing else state.status,
        loaded=True,
        start_us=start_us,
        following=None,
    )
    joined, effects = _rejoined(begun)
    return joined, (StartStream(state.queue.current, start_us, playing), *effects)


def _rejoined(state: PlayerState, *, force: bool = False, after: int | None = None) -> Stepped:
    """Tell sound what follows, when that is not what it already knows."""
    if not state.loaded:
        return state, ()
    following = q.after(state.queue, after or state.queue.current, asked=False, broken=state.broken)
    if following == state.following and not force:
        return state, ()
    return _changed(state, following=following), (JoinNext(following),)


def _ended(state: PlayerState, reason: str, moment: Moment) -> tuple[Effect, ...]:
    if state.sounding is None:
        return ()
    return (Tell(StreamEnded(state.sounding, reason, moment.frames)),)
