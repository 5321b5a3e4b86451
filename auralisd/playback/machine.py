"""The player's decisions: `step(state, input, moment) -> (state, effects)`.  Pure.

Inputs are commands (what somebody asks) and news (what the sound process told, what the clock says).  Each finds its
transition here; effects say what the shell must do, and are carried out in order.  A report of an older generation is
stale: it changes nothing.  docs/playback.md holds the table of states, made from this machine.
"""

import msgspec

from auralisd.doors import sound
from auralisd.playback import commands as ask
from auralisd.playback.editing import change_mode, edit
from auralisd.playback.hearsay import heard, sound_gone
from auralisd.playback.outlet import adjust
from auralisd.playback.sleeping import passed, set_timer
from auralisd.playback.state import Moment, PlayerState, SleepPassed, SoundDied, SoundReplaced, SoundRested
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
    return tallied(state, after, effects, given, moment)


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
        case ask.SetSleepTimer(seconds):
            return set_timer(state, seconds, moment)
        case _:
            return tasted(state, command, moment), ()
