"""The sleep timer: it counts by the clock, whatever is played meanwhile, fades the music out and pauses it.  Pure."""

import math

import msgspec

from auralisd.errors import InvalidRequest
from auralisd.playback.snapshot import PLAYING
from auralisd.playback.state import ApplyVolume, Effect, Moment, PlayerState
from auralisd.playback.transport import Stepped, pause

FADE_S = 10.0
"""The music fades out over so long before it is paused."""

STEP_S = 0.1
"""How often the fade goes on; the writer glides from one step to the next."""

LONGEST_S = 86_400.0

_changed = msgspec.structs.replace


def set_timer(state: PlayerState, seconds: float, moment: Moment) -> Stepped:
    """Wound anew; 0 is off.  A fade that was under way ends."""
    if not (math.isfinite(seconds) and 0 <= seconds <= LONGEST_S):
        raise InvalidRequest(f"SleepTimer must be 0 to {LONGEST_S:g} seconds")
    if seconds == 0:
        return _faded(_changed(state, sleep_at_s=None), 1.0)
    return passed(_changed(state, sleep_at_s=moment.now_s + seconds), moment)


def passed(state: PlayerState, moment: Moment) -> Stepped:
    """Time has passed: fade, and in the end pause at the frame that is heard, with the volume back where it was."""
    if state.sleep_at_s is None:
        return state, ()
    left_s = state.sleep_at_s - moment.now_s
    if left_s > 0.0:
        return _faded(state, gain_at(left_s) if state.status == PLAYING else 1.0)
    paused, effects = pause(_changed(state, sleep_at_s=None))
    restored, volume = _faded(paused, 1.0)
    return restored, (*effects, *volume)


def left_s(state: PlayerState, now_s: float) -> float:
    """How long until it pauses; 0 while it is off."""
    return 0.0 if state.sleep_at_s is None else max(0.0, state.sleep_at_s - now_s)


def due_in_s(state: PlayerState, now_s: float) -> float | None:
    """How long until time has passed that matters; None while the timer is off."""
    if state.sleep_at_s is None:
        return None
    left = left_s(state, now_s)
    if state.status != PLAYING:
        return left
    return left - FADE_S if left > FADE_S else min(left, STEP_S)


def gain_at(left_s: float) -> float:
    """The linear gain so long before the pause: falls with the square, which the ear takes for even."""
    return min(1.0, left_s / FADE_S) ** 2


def _faded(state: PlayerState, fade: float) -> Stepped:
    effects: tuple[Effect, ...] = () if fade == state.fade else (ApplyVolume(),)
    return _changed(state, fade=fade), effects
