"""The player's decisions: `step(state, input, moment) -> (state, effects)`.  Pure.

Inputs are commands (what somebody asks) and news (what the sound process told, what the clock says).  Each finds its
transition here; effects say what the shell must do, and are carried out in order.  A report of an older generation is
stale: it changes nothing.  docs/playback.md holds the table of states, made from this machine.
"""

from typing import assert_never

import msgspec

from auralisd.doors import sound
from auralisd.errors import InvalidRequest
from auralisd.model.joins import LONGEST_CROSSFADE_S, Joins, is_crossfade
from auralisd.playback import commands as ask
from auralisd.playback.editing import change_mode, edit
from auralisd.playback.hearsay import heard, sound_gone
from auralisd.playback.outlet import adjust
from auralisd.playback.sleeping import passed, set_timer
from auralisd.playback.snapshot import StreamEnded
from auralisd.playback.state import (
    Effect,
    Moment,
    PlayerState,
    SleepPassed,
    SoundDied,
    SoundReplaced,
    SoundRested,
    Tell,
)
from auralisd.playback.tallying import tallied
from auralisd.playback.tasting import tasted
from auralisd.playback.transport import Moving, Steering, Stepped, move, steer

Input = ask.Command | sound.Report | SoundDied | SoundRested | SoundReplaced | SleepPassed

_changed = msgspec.structs.replace


def step(state: PlayerState, given: Input, moment: Moment) -> Stepped:
    """Answer one input.  Raises RequestRefused for a command that cannot be obeyed; nothing has changed then."""
    after, effects = _stepped(state, given, moment)
    if after.override and after.queue.current != state.queue.current:
        after = _changed(after, override="")
    after, effects = _without_fading(state, after, effects)
    return tallied(state, after, effects, given, moment)


def _without_fading(before: PlayerState, after: PlayerState, effects: tuple[Effect, ...]) -> Stepped:
    """A new start, or the end of all sound, ends what was fading out too."""
    goes_on = after.loaded and after.generation == before.generation
    if before.fading is None or after.fading != before.fading or goes_on:
        return after, effects
    left = Tell(StreamEnded(before.fading, "skipped", before.fading_frames))
    return _changed(after, fading=None), (left, *effects)


def _stepped(state: PlayerState, given: Input, moment: Moment) -> Stepped:
    if isinstance(given, ask.Command):
        return _asked(state, given, moment)
    match given:
        case SoundDied() | SoundRested() | SoundReplaced():
            return sound_gone(state, given, moment)
        case SleepPassed():
            return passed(state, moment)
        case _:
            return heard(state, given, moment)


def _asked(state: PlayerState, command: ask.Command, moment: Moment) -> Stepped:
    if isinstance(command, Steering):
        return steer(state, command, moment)
    if isinstance(command, Moving):
        return move(state, command, moment)
    if isinstance(command, ask.EditCommand):
        return edit(state, command, moment)
    if isinstance(command, ask.ModeCommand):
        return change_mode(state, command, moment)
    if isinstance(command, ask.OutletCommand):
        return adjust(state, command)
    match command:
        case ask.SetGapless() | ask.SetCrossfade() | ask.SetCrossfadeOnSkip():
            return _changed(state, joins=_joined(state.joins, command)), ()
        case ask.SetSleepTimer(seconds):
            return set_timer(state, seconds, moment)
        case _:
            return tasted(state, command, moment), ()


def _joined(joins: Joins, command: ask.JoinCommand) -> Joins:
    """Sound is told with the next word on what follows.  Raises InvalidRequest."""
    match command:
        case ask.SetGapless(gapless):
            return _changed(joins, gapless=gapless)
        case ask.SetCrossfade(crossfade_s):
            if not is_crossfade(crossfade_s):
                raise InvalidRequest(f"Crossfade must be a finite number in 0..{LONGEST_CROSSFADE_S:g} s")
            return _changed(joins, crossfade_s=crossfade_s)
        case ask.SetCrossfadeOnSkip(on_skip):
            return _changed(joins, on_skip=on_skip)
        case _:
            assert_never(command)
