"""What the sound process reports, or that it is gone, and what that leads to."""

import pytest

from auralisd.doors import sound
from auralisd.playback import commands as ask
from auralisd.playback import state as s
from auralisd.playback.machine import Input, step
from auralisd.playback.snapshot import (
    PAUSED,
    PLAYING,
    STOPPED,
    DeviceLost,
    DeviceReturned,
    SoundGivenUp,
    StreamEnded,
    StreamFailed,
    StreamStarted,
)
from tests.unit.playback.stepping import LOST, MINUTE_US, RUNNING, only, playing, run, stopped, told


def test_a_report_about_a_generation_we_left_is_ignored() -> None:
    state = playing()
    stale = sound.Audible(state.generation - 1, state.queue.entries[2].id, 44_100, None, 0)

    assert run(state, stale) == (state, [])


def test_the_track_changes_when_its_first_frame_is_heard() -> None:
    state = playing()
    first, second, third = state.queue.entries
    moved, effects = run(
        state,
        sound.Finished(state.generation, first.id, 99),
        sound.Audible(state.generation, second.id, 44_100, None, 0),
    )

    assert moved.queue.current == second.id
    assert told(effects) == [StreamEnded(first.id, "completed", 99), StreamStarted(second.id, second.track)]
    assert only(s.JoinNext, effects).entry == third.id


def test_an_unreadable_next_entry_is_told_and_replaced() -> None:
    state = playing()
    _, second, third = state.queue.entries
    marked, effects = run(state, sound.Unreadable(state.generation, second.id, "damaged", 0))

    assert told(effects) == [StreamFailed(second.id, second.track, "damaged", 0)]
    assert only(s.JoinNext, effects).entry == third.id
    assert marked.status == PLAYING


def test_a_damaged_stretch_is_told_with_its_place_and_the_music_goes_on() -> None:
    state = playing()
    entry = state.queue.entries[0]
    after, effects = run(state, sound.Damaged(state.generation, entry.id, 88_200, 4_096, 44_100))

    assert told(effects) == [StreamFailed(entry.id, entry.track, "damaged", 2_000_000)]
    assert after == state


def test_damage_of_a_generation_we_left_is_not_told() -> None:
    state = playing()
    report = sound.Damaged(state.generation - 1, state.queue.current, 88_200, None, 44_100)

    assert run(state, report) == (state, [])


def test_a_repeating_list_of_unreadable_files_comes_to_its_end() -> None:
    state, _ = run(stopped(10, 20), ask.SetLoop("list"), ask.Play())
    first, second = state.queue.entries
    state, effects = run(
        state,
        sound.Unreadable(state.generation, first.id, "not-audio", 0),
        sound.Unreadable(state.generation, second.id, "not-audio", 0),
    )

    assert [effect.entry for effect in effects if isinstance(effect, s.JoinNext)][-1] is None


def test_a_lost_device_pauses_and_the_music_goes_on_by_itself_when_it_is_back() -> None:
    lost, effects = run(playing(), LOST)
    back, more = run(lost, RUNNING)

    assert (lost.status, back.status) == (PAUSED, PLAYING)
    assert (told(effects), told(more)) == ([DeviceLost("lost")], [DeviceReturned()])
    assert not [effect for effect in (*effects, *more) if not isinstance(effect, s.Tell)]


def test_who_paused_meanwhile_stays_paused_when_the_device_is_back() -> None:
    lost, _ = run(playing(), LOST)
    held, effects = run(lost, ask.Pause())
    back, _ = run(held, RUNNING)

    assert effects == [s.HoldSound()]
    assert (held.status, back.status) == (PAUSED, PAUSED)


def test_play_tries_a_lost_device_at_once_and_is_not_told_to_play_before_it_does() -> None:
    held, _ = run(playing(), LOST, ask.Pause())
    tried, effects = run(held, ask.Play())
    again, more = run(tried, LOST)
    back, _ = run(again, RUNNING)

    assert effects == [s.ReleaseSound()]
    assert (tried.status, again.status, back.status) == (PAUSED, PAUSED, PLAYING)
    assert told(more) == []


def test_who_does_not_want_it_by_itself_is_left_paused_and_the_device_alone() -> None:
    lost, effects = step(playing(), LOST, s.Moment(resumes=False))
    back, _ = step(lost, RUNNING, s.Moment(resumes=False))

    assert effects == (s.Tell(DeviceLost("lost")), s.HoldSound())
    assert (lost.status, back.status) == (PAUSED, PAUSED)


def test_a_skip_while_the_device_is_away_plays_the_next_entry_when_it_is_back() -> None:
    lost, _ = run(playing(), LOST)
    skipped, effects = run(lost, ask.Next())
    again, _ = run(skipped, LOST)

    assert only(s.StartStream, effects).playing
    assert (again.status, again.wants_sound) == (PAUSED, True)
    assert run(again, RUNNING)[0].status == PLAYING


def test_a_stop_while_the_device_is_away_is_a_stop() -> None:
    lost, _ = run(playing(), LOST)
    stopped, _ = run(lost, ask.Stop())
    closed, effects = run(stopped, sound.DeviceState("closed", "default"))

    assert (closed.status, closed.lost, closed.wants_sound) == (STOPPED, False, False)
    assert told(effects) == []


def test_a_sound_process_that_dies_while_the_device_is_away_starts_again() -> None:
    lost, _ = run(playing(), LOST)
    again, effects = run(lost, s.SoundDied(lost.queue.current, again=False), position_us=MINUTE_US)

    assert only(s.StartStream, effects) == s.StartStream(again.queue.current, MINUTE_US, playing=True)


def starved(state: s.PlayerState, *, begun: bool) -> sound.Starved:
    return sound.Starved(state.generation, begun)


def test_a_drive_that_hangs_in_a_file_has_it_passed_over_by_another_sound_process() -> None:
    state = playing()
    _, second, _ = (entry.id for entry in state.queue.entries)
    onward, effects = run(state, starved(state, begun=True), position_us=MINUTE_US)

    assert effects.index(s.LeaveSound()) < effects.index(s.StartStream(second, 0, playing=True))
    assert [event for event in told(effects) if isinstance(event, StreamFailed)] == [
        StreamFailed(state.queue.current, 10, "unreadable", MINUTE_US)
    ]
    assert onward.queue.current == second


def test_a_drive_that_hangs_at_the_end_of_a_file_hangs_in_the_next_one() -> None:
    state = playing()
    first, second, third = (entry.id for entry in state.queue.entries)
    onward, effects = run(state, starved(state, begun=True), position_us=3 * MINUTE_US)

    assert (onward.queue.current, onward.broken) == (third, frozenset({second}))
    assert [event.entry for event in told(effects) if isinstance(event, StreamFailed)] == [second]
    assert first != second


def test_what_has_not_even_begun_is_begun_once_more_for_the_drive_before_may_have_hung() -> None:
    state, _ = run(stopped(), ask.Play())
    again, effects = run(state, starved(state, begun=False))
    onward, more = run(again, starved(again, begun=False))

    assert only(s.StartStream, effects).entry == state.queue.current
    assert only(s.StartStream, more).entry == again.following
    assert onward.broken == {state.queue.current}


def test_three_drives_that_hang_in_a_row_and_nothing_heard_stop_play() -> None:
    state, _ = run(stopped(), ask.Play())
    for _ in range(3):
        state, effects = run(state, starved(state, begun=False))

    assert state.status == STOPPED
    assert SoundGivenUp() in told(effects)
    assert s.LeaveSound() in effects


def test_what_is_paused_waits_for_its_drive() -> None:
    state, _ = run(playing(), ask.Pause())

    assert run(state, starved(state, begun=True)) == (state, [])


def test_a_device_that_runs_again_is_told_once() -> None:
    lost, _ = run(playing(), LOST)
    returned, effects = run(lost, RUNNING, RUNNING)

    assert told(effects) == [DeviceReturned()]
    assert not returned.lost


def test_a_sound_process_that_died_starts_again_at_the_frame() -> None:
    state = playing()
    again, effects = run(state, s.SoundDied(state.queue.current, again=False), position_us=MINUTE_US)

    assert again.status == PLAYING
    assert only(s.StartStream, effects) == s.StartStream(state.queue.current, MINUTE_US, True)


def test_a_file_that_kills_the_sound_process_twice_is_passed_over() -> None:
    state = playing()
    moved, effects = run(state, s.SoundDied(state.queue.current, again=True))

    assert moved.queue.current_index == 1
    assert isinstance(told(effects)[0], StreamFailed)


def test_a_death_is_not_blamed_on_the_entry_that_was_chosen_after_it() -> None:
    state = playing()
    moved, _ = run(state, ask.Next())
    again, effects = run(moved, s.SoundDied(state.queue.current, again=True))

    assert again.queue.current == moved.queue.current
    assert told(effects) == []
    assert only(s.StartStream, effects).playing


def test_a_sound_process_that_dies_whatever_it_plays_stops_the_player_on_the_entry() -> None:
    state = playing()
    died = s.SoundDied(state.queue.current, again=False)
    given_up, effects = run(state, died, died, died, position_us=MINUTE_US)

    assert (given_up.status, given_up.queue.current) == (STOPPED, state.queue.current)
    assert told(effects) == [StreamEnded(state.queue.current, "stopped", 7), SoundGivenUp()]


def test_deaths_between_which_something_is_heard_never_stop_the_player() -> None:
    state = playing()
    died = s.SoundDied(state.queue.current, again=False)
    for _ in range(10):
        state, _ = run(state, died)
        state, _ = run(state, sound.Audible(state.generation, state.queue.current, 44_100, None, 0))

    assert state.status == PLAYING


def test_a_paused_player_waits_when_its_sound_process_is_gone() -> None:
    paused, _ = run(playing(), ask.Pause())
    bare, effects = run(paused, s.SoundRested(), position_us=MINUTE_US)

    assert effects == []
    assert (bare.status, bare.start_us, bare.loaded) == (PAUSED, MINUTE_US, False)


@pytest.mark.parametrize(
    ("given_input", "reason"),
    [
        (ask.Next(), "skipped"),
        (ask.SeekBy(10**12), "skipped"),
        (ask.GoTo(3), "skipped"),
        (ask.Remove((1,)), "skipped"),
        (ask.Stop(), "stopped"),
        (ask.Clear(), "stopped"),
        (ask.SetQueue((7,), 0, True), "stopped"),
        (sound.Drained(1), "failed"),
        (sound.Unreadable(1, 1, "damaged", 99), "failed"),
        (s.SoundDied(1, again=True), "failed"),
    ],
)
def test_only_an_entry_of_which_the_last_frame_was_heard_is_completed(given_input: Input, reason: str) -> None:
    state = playing()
    ended = [event for event in told(run(state, given_input)[1]) if isinstance(event, StreamEnded)]

    assert ended == [StreamEnded(1, reason, 7)]


def test_the_end_of_the_music_without_its_last_frame_completes_nothing() -> None:
    state = playing(10)

    assert told(run(state, sound.Drained(state.generation))[1]) == [StreamEnded(1, "failed", 7)]


def test_what_does_not_sound_is_not_completed() -> None:
    state = playing()

    assert run(state, sound.Finished(state.generation, 2, 99)) == (state, [])
    skipped, _ = run(state, ask.Next())
    assert told(run(skipped, sound.Finished(state.generation, 1, 99))[1]) == []
