"""The queue: list order, play order, and what follows what."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auralisd.errors import LimitExceeded
from auralisd.playback import queue as q
from auralisd.playback.queue import PlayQueue


def a_queue(*tracks: int, start: int = 0, loop: str = "none", shuffle: bool = False, seed: int = 1) -> PlayQueue:
    dice = random.Random(seed)
    queue = q.replaced(PlayQueue(loop=loop), tracks, start=start, dice=dice)
    return q.with_shuffle(queue, shuffle, dice=dice)


def ids(queue: PlayQueue) -> list[int]:
    return [entry.id for entry in queue.entries]


def test_entry_ids_are_never_used_again() -> None:
    first = a_queue(10, 20)
    second = q.replaced(first, (10, 20), start=0, dice=random.Random(1))

    assert not set(ids(first)) & set(ids(second))


def test_the_same_track_twice_is_two_entries() -> None:
    queue = a_queue(10, 10)

    assert len(set(ids(queue))) == 2


def test_an_entry_is_found_wherever_others_were_put_before_it() -> None:
    queue = a_queue(10, 20, 30)
    queue = q.inserted_next(q.inserted_next(queue, 40), 50)

    assert [queue.index_of(entry) for entry in ids(queue)] == [0, 1, 2, 3, 4]
    assert [queue.track_of(entry) for entry in ids(queue)] == [10, 50, 40, 20, 30]
    assert [queue.index_of(entry) for entry in (0, -1, max(ids(queue)) + 1)] == [-1, -1, -1]


def test_a_queue_of_more_entries_than_it_holds_is_refused() -> None:
    queue = a_queue(*range(1, q.MAX_ENTRIES + 1))
    with pytest.raises(LimitExceeded):
        q.appended(queue, (1,), dice=random.Random(1))
    with pytest.raises(LimitExceeded):
        q.replaced(queue, (1,) * (q.MAX_ENTRIES + 1), start=0, dice=random.Random(1))


def test_the_last_entry_has_nothing_after_it() -> None:
    queue = a_queue(10, 20, start=1)

    assert q.after(queue, queue.current, asked=True) is None


def test_a_repeating_list_begins_again_after_its_last_entry() -> None:
    queue = a_queue(10, 20, start=1, loop="list")

    assert q.after(queue, queue.current, asked=False) == ids(queue)[0]


def test_a_repeating_track_follows_itself_until_a_listener_asks_for_the_next() -> None:
    queue = a_queue(10, 20, loop="track")

    assert q.after(queue, queue.current, asked=False) == queue.current
    assert q.after(queue, queue.current, asked=True) == ids(queue)[1]


def test_a_broken_entry_is_passed_over() -> None:
    queue = a_queue(10, 20, 30)
    _, second, third = ids(queue)

    assert q.after(queue, queue.current, asked=False, broken={second}) == third


def test_a_list_of_broken_entries_ends_even_when_it_repeats() -> None:
    queue = a_queue(10, 20, loop="list")

    assert q.after(queue, queue.current, asked=False, broken=ids(queue)) is None


def test_appending_to_an_empty_queue_makes_the_first_new_entry_current() -> None:
    queue = q.appended(PlayQueue(), (10, 20), dice=random.Random(1))

    assert queue.current == ids(queue)[0]


def test_an_entry_inserted_next_follows_the_current_one_in_both_orders() -> None:
    queue = q.inserted_next(a_queue(10, 20, 30, shuffle=True), 99)

    added = q.after(queue, queue.current, asked=True)
    assert queue.track_of(added or 0) == 99
    assert queue.entries[queue.current_index + 1].track == 99


@pytest.mark.parametrize("loop", ["none", "list"])
def test_previous_undoes_next(loop: str) -> None:
    queue = a_queue(10, 20, 30, loop=loop, shuffle=True)
    onward = q.after(queue, queue.current, asked=True)

    assert onward is not None
    assert q.before(queue, onward) == queue.current


@given(st.integers(1, 40), st.integers(0, 1000))
def test_shuffle_plays_every_entry_once_and_starts_with_the_current_one(count: int, seed: int) -> None:
    queue = a_queue(*range(1, count + 1), start=count // 2, shuffle=True, seed=seed)
    heard, entry = [queue.current], q.after(queue, queue.current, asked=False)
    while entry is not None:
        heard.append(entry)
        entry = q.after(queue, entry, asked=False)

    assert sorted(heard) == sorted(ids(queue))


@given(st.lists(st.integers(1, 9), min_size=1, max_size=20), st.lists(st.integers(1, 9), max_size=20), st.booleans())
def test_an_edit_keeps_the_play_order_a_permutation_of_the_list(
    tracks: list[int], more: list[int], shuffle: bool
) -> None:
    queue = q.appended(a_queue(*tracks, shuffle=shuffle), tuple(more), dice=random.Random(3))

    assert sorted(queue.play_order) == sorted(ids(queue))


def test_switching_shuffle_off_goes_on_in_list_order_from_the_current_entry() -> None:
    shuffled = a_queue(10, 20, 30, start=1, shuffle=True)
    queue = q.with_shuffle(shuffled, False, dice=random.Random(1))

    assert queue.current == shuffled.current
    assert q.after(queue, queue.current, asked=True) == ids(queue)[2]
