"""Commands that move the music: play, pause, stop, skips and seeks."""

import pytest

from auralisd.doors import sound
from auralisd.errors import NotFound
from auralisd.playback import commands as ask
from auralisd.playback import state as s
from auralisd.playback.machine import step
from auralisd.playback.snapshot import (
    PAUSED,
    PLAYING,
    STOPPED,
    Seeked,
    StreamEnded,
)
from tests.unit.playback.stepping import MINUTE_US, only, playing, run, stopped, told


def test_play_starts_the_current_entry_and_names_what_follows() -> None:
    state, effects = run(stopped(), ask.Play())

    first, second, _ = (entry.id for entry in state.queue.entries)
    assert state.status == PLAYING
    assert effects == [s.StartStream(first, 0, True), s.JoinNext(second)]


def test_play_with_an_empty_queue_does_nothing() -> None:
    assert run(s.PlayerState(), ask.Play()) == (s.PlayerState(), [])


def test_pause_holds_and_play_releases_without_starting_anew() -> None:
    paused, held = run(playing(), ask.Pause())
    again, released = run(paused, ask.Play())

    assert (paused.status, again.status) == (PAUSED, PLAYING)
    assert (held, released) == ([s.HoldSound()], [s.ReleaseSound()])


@pytest.mark.parametrize("command", [ask.Pause(), ask.Stop(), ask.SeekBy(5), ask.SeekTo(1, 5)])
def test_a_stopped_player_has_nothing_to_hold_stop_or_seek(command: ask.Command) -> None:
    assert run(stopped(), command) == (stopped(), [])


def test_play_after_stop_starts_the_track_from_its_beginning() -> None:
    halted, _ = run(playing(), ask.Stop(), position_us=MINUTE_US)
    _, effects = run(halted, ask.Play())

    assert only(s.StartStream, effects).start_us == 0


@pytest.mark.parametrize(("command", "status"), [(ask.Pause(), PAUSED), (ask.Stop(), STOPPED)])
def test_next_keeps_a_player_paused_or_stopped(command: ask.Command, status: str) -> None:
    state, _ = run(playing(), command)
    moved, effects = run(state, ask.Next())

    assert moved.status == status
    assert moved.queue.current_index == 1
    assert not any(effect.playing for effect in effects if isinstance(effect, s.StartStream))


def test_next_at_the_end_has_no_effect() -> None:
    state = playing(10)

    assert run(state, ask.Next()) == (state, [])


def test_previous_restarts_a_track_of_which_more_than_three_seconds_were_heard() -> None:
    state, _ = run(playing(), ask.Next())
    restarted, effects = run(state, ask.Previous(), position_us=3_000_001)

    assert restarted.queue.current == state.queue.current
    assert only(s.StartStream, effects).start_us == 0
    assert told(effects) == [Seeked(0)]


def test_previous_within_three_seconds_goes_back() -> None:
    state, _ = run(playing(), ask.Next())
    back, _ = run(state, ask.Previous(), position_us=3_000_000)

    assert back.queue.current_index == 0


def test_a_seek_starts_a_new_generation_at_the_position_and_tells_it() -> None:
    state = playing()
    sought, effects = run(state, ask.SeekBy(1_500_000), position_us=MINUTE_US)

    assert sought.generation > state.generation
    assert only(s.StartStream, effects).start_us == MINUTE_US + 1_500_000
    assert told(effects) == [Seeked(MINUTE_US + 1_500_000)]


def test_a_seek_before_the_start_goes_to_the_start() -> None:
    _, effects = run(playing(), ask.SeekBy(-(10**12)), position_us=MINUTE_US)

    assert only(s.StartStream, effects).start_us == 0


def test_a_seek_past_the_end_acts_like_next() -> None:
    moved, _ = run(playing(), ask.SeekBy(10**12))

    assert moved.queue.current_index == 1


def test_a_seek_past_the_end_of_the_last_track_stops() -> None:
    state, effects = run(playing(10), ask.SeekBy(10**12))

    assert state.status == STOPPED
    assert s.HaltSound() in effects


def test_a_seek_while_paused_stays_paused() -> None:
    state, _ = run(playing(), ask.Pause())
    sought, effects = run(state, ask.SeekTo(state.queue.current, MINUTE_US))

    assert sought.status == PAUSED
    assert only(s.StartStream, effects) == s.StartStream(state.queue.current, MINUTE_US, False)


@pytest.mark.parametrize(("entry_offset", "position_us"), [(1, 5), (0, -1), (0, 3 * MINUTE_US + 1)])
def test_set_position_of_another_entry_or_outside_the_track_is_ignored(entry_offset: int, position_us: int) -> None:
    state = playing()

    assert run(state, ask.SeekTo(state.queue.current + entry_offset, position_us)) == (state, [])


def test_a_skip_ends_the_stream_as_skipped() -> None:
    state = playing()
    _, effects = run(state, ask.Next())

    assert told(effects) == [StreamEnded(state.queue.current, "skipped", 7)]


def test_the_end_of_the_queue_stops_and_play_begins_it_again() -> None:
    state, _ = run(playing(10, 20), ask.Next())
    ended, _ = run(
        state,
        sound.Audible(state.generation, state.queue.current, 44_100, None, 0),
        sound.Finished(state.generation, state.queue.current, 5),
        sound.Drained(state.generation),
    )

    assert ended.status == STOPPED
    assert ended.queue.current_index == 0


def test_going_to_an_entry_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotFound):
        run(playing(), ask.GoTo(999))


def test_open_now_inserts_after_the_current_entry_and_plays_it() -> None:
    state, effects = run(stopped(), ask.PlayNow(99))

    assert state.status == PLAYING
    assert state.queue.current_index == 1
    assert only(s.Answer, effects).entries == (state.queue.current,)


def test_replacing_the_queue_while_playing_does_not_halt_what_starts_anew() -> None:
    _, effects = run(playing(), ask.SetQueue((40, 50), 1, True))

    assert s.HaltSound() not in effects
    assert only(s.StartStream, effects).playing


def test_a_seek_in_a_track_of_unknown_length_stays_within_what_can_be_counted() -> None:
    moment = s.Moment(position_us=MINUTE_US, length_us=None)
    state, effects = step(playing(), ask.SeekBy(2**63 - 1), moment)
    (sought,) = told(list(effects))

    assert state.start_us == sought.position_us < 2**63


def test_PM_24_of_a_track_of_unknown_length_any_position_but_a_negative_one_is_taken() -> None:  # noqa: N802
    moment = s.Moment(position_us=MINUTE_US, length_us=None)
    before = playing()
    entry = before.queue.current

    assert step(before, ask.SeekTo(entry, 100 * MINUTE_US), moment)[0].start_us == 100 * MINUTE_US
    assert step(before, ask.SeekTo(entry, -1), moment)[0] == before
