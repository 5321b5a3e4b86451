"""The player's decisions: `step(state, input, moment) -> (state, effects)`.  Pure.

Inputs are commands (what somebody asks) and news (what the sound process told, what the clock says).  Each finds its
transition here; effects say what the shell must do, and are carried out in order.  A report of an older generation is
stale: it changes nothing.  docs/playback.md holds the table of states, made from this machine.
"""

import math

import msgspec

from auralisd.doors import sound
from auralisd.errors import InvalidRequest
from auralisd.playback import commands as ask
from auralisd.playback.editing import change_mode, edit
from auralisd.playback.hearsay import heard, sound_gone
from auralisd.playback.sleeping import passed, set_timer
from auralisd.playback.state import ApplyVolume, Moment, PlayerState, SleepPassed, SoundDied, SoundRested
from auralisd.playback.tallying import tallied
from auralisd.playback.tasting import tasted
from auralisd.playback.transport import Moving, Steering, Stepped, move, steer

Input = ask.Command | sound.Report | SoundDied | SoundRested | SleepPassed

_changed = msgspec.structs.replace


def step(state: PlayerState, given: Input, moment: Moment) -> Stepped:
    """Answer one input.  Raises RequestRefused for a command that cannot be obeyed; nothing has changed then."""
    after, effects = _stepped(state, given, moment)
    if after.override and after.queue.current != state.queue.current:
        after = _changed(after, override="")
    return tallied(state, after, effects, given, moment)


def _stepped(state: PlayerState, given: Input, moment: Moment) -> Stepped:
    if isinstance(given, ask.Command):
        return _asked(state, given, moment)
    match given:
        case SoundDied() | SoundRested():
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
    match command:
        case ask.SetVolume(volume):
            return _set_volume(state, volume)
        case ask.SetSleepTimer(seconds):
            return set_timer(state, seconds, moment)
        case _:
            return tasted(state, command, moment), ()


def _set_volume(state: PlayerState, volume: float) -> Stepped:
    if not math.isfinite(volume):
        raise InvalidRequest("Volume must be a finite number; say 0.0 to 1.0")
    clamped = min(1.0, max(0.0, volume))
    if clamped == state.volume:
        return state, ()
    return _changed(state, volume=clamped), (ApplyVolume(),)
