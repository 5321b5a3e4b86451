"""The player's decisions: commands, reports, and what they lead to."""

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auralisd.doors import sound
from auralisd.errors import InvalidRequest, NotFound, RequestRefused
from auralisd.model.knowledge import AlbumPlace
from auralisd.model.preset import PRESETS, Preset
from auralisd.model.taste import MOST_PREAMP_DB, REPLAY_GAINS, Taste, is_intensity, is_target
from auralisd.playback import commands as ask
from auralisd.playback import state as s
from auralisd.playback.edits import UNDO_DEPTH
from auralisd.playback.machine import Input, step
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

MINUTE_US = 60_000_000


def run(state: s.PlayerState, *inputs: Input, position_us: int = 0) -> tuple[s.PlayerState, list[s.Effect]]:
    """Step through inputs; answers the last state and all effects."""
    all_effects: list[s.Effect] = []
    for given_input in inputs:
        moment = s.Moment(position_us=position_us, length_us=3 * MINUTE_US, frames=7, dice=random.Random(1))
        state, effects = step(state, given_input, moment)
        all_effects += effects
    return state, all_effects


def stopped(*tracks: int) -> s.PlayerState:
    return run(s.PlayerState(), ask.SetQueue(tracks or (10, 20, 30), 0, False))[0]


def playing(*tracks: int) -> s.PlayerState:
    """Playing, and its first entry is heard."""
    state, _ = run(stopped(*tracks), ask.Play())
    return run(state, sound.Audible(state.generation, state.queue.current, 44_100, None, 0))[0]


def told(effects: list[s.Effect]) -> list[Any]:
    return [effect.event for effect in effects if isinstance(effect, s.Tell)]


def only(kind: type, effects: list[s.Effect]) -> Any:
    (one,) = [effect for effect in effects if isinstance(effect, kind)]
    return one


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


LOST = sound.DeviceState("lost", "default", code="lost")
RUNNING = sound.DeviceState("running", "default")


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
    "command",
    [
        ask.SetPreset("loud"),
        ask.SetIntensity(float("nan")),
        ask.SetIntensity(1.01),
        ask.SetDefaultPreset("loud"),
        ask.SetTarget(float("nan")),
        ask.SetTarget(-30.01),
        ask.SetTarget(-7.99),
        ask.SetTarget(float("-inf")),
        ask.SetReplayGain("loudest"),
        ask.SetPreamp(float("nan")),
        ask.SetPreamp(15.01),
        ask.SetPreamp(float("-inf")),
        ask.RememberPreset(10, "track", "loud"),
        ask.RememberPreset(10, "song", "warm"),
        ask.SetVolume(float("inf")),
        ask.SetLoop("sometimes"),
        ask.SetQueue((1,), 1, False),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(command: ask.Command) -> None:
    with pytest.raises(InvalidRequest):
        run(playing(), command)


def test_going_to_an_entry_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotFound):
        run(playing(), ask.GoTo(999))


def test_volume_is_clamped_to_its_range() -> None:
    assert run(playing(), ask.SetVolume(-1.0))[0].volume == 0.0
    assert run(playing(), ask.SetVolume(5.0))[0].volume == 1.0


def test_a_taste_that_is_in_force_already_changes_nothing() -> None:
    state = playing()

    assert run(state, ask.SetPreset(state.taste.preset)) == (state, [])


def test_intensity_zero_is_transparent() -> None:
    state, effects = run(playing(), ask.SetIntensity(0.0))

    assert effects == []
    assert state.taste == Taste(intensity=0.0)
    assert state.taste.transparent


@pytest.mark.parametrize(
    ("command", "taste"),
    [
        (ask.SetEnabled(False), Taste(enabled=False)),
        (ask.SetBypass(True), Taste(bypass=True)),
        (ask.SetTarget(-30.0), Taste(target_lufs=-30.0)),
        (ask.SetTarget(-8.0), Taste(target_lufs=-8.0)),
        (ask.SetTarget(0.0), Taste()),
        (ask.SetAlbumMode(True), Taste(album_mode=True)),
        (ask.SetReplayGain("auto"), Taste(replay_gain="auto")),
        (ask.SetPreamp(-15.0), Taste(preamp_db=-15.0)),
        (ask.SetDefaultPreset("warm"), Taste(preset="warm")),
        (ask.SetPreset("warm"), Taste(preset="warm")),
    ],
)
def test_a_wish_about_the_sound_is_in_force_at_once(command: ask.Command, taste: Taste) -> None:
    state, _ = run(playing(), command)

    assert state == msgspec.structs.replace(playing(), taste=taste)


def chosen(state: s.PlayerState, preset: str, *, remembered: bool) -> s.PlayerState:
    return step(state, ask.SetPreset(preset), s.Moment(remembered=remembered))[0]


def test_a_preset_chosen_over_a_remembered_one_holds_for_this_entry_only() -> None:
    state = chosen(playing(), "warm", remembered=True)
    moved, _ = run(state, ask.Next())
    back, _ = run(moved, ask.Previous())

    assert (state.taste.preset, state.override) == ("adaptive", "warm")
    assert moved.override == back.override == ""


def test_a_preset_chosen_where_none_is_remembered_is_the_default_and_ends_what_was_chosen_before() -> None:
    state = chosen(chosen(playing(), "warm", remembered=True), "bright", remembered=False)

    assert (state.taste.preset, state.override) == ("bright", "")


def test_an_own_preset_can_be_chosen() -> None:
    own = Preset("mine", "Mine", "", -15.0, 0.5, own=True)
    state, _ = step(playing(), ask.SetPreset("mine"), s.Moment(presets={**PRESETS, "mine": own}))

    assert state.taste.preset == "mine"


def test_what_is_remembered_for_the_current_track_ends_what_was_chosen_before() -> None:
    state = chosen(playing(10, 20), "warm", remembered=True)

    assert run(state, ask.RememberPreset(20, "track", "live"))[0].override == "warm"
    assert run(state, ask.RememberPreset(10, "track", "live"))[0].override == ""


def test_open_now_inserts_after_the_current_entry_and_plays_it() -> None:
    state, effects = run(stopped(), ask.PlayNow(99))

    assert state.status == PLAYING
    assert state.queue.current_index == 1
    assert only(s.Answer, effects).entries == (state.queue.current,)


def test_replacing_the_queue_while_playing_does_not_halt_what_starts_anew() -> None:
    _, effects = run(playing(), ask.SetQueue((40, 50), 1, True))

    assert s.HaltSound() not in effects
    assert only(s.StartStream, effects).playing


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


# --- any sequence at all ------------------------------------------------------------------------------

COMMANDS: list[ask.Command] = [
    ask.Play(),
    ask.Pause(),
    ask.Toggle(),
    ask.Stop(),
    ask.Next(),
    ask.Previous(),
    ask.SeekBy(1_000_000),
    ask.SeekBy(-(10**12)),
    ask.SeekBy(10**12),
    ask.SetQueue((1, 2, 3), 2, True),
    ask.SetQueue((), 0, True),
    ask.Append((4,)),
    ask.PlayNow(5),
    ask.SetLoop("list"),
    ask.SetLoop("track"),
    ask.SetShuffle("tracks"),
    ask.SetShuffle("albums"),
    ask.SetShuffle("off"),
    ask.SetShuffle("genres"),
    ask.SetConsume(True),
    ask.SetConsume(False),
    ask.SetStopAfter(True),
    ask.Insert((4, 5), 1),
    ask.Insert((4, 5), 1000),
    ask.PlayNext((6, 7)),
    ask.Move((3, 2), 1),
    ask.Move((1,), 0),
    ask.Move((999,), 0),
    ask.Remove((1,)),
    ask.Remove((2, 3)),
    ask.Clear(),
    ask.Undo(),
    ask.Redo(),
    ask.GoTo(2),
    ask.SetSleepTimer(5.0),
    ask.SetSleepTimer(0.0),
    ask.SetVolume(0.5),
    ask.SetPreset("warm"),
    ask.SetPreset("none-such"),
    ask.SetDefaultPreset("live"),
    ask.RememberPreset(1, "album", "gentle"),
    ask.SetEnabled(False),
    ask.SetEnabled(True),
    ask.SetBypass(True),
    ask.SetIntensity(0.0),
    ask.SetIntensity(2.0),
    ask.SetTarget(-20.0),
    ask.SetTarget(-1.0),
    ask.SetAlbumMode(True),
    ask.SetReplayGain("auto"),
    ask.SetReplayGain("loud"),
    ask.SetPreamp(3.0),
    ask.SetPreamp(99.0),
]


ALBUMS = {track: AlbumPlace("AB"[track % 2], number=track) for track in range(1, 6)}


@given(st.lists(st.tuples(st.sampled_from(range(len(COMMANDS) + 11)), st.booleans()), max_size=60))
def test_no_sequence_of_commands_and_reports_breaks_the_player(choices: list[tuple[int, bool]]) -> None:
    state = s.PlayerState()
    for choice, remembered in choices:
        before = state
        reports: list[Input] = [
            sound.Audible(state.generation, state.queue.current, 44_100, None, 0),
            sound.Finished(state.generation, state.queue.current, 5),
            sound.Drained(state.generation),
            sound.Unreadable(state.generation, state.following or state.queue.current, "damaged", 0),
            LOST,
            RUNNING,
            s.SoundDied(state.queue.current, again=False),
            s.SoundReplaced(),
            sound.Starved(state.generation, begun=True),
            sound.Audible(state.generation, state.following or state.queue.current, 44_100, None, 0),
            s.SleepPassed(),
        ]
        given_input = COMMANDS[choice] if choice < len(COMMANDS) else reports[choice - len(COMMANDS)]
        moment = s.Moment(1, 3 * MINUTE_US, 7, random.Random(1), remembered=remembered, albums=ALBUMS)
        try:
            state, _ = step(state, given_input, moment)
        except RequestRefused:
            continue

        assert state.generation >= before.generation
        assert not state.waits or (state.lost and state.status == PAUSED)
        assert not state.override or state.queue.current == before.queue.current
        assert {state.taste.preset, state.override} <= {*PRESETS, ""}
        assert is_intensity(state.taste.intensity)
        assert is_target(state.taste.target_lufs)
        assert state.taste.replay_gain in REPLAY_GAINS
        assert abs(state.taste.preamp_db) <= MOST_PREAMP_DB
        assert (state.queue.current == 0) == (not state.queue.entries)
        assert not state.queue.entries or state.queue.track_of(state.queue.current) is not None
        assert sorted(state.queue.play_order) == sorted(entry.id for entry in state.queue.entries)
        assert state.queue.next_id >= before.queue.next_id > max((e.id for e in before.queue.entries), default=0)
        assert state.queue.revision > before.queue.revision or state.queue.entries == before.queue.entries
        assert len(state.edits.past) <= UNDO_DEPTH
        assert state.status != PLAYING or state.loaded
        assert state.following is None or state.queue.track_of(state.following) is not None


def test_a_seek_in_a_track_of_unknown_length_stays_within_what_can_be_counted() -> None:
    moment = s.Moment(position_us=MINUTE_US, length_us=None)
    state, effects = step(playing(), ask.SeekBy(2**63 - 1), moment)
    (sought,) = told(list(effects))

    assert state.start_us == sought.position_us < 2**63
