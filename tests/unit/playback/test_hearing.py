"""Plays and skips: what came to the ear, whatever the listener did meanwhile."""

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auralisd.doors import sound
from auralisd.model.listening import PLAYED, SKIPPED
from auralisd.playback import commands as ask
from auralisd.playback import state as s
from auralisd.playback.hearing import Hearing, heard_us, weighed
from auralisd.playback.machine import Input, step

RATE_HZ = 44_100
LENGTH_S = 60


class Ear:
    """A player whose sound process tells what a test says; all its tracks last `length_s`."""

    def __init__(self, *tracks: int, length_s: int | None = LENGTH_S, loop: str = "none") -> None:
        self.state = s.PlayerState()
        self.counted: list[tuple[int, str]] = []
        self._length_s = length_s
        self._give(ask.SetLoop(loop))
        self._give(ask.SetQueue(tracks or (10, 20, 30), 0, True))

    def _give(self, one: Input, at_s: float = 0.0) -> None:
        length_us = None if self._length_s is None else self._length_s * 1_000_000
        moment = s.Moment(position_us=int(at_s * 1e6), length_us=length_us, dice=random.Random(1))
        self.state, effects = step(self.state, one, moment)
        self.counted += [(e.outcome.track, e.outcome.outcome) for e in effects if isinstance(e, s.Count)]

    def begins(self, at_s: float = 0.0, entry: int | None = None) -> "Ear":
        frames = None if self._length_s is None else self._length_s * RATE_HZ
        entry = self.state.queue.current if entry is None else entry
        self._give(sound.Audible(self.state.generation, entry, RATE_HZ, frames, int(at_s * RATE_HZ)), at_s)
        return self

    def ends(self, at_s: float | None = None) -> "Ear":
        at_s = self._length_s if at_s is None else at_s
        assert at_s is not None
        # The clock may be in the next track, or at the start of the same one, when the report arrives.
        self._give(sound.Finished(self.state.generation, self.state.queue.current, int(at_s * RATE_HZ)), 0.0)
        return self

    def does(self, command: ask.Command | s.SoundDied | s.SoundRested, at_s: float) -> "Ear":
        self._give(command, at_s)
        return self

    def tells(self, report: sound.Report, at_s: float) -> "Ear":
        self._give(report, at_s)
        return self


def test_half_a_track_is_a_play_and_it_counts_once() -> None:
    assert Ear(10, 20).begins().does(ask.Next(), 30).counted == [(10, PLAYED)]
    assert Ear(10, 20).begins().ends().begins(entry=2).counted == [(10, PLAYED)]


def test_to_move_on_before_half_of_it_is_a_skip() -> None:
    assert Ear(10, 20).begins().does(ask.Next(), 29.9).counted == [(10, SKIPPED)]


def test_four_minutes_of_a_long_track_are_a_play() -> None:
    assert Ear(10, 20, length_s=3600).begins().does(ask.Next(), 240).counted == [(10, PLAYED)]
    assert Ear(10, 20, length_s=3600).begins().does(ask.Next(), 239).counted == [(10, SKIPPED)]


def test_a_length_that_nobody_knows_takes_four_minutes_or_the_end() -> None:
    assert Ear(10, 20, length_s=None).begins().does(ask.Next(), 200).counted == [(10, SKIPPED)]
    assert Ear(10, 20, length_s=None).begins().ends(60).counted == [(10, PLAYED)]


def test_what_a_seek_passes_over_was_not_heard() -> None:
    ear = Ear(10, 20).begins().does(ask.SeekTo(1, 55_000_000), 3).begins(55).ends()

    assert ear.counted == []


def test_stretches_of_a_track_are_added_up() -> None:
    ear = Ear(10, 20).begins().does(ask.SeekTo(1, 40_000_000), 16).begins(40).does(ask.Next(), 54)

    assert ear.counted == [(10, PLAYED)]


def test_a_pause_adds_nothing() -> None:
    ear = Ear(10, 20).begins().does(ask.Pause(), 10).does(ask.Play(), 10).does(ask.Next(), 12)

    assert ear.counted == [(10, SKIPPED)]


def test_what_sound_has_not_begun_to_play_was_not_heard() -> None:
    assert Ear(10, 20).does(ask.Next(), 0).counted == []
    assert Ear(10, 20).begins().does(ask.Next(), 0).counted == []


def test_a_track_that_repeats_is_another_play_each_time() -> None:
    ear = Ear(10, loop="track").begins().ends().begins().ends().begins()

    assert ear.counted == [(10, PLAYED), (10, PLAYED)]


def test_a_track_that_stands_in_the_queue_twice_is_another_play_each_time() -> None:
    ear = Ear(10, 10, 20).begins().ends().begins(entry=2).ends().begins(entry=3)

    assert ear.counted == [(10, PLAYED), (10, PLAYED)]


@pytest.mark.parametrize("at_s", [20, 40])
def test_to_stop_is_no_skip_and_a_new_start_is_another_hearing(at_s: float) -> None:
    ear = Ear(10, 20).begins().does(ask.Stop(), at_s).does(ask.Play(), 0).begins().does(ask.Next(), 15)

    assert ear.counted == ([(10, PLAYED)] if at_s >= 30 else []) + [(10, SKIPPED)]


@pytest.mark.parametrize(
    "command",
    [ask.Next(), ask.GoTo(3), ask.SetQueue((40,), 0, False), ask.PlayNow(40), ask.SeekBy(90_000_000)],
    ids=lambda command: type(command).__name__,
)
def test_every_way_of_moving_on_is_one(command: ask.Command) -> None:
    assert Ear(10, 20, 30).begins().does(command, 10).counted == [(10, SKIPPED)]


def test_to_seek_past_the_end_of_the_last_track_is_to_move_on() -> None:
    assert Ear(10).begins().does(ask.SeekBy(90_000_000), 10).counted == [(10, SKIPPED)]


def test_to_begin_the_same_entry_anew_is_no_skip() -> None:
    ear = Ear(10, 20).begins().does(ask.GoTo(1), 10).begins().does(ask.Previous(), 2).counted

    assert ear == []


def test_to_move_on_while_paused_after_a_rest_of_the_sound_process_is_a_skip() -> None:
    ear = Ear(10, 20).begins().does(ask.Pause(), 10).does(s.SoundRested(), 10).does(ask.Next(), 10)

    assert ear.counted == [(10, SKIPPED)]


def test_a_death_of_the_sound_process_takes_nothing_away_and_is_no_skip() -> None:
    ear = Ear(10, 20).begins().does(s.SoundDied(1, False), 20).begins(20).does(ask.Next(), 31)
    assert ear.counted == [(10, PLAYED)]

    deadly = Ear(10, 20).begins().does(s.SoundDied(1, True), 20).begins(entry=2)
    assert deadly.counted == []


def test_a_file_that_breaks_off_is_no_skip() -> None:
    ear = Ear(10, 20).begins()
    ear.tells(sound.Unreadable(ear.state.generation, 1, "damaged", 7), 10).begins(entry=2)

    assert ear.counted == []


def test_a_lost_device_takes_nothing_away() -> None:
    ear = Ear(10, 20).begins().tells(sound.DeviceState("lost", "x"), 20).does(ask.Play(), 20).begins(20)

    assert ear.does(ask.Next(), 30).counted == [(10, PLAYED)]


def test_a_hearing_is_weighed_while_it_goes_on_and_counts_no_second_time_at_its_end() -> None:
    ear = Ear(10, 20).begins()
    assert ear.state.hearing is not None
    hearing, outcomes = weighed(ear.state.hearing, 29_000_000)
    assert outcomes == ()
    hearing, outcomes = weighed(hearing, 30_000_000)
    assert [outcome.outcome for outcome in outcomes] == [PLAYED]
    ear.state = msgspec.structs.replace(ear.state, hearing=hearing)

    assert ear.ends().begins(entry=2).counted == []


def test_a_stale_report_does_not_begin_a_hearing() -> None:
    ear = Ear(10, 20)
    ear.tells(sound.Audible(ear.state.generation - 1, 1, RATE_HZ, None, 0), 0)

    assert ear.state.hearing is None


JUMPS = st.lists(st.tuples(st.integers(0, LENGTH_S), st.integers(0, LENGTH_S)), max_size=8)


@given(JUMPS, st.integers(0, LENGTH_S))
def test_heard_is_the_sum_of_what_sounded_however_one_jumps(jumps: list[tuple[int, int]], end_s: int) -> None:
    ear = Ear(10, 20).begins()
    at_s, sum_s = 0, 0
    for stretch_s, to_s in jumps:
        here_s = min(LENGTH_S, at_s + stretch_s)
        sum_s += here_s - at_s
        ear.does(ask.SeekTo(1, to_s * 1_000_000), here_s).begins(to_s)
        at_s = to_s
    here_s = min(LENGTH_S, at_s + end_s)
    sum_s += here_s - at_s
    assert ear.state.hearing is not None
    assert heard_us(ear.state.hearing, here_s * 1_000_000) == sum_s * 1_000_000
    ear.does(ask.Next(), here_s)

    assert ear.counted == ([(10, PLAYED if sum_s >= LENGTH_S / 2 else SKIPPED)] if sum_s else [])


def test_a_position_before_the_stretch_takes_nothing_away() -> None:
    assert heard_us(Hearing(1, 10, heard_us=5, from_us=9), 2) == 5
