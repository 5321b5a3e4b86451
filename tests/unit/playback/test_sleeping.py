"""The sleep timer: it counts by the clock, fades, pauses, and leaves the volume as it was."""

import math

import pytest

from auralisd.errors import InvalidRequest
from auralisd.playback import commands as ask
from auralisd.playback import state as s
from auralisd.playback.machine import Input, step
from auralisd.playback.sleeping import FADE_S, STEP_S, due_in_s, gain_at
from auralisd.playback.snapshot import PAUSED, PLAYING, STOPPED


def at(now_s: float, state: s.PlayerState, given: Input) -> tuple[s.PlayerState, tuple[s.Effect, ...]]:
    return step(state, given, s.Moment(now_s=now_s))


def playing() -> s.PlayerState:
    return at(0.0, s.PlayerState(volume=0.5), ask.SetQueue((10, 20), 0, True))[0]


def asleep_in(seconds: float) -> s.PlayerState:
    return at(100.0, playing(), ask.SetSleepTimer(seconds))[0]


def test_over_its_last_ten_seconds_the_music_fades_evenly_and_is_paused() -> None:
    state = asleep_in(60.0)
    gains = []
    for tenth in range(1, 600):
        state, effects = at(100.0 + tenth / 10, state, s.SleepPassed())
        gains += [state.loudness] if s.ApplyVolume() in effects else []
        assert state.status == PLAYING
    state, effects = at(160.0, state, s.SleepPassed())

    assert len(gains) == pytest.approx(100, abs=2)
    assert gains == sorted(gains, reverse=True)
    assert gains[0] > 0.48
    assert gains[-1] < 0.001
    assert effects == (s.HoldSound(), s.ApplyVolume()), "held first: nothing is heard at the old volume"
    assert (state.status, state.loudness, state.sleep_at_s) == (PAUSED, 0.5, None)


@pytest.mark.parametrize("command", [ask.Next(), ask.SeekTo(1, 5), ask.SetQueue((7, 8), 0, True), ask.SetVolume(0.25)])
def test_nothing_that_is_played_or_set_meanwhile_ends_it(command: ask.Command) -> None:
    state, _ = at(155.0, asleep_in(60.0), s.SleepPassed())
    state, _ = at(155.0, state, command)
    faded, _ = at(156.0, state, s.SleepPassed())
    paused, _ = at(160.0, faded, s.SleepPassed())

    assert faded.fade == gain_at(4.0)
    assert (paused.status, paused.fade, paused.volume) == (PAUSED, 1.0, state.volume)


@pytest.mark.parametrize(("seconds", "fade", "left"), [(0.0, 1.0, None), (600.0, 1.0, 755.0), (5.0, 0.25, 160.0)])
def test_wound_anew_in_the_midst_of_the_fade_it_begins_anew(seconds: float, fade: float, left: float | None) -> None:
    state, _ = at(158.0, asleep_in(60.0), s.SleepPassed())
    state, effects = at(155.0, state, ask.SetSleepTimer(seconds))

    assert s.ApplyVolume() in effects
    assert (state.fade, state.sleep_at_s) == (fade, left)


@pytest.mark.parametrize(("steering", "status"), [(ask.Pause(), PAUSED), (ask.Stop(), STOPPED)])
def test_what_does_not_play_is_not_touched_when_it_runs_down(steering: ask.Command, status: str) -> None:
    state, _ = at(155.0, asleep_in(60.0), s.SleepPassed())
    state, _ = at(155.0, state, steering)
    state, effects = at(160.0, state, s.SleepPassed())

    assert (state.status, state.fade, state.sleep_at_s) == (status, 1.0, None)
    assert s.HoldSound() not in effects


def test_a_timer_shorter_than_the_fade_begins_within_it() -> None:
    state, effects = at(100.0, playing(), ask.SetSleepTimer(5.0))

    assert effects == (s.ApplyVolume(),)
    assert state.fade == 0.25


@pytest.mark.parametrize("seconds", [-1.0, 86_400.1, math.nan, math.inf])
def test_a_time_that_makes_no_sense_is_refused(seconds: float) -> None:
    with pytest.raises(InvalidRequest):
        at(0.0, playing(), ask.SetSleepTimer(seconds))


def test_the_clock_is_asked_only_when_it_matters() -> None:
    state = asleep_in(60.0)
    paused, _ = at(100.0, state, ask.Pause())

    assert due_in_s(playing(), 0.0) is None
    assert due_in_s(state, 100.0) == 60.0 - FADE_S
    assert due_in_s(state, 155.0) == STEP_S
    assert due_in_s(state, 159.95) == pytest.approx(0.05)
    assert due_in_s(paused, 100.0) == 60.0
    assert due_in_s(state, 170.0) == 0.0
