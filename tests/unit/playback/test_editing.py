"""Edits of the queue while something plays: what goes on, what follows, and the way back."""

import random
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auralisd.doors import sound
from auralisd.errors import InvalidRequest, NotFound
from auralisd.model.knowledge import AlbumPlace
from auralisd.playback import commands as ask
from auralisd.playback import state as s
from auralisd.playback.edits import UNDO_DEPTH
from auralisd.playback.machine import Input, step
from auralisd.playback.snapshot import PAUSED, PLAYING, STOPPED, QueueChanged, StreamEnded, StreamStarted

MINUTE_US = 60_000_000


def run(state: s.PlayerState, *inputs: Input, position_us: int = 0) -> tuple[s.PlayerState, list[s.Effect]]:
    every: list[s.Effect] = []
    for each in inputs:
        state, effects = step(state, each, s.Moment(position_us, 3 * MINUTE_US, 7, random.Random(1)))
        every += effects
    return state, every


def audible(state: s.PlayerState, entry: int | None = None) -> sound.Audible:
    return sound.Audible(state.generation, entry or state.queue.current, 44_100, None, 0)


def playing(*tracks: int, start: int = 0) -> s.PlayerState:
    state, _ = run(s.PlayerState(), ask.SetQueue(tracks or (10, 20, 30), start, True))
    return run(state, audible(state))[0]


def tracks(state: s.PlayerState) -> list[int]:
    return [entry.track for entry in state.queue.entries]


def ids(state: s.PlayerState) -> list[int]:
    return [entry.id for entry in state.queue.entries]


def track(state: s.PlayerState) -> int | None:
    return state.queue.track_of(state.queue.current)


def told(effects: list[s.Effect]) -> list[Any]:
    return [effect.event for effect in effects if isinstance(effect, s.Tell)]


def orders(effects: list[s.Effect]) -> list[s.Effect]:
    """What sound is told to do."""
    return [effect for effect in effects if not isinstance(effect, s.Tell | s.Answer | s.Count)]


# --- what plays goes on -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "edited", "operation"),
    [
        (ask.Append((40, 50)), [10, 20, 30, 40, 50], "append"),
        (ask.Insert((40, 50), 0), [40, 50, 10, 20, 30], "insert"),
        (ask.PlayNext((40, 50)), [10, 20, 40, 50, 30], "play_next"),
        (ask.Move((2,), 0), [20, 10, 30], "move"),
        (ask.Move((3, 1), 1), [20, 30, 10], "move"),
        (ask.Remove((1, 3)), [20], "remove"),
    ],
)
def test_an_edit_leaves_the_current_entry_playing_and_tells_what_follows_it(
    command: ask.Command, edited: list[int], operation: str
) -> None:
    before = playing(10, 20, 30, start=1)
    after, effects = run(before, command)

    assert tracks(after) == edited
    assert (after.queue.current, after.status, after.generation) == (2, PLAYING, before.generation)
    assert told(effects) == [QueueChanged(before.queue.revision + 1, operation)]
    place = edited.index(20)
    follows = after.queue.entries[place + 1].id if place + 1 < len(edited) else None
    assert orders(effects) == ([] if follows == before.following else [s.JoinNext(follows)])


def test_what_was_made_is_answered() -> None:
    _, effects = run(playing(), ask.Append((40,)), ask.Insert((50, 60), 1), ask.PlayNext((70,)))

    assert [effect.entries for effect in effects if isinstance(effect, s.Answer)] == [(4,), (5, 6), (7,)]


@pytest.mark.parametrize(
    "command", [ask.Append(()), ask.Insert((), 2), ask.PlayNext(()), ask.Move((), 1), ask.Remove(())]
)
def test_an_edit_of_nothing_is_none(command: ask.Command) -> None:
    before = playing()
    after, effects = run(before, command)

    assert after == before
    assert told(effects) == []


@pytest.mark.parametrize("steering", [ask.Play(), ask.Pause(), ask.Stop()])
def test_when_the_current_entry_is_removed_what_follows_it_comes_and_nothing_else_changes(
    steering: ask.Command,
) -> None:
    before, _ = run(playing(10, 20, 30), steering)
    after, effects = run(before, ask.Remove((1, 2)))

    assert (track(after), after.status) == (30, before.status)
    starts = [effect for effect in effects if isinstance(effect, s.StartStream)]
    assert [(start.entry, start.playing) for start in starts] == (
        [] if before.status == STOPPED else [(3, before.status == PLAYING)]
    )


def test_when_nothing_follows_a_removed_entry_play_stops_on_the_first() -> None:
    after, effects = run(playing(10, 20, 30, start=2), ask.Remove((3,)))

    assert (track(after), after.status) == (10, STOPPED)
    assert s.HaltSound() in effects
    assert told(effects)[0] == StreamEnded(3, "skipped", 7)


def test_a_list_that_repeats_goes_on_from_its_beginning_when_its_last_entry_is_removed() -> None:
    state, _ = run(playing(10, 20, 30, start=2), ask.SetLoop("list"))

    assert track(run(state, ask.Remove((3,)))[0]) == 10
    assert run(state, ask.Remove((3,)))[0].status == PLAYING


def test_clearing_stops_and_leaves_nothing() -> None:
    after, effects = run(playing(), ask.Clear())

    assert (after.queue.entries, after.queue.current, after.status) == ((), 0, STOPPED)
    assert told(effects)[0] == StreamEnded(1, "stopped", 7)


def test_what_was_removed_in_the_moment_it_began_is_not_played() -> None:
    state = playing(10, 20, 30)
    state, _ = run(state, sound.Finished(state.generation, 1, 99), ask.Remove((2,)))
    after, effects = run(state, audible(state, 2))

    assert track(after) == 30
    assert orders(effects)[0] == s.StartStream(3, 0, True)
    assert not any(isinstance(event, StreamStarted) for event in told(effects))


def test_what_was_added_in_the_moment_the_music_ended_is_played() -> None:
    state = playing(10)
    state, _ = run(state, sound.Finished(state.generation, 1, 99), ask.Append((20,)))
    after, effects = run(state, sound.Drained(state.generation))

    assert (track(after), after.status) == (20, PLAYING)
    assert orders(effects)[0] == s.StartStream(2, 0, True)


# --- the way back -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "edit", [ask.Append((40,)), ask.Insert((40,), 0), ask.PlayNext((40,)), ask.Move((3,), 0), ask.Remove((3,))]
)
def test_an_edit_is_taken_back_and_made_again_without_a_break_in_what_plays(edit: ask.Command) -> None:
    before = playing()
    edited, _ = run(before, edit)
    undone, back = run(edited, ask.Undo())
    redone, forth = run(undone, ask.Redo())

    assert undone.queue.entries == before.queue.entries
    assert redone.queue.entries == edited.queue.entries
    assert {state.generation for state in (before, edited, undone, redone)} == {before.generation}
    assert [event.operation for event in told(back + forth)] == ["undo", "redo"]
    assert redone.queue.revision == edited.queue.revision + 2


def test_a_list_that_was_replaced_comes_back_and_plays_what_was_current_in_it() -> None:
    replaced, _ = run(playing(10, 20, 30, start=1), ask.SetQueue((70, 80), 0, True))
    undone, effects = run(replaced, ask.Undo())

    assert (tracks(undone), track(undone), undone.status) == ([10, 20, 30], 20, PLAYING)
    assert orders(effects)[0] == s.StartStream(2, 0, True)


def test_a_list_that_was_cleared_comes_back_stopped_where_it_was() -> None:
    undone, _ = run(playing(10, 20, 30, start=1), ask.Clear(), ask.Undo())

    assert (tracks(undone), track(undone), undone.status) == ([10, 20, 30], 20, STOPPED)


def test_taking_back_what_plays_goes_on_with_what_followed_it() -> None:
    state, _ = run(playing(), ask.PlayNext((99,)), ask.Next())
    undone, _ = run(state, ask.Undo())

    assert (tracks(undone), track(undone), undone.status) == ([10, 20, 30], 20, PLAYING)


def test_twenty_edits_can_be_taken_back_and_a_new_one_ends_the_way_forth() -> None:
    state = playing()
    for number in range(UNDO_DEPTH + 5):
        state, _ = run(state, ask.Append((100 + number,)))
    state, _ = run(state, *[ask.Undo()] * UNDO_DEPTH)

    assert tracks(state) == [10, 20, 30, 100, 101, 102, 103, 104]
    with pytest.raises(NotFound):
        run(state, ask.Undo())
    state, _ = run(state, *[ask.Redo()] * UNDO_DEPTH, ask.Undo(), ask.Append((999,)))
    with pytest.raises(NotFound):
        run(state, ask.Redo())


def test_what_was_forgotten_has_no_way_back() -> None:
    state, _ = run(playing(), ask.SetQueue((), 0, False, undoable=False))

    with pytest.raises(NotFound):
        run(state, ask.Undo())


EDITS = st.one_of(
    st.builds(ask.Append, st.lists(st.integers(1, 9), max_size=3).map(tuple)),
    st.builds(ask.Insert, st.lists(st.integers(1, 9), max_size=3).map(tuple), st.integers(0, 6)),
    st.builds(ask.PlayNext, st.lists(st.integers(1, 9), max_size=3).map(tuple)),
    st.builds(ask.Move, st.lists(st.integers(1, 12), max_size=3).map(tuple), st.integers(0, 6)),
    st.builds(ask.Remove, st.lists(st.integers(1, 12), max_size=3).map(tuple)),
    st.builds(ask.SetQueue, st.lists(st.integers(1, 9), min_size=1, max_size=4).map(tuple), st.just(0), st.booleans()),
    st.just(ask.Clear()),
)
ALBUMS = {number: AlbumPlace("AB"[number % 2], number=number) for number in range(1, 8)}


@given(st.sampled_from(["off", "tracks", "albums"]), st.lists(EDITS, max_size=12), st.integers(0, 99))
def test_as_many_undos_as_edits_lead_back_and_as_many_redos_forth_again(
    mode: str, edits: list[ask.Command], seed: int
) -> None:
    moment = s.Moment(dice=random.Random(seed), albums=ALBUMS)
    state = playing(1, 2, 3, 4, 5)
    state, _ = step(state, ask.SetShuffle(mode), moment)
    lists = [state.queue.entries]
    for edit in edits:
        try:
            state, _ = step(state, edit, moment)
        except (NotFound, InvalidRequest):
            continue
        if state.queue.entries != lists[-1]:
            lists.append(state.queue.entries)
    for entries in reversed(lists[:-1]):
        state, _ = step(state, ask.Undo(), moment)
        assert state.queue.entries == entries
    for entries in lists[1:]:
        state, _ = step(state, ask.Redo(), moment)
        assert state.queue.entries == entries
        assert sorted(state.queue.play_order) == sorted(entry.id for entry in entries)


# --- modes --------------------------------------------------------------------------------------------


def through(state: s.PlayerState, times: int) -> s.PlayerState:
    """As many entries as that are heard to their ends, one after the other."""
    for _ in range(times):
        state, _ = run(state, sound.Finished(state.generation, state.queue.current, 99))
        state, _ = run(
            state, sound.Drained(state.generation) if state.following is None else audible(state, state.following)
        )
    return state


def test_what_was_heard_to_its_end_or_left_by_next_is_consumed() -> None:
    state, _ = run(playing(10, 20, 30, 40), ask.SetConsume(True))
    state = through(state, 1)
    left, effects = run(state, ask.Next())

    assert (tracks(left), track(left)) == ([30, 40], 30)
    assert QueueChanged(left.queue.revision, "consume") in told(effects)
    over = through(run(left, audible(left))[0], 2)
    assert (over.queue.entries, over.queue.current, over.status) == ((), 0, STOPPED)


@pytest.mark.parametrize("command", [ask.Previous(), ask.GoTo(3), ask.Stop()])
def test_whoever_leaves_an_entry_otherwise_keeps_it(command: ask.Command) -> None:
    state, _ = run(playing(10, 20, 30, start=1), ask.SetConsume(True), command)

    assert tracks(state) == [10, 20, 30]


def test_what_repeats_and_what_cannot_be_played_is_not_consumed() -> None:
    repeats, _ = run(playing(10, 20), ask.SetConsume(True), ask.SetLoop("track"))
    broken, _ = run(playing(10, 20), ask.SetConsume(True))
    broken, _ = run(broken, sound.Unreadable(broken.generation, 1, "damaged", 5), audible(broken, 2))

    assert tracks(through(repeats, 2)) == [10, 20]
    assert (tracks(broken), track(broken)) == ([10, 20], 20)


def test_a_list_that_repeats_and_consumes_comes_to_its_end() -> None:
    state, _ = run(playing(10, 20), ask.SetConsume(True), ask.SetLoop("list"))

    assert through(state, 2).status == STOPPED
    assert run(state, ask.Next())[0].following is None


def test_no_undo_brings_back_what_was_consumed() -> None:
    state, _ = run(playing(10, 20, 30), ask.Append((40,)), ask.SetConsume(True))
    undone, _ = run(through(state, 1), ask.Undo())

    assert tracks(undone) == [20, 30]
    assert tracks(run(undone, ask.Redo())[0]) == [20, 30, 40]


def test_play_stops_once_after_the_current_entry_and_goes_on_behind_it() -> None:
    state, effects = run(playing(), ask.SetStopAfter(True))
    stopped = through(state, 1)

    assert orders(effects) == [s.JoinNext(None)]
    assert (track(stopped), stopped.status, stopped.queue.stop_after) == (20, STOPPED, False)
    again, _ = run(stopped, ask.Play())
    assert again.following == 3


@pytest.mark.parametrize(("loop", "current"), [("none", 10), ("track", 30), ("list", 10)])
def test_stopped_after_the_last_entry_play_goes_on_as_the_list_is_gone_through(loop: str, current: int) -> None:
    state, _ = run(playing(10, 20, 30, start=2), ask.SetLoop(loop), ask.SetStopAfter(True))

    assert track(through(state, 1)) == current


@pytest.mark.parametrize("command", [ask.SetShuffle("genres"), ask.SetShuffle(""), ask.SetLoop("album")])
def test_a_mode_that_is_not_known_is_refused(command: ask.Command) -> None:
    with pytest.raises(InvalidRequest):
        run(playing(), command)


def test_going_through_a_paused_list_otherwise_starts_nothing() -> None:
    state, _ = run(playing(), ask.Pause())
    after, effects = run(state, ask.SetShuffle("tracks"), ask.SetConsume(True), ask.SetLoop("list"))

    assert after.status == PAUSED
    assert not any(isinstance(effect, s.StartStream) for effect in effects)


@pytest.mark.parametrize("mode", ["off", "tracks", "albums"])
def test_no_edit_of_twenty_thousand_entries_holds_the_loop(mode: str) -> None:
    albums = {number: AlbumPlace(str(number // 12), number=number % 12) for number in range(20_000)}
    moment = s.Moment(dice=random.Random(1), albums=albums)
    full, _ = step(s.PlayerState(), ask.SetQueue(tuple(range(20_000)), 0, True), moment)
    full, _ = step(full, ask.SetShuffle(mode), moment)
    edits = (
        ask.Append((1, 2)),
        ask.Insert((1,), 7),
        ask.PlayNext((1, 2)),
        ask.Move((500, 9000, 3), 100),
        ask.Remove((7, 9, 5000)),
        ask.GoTo(10_000),
        ask.Undo(),
        ask.Next(),
    )
    for edit in edits:
        state, _ = step(full, ask.Append((3,)), moment)
        took_s = []
        for _ in range(3):
            began = time.thread_time()
            step(state, edit, moment)
            took_s.append(time.thread_time() - began)

        assert min(took_s) < 0.05, edit
