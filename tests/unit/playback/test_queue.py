"""The queue: list order, play order, and what follows what."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auralisd.errors import InvalidRequest, LimitExceeded, NotFound
from auralisd.playback import edits
from auralisd.playback import queue as q
from auralisd.playback.queue import PlayQueue
from auralisd.playback.shuffle import Deal, shuffled


def a_deal(seed: int = 1) -> Deal:
    return Deal(random.Random(seed))


def a_queue(*tracks: int, start: int = 0, loop: str = "none", shuffle: str = "off", seed: int = 1) -> PlayQueue:
    queue = edits.replaced(PlayQueue(loop=loop), tracks, start=start, deal=a_deal(seed))
    return shuffled(queue, shuffle, a_deal(seed))


def ids(queue: PlayQueue) -> list[int]:
    return [entry.id for entry in queue.entries]


def tracks(queue: PlayQueue) -> list[int]:
    return [entry.track for entry in queue.entries]


def heard(queue: PlayQueue) -> list[int]:
    """The entries that play from the current one on, when nobody asks for anything."""
    found, entry = [queue.current], q.after(queue, queue.current, asked=False)
    while entry is not None and entry not in found:
        found.append(entry)
        entry = q.after(queue, entry, asked=False)
    return found


def test_entry_ids_are_never_used_again() -> None:
    first = a_queue(10, 20, 30)
    fewer = edits.removed(first, ids(first)[1:])
    more = edits.inserted(fewer, (20, 30), 0, deal=a_deal())
    again = edits.replaced(more, (10, 20), start=0, deal=a_deal())

    assert not set(ids(more)) & set(ids(first)[1:])
    assert not set(ids(again)) & {*ids(first), *ids(more)}


def test_the_same_track_twice_is_two_entries() -> None:
    queue = a_queue(10, 10)

    assert len(set(ids(queue))) == 2


def test_an_entry_is_found_wherever_others_were_put_before_it() -> None:
    queue = a_queue(10, 20, 30)
    queue = edits.inserted_next(edits.inserted_next(queue, (40,)), (50,))

    assert [queue.index_of(entry) for entry in ids(queue)] == [0, 1, 2, 3, 4]
    assert [queue.track_of(entry) for entry in ids(queue)] == [10, 50, 40, 20, 30]
    assert [queue.index_of(entry) for entry in (0, -1, max(ids(queue)) + 1)] == [-1, -1, -1]


def test_a_queue_of_more_entries_than_it_holds_is_refused() -> None:
    queue = a_queue(*range(1, q.MAX_ENTRIES + 1))
    with pytest.raises(LimitExceeded):
        edits.inserted(queue, (1,), 0, deal=a_deal())
    with pytest.raises(LimitExceeded):
        edits.replaced(queue, (1,) * (q.MAX_ENTRIES + 1), start=0, deal=a_deal())


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
    queue = edits.inserted(PlayQueue(), (10, 20), 0, deal=a_deal())

    assert queue.current == ids(queue)[0]


def test_entries_played_next_follow_the_current_one_in_both_orders_as_they_were_given() -> None:
    queue = edits.inserted_next(a_queue(10, 20, 30, start=1, shuffle="tracks"), (98, 99))

    assert tracks(queue) == [10, 20, 98, 99, 30]
    assert [queue.track_of(entry) for entry in heard(queue)[1:3]] == [98, 99]


@pytest.mark.parametrize("loop", ["none", "list"])
def test_previous_undoes_next(loop: str) -> None:
    queue = a_queue(10, 20, 30, loop=loop, shuffle="tracks")
    onward = q.after(queue, queue.current, asked=True)

    assert onward is not None
    assert q.before(queue, onward) == queue.current


# --- edits --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moving", "position", "moved"),
    [
        ((0,), 2, [20, 30, 10, 40]),
        ((0,), 3, [20, 30, 40, 10]),
        ((0,), 4, [20, 30, 40, 10]),
        ((3, 0), 0, [40, 10, 20, 30]),
        ((3, 0), 1, [20, 40, 10, 30]),
        ((1, 2), 1, [10, 20, 30, 40]),
        ((), 4, [10, 20, 30, 40]),
    ],
)
def test_a_position_counts_in_what_is_left_once_the_moving_ones_are_out(
    moving: tuple[int, ...], position: int, moved: list[int]
) -> None:
    queue = a_queue(10, 20, 30, 40)

    assert tracks(edits.moved(queue, [ids(queue)[place] for place in moving], position)) == moved


@pytest.mark.parametrize(
    ("edit", "refusal"),
    [
        (lambda queue: edits.moved(queue, (1,), 4), InvalidRequest),
        (lambda queue: edits.moved(queue, (1, 1), 0), InvalidRequest),
        (lambda queue: edits.moved(queue, (99,), 0), NotFound),
        (lambda queue: edits.removed(queue, (1, 99)), NotFound),
        (lambda queue: edits.inserted(queue, (5,), 4, deal=a_deal()), InvalidRequest),
    ],
)
def test_an_edit_of_what_is_not_there_is_refused(
    edit: Callable[[PlayQueue], PlayQueue], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        edit(a_queue(10, 20, 30))


def test_of_a_list_that_consumes_nothing_follows_its_last_entry_but_the_others() -> None:
    alone = a_queue(10, loop="list")
    consuming = q.PlayQueue(listing=alone.listing, current=alone.current, loop="list", consume=True)

    assert q.after(alone, alone.current, asked=False) == alone.current
    assert q.after(consuming, alone.current, asked=False) is None


# --- shuffled by tracks -------------------------------------------------------------------------------


@given(st.integers(1, 40), st.integers(0, 1000))
def test_shuffle_plays_every_entry_once_and_starts_with_the_current_one(count: int, seed: int) -> None:
    queue = a_queue(*range(1, count + 1), start=count // 2, shuffle="tracks", seed=seed)

    assert sorted(heard(queue)) == sorted(ids(queue))


@given(st.lists(st.integers(1, 9), min_size=1, max_size=20), st.lists(st.integers(1, 9), max_size=20), st.booleans())
def test_an_edit_keeps_the_play_order_a_permutation_of_the_list(
    before: list[int], more: list[int], shuffle: bool
) -> None:
    queue = a_queue(*before, shuffle="tracks" if shuffle else "off")
    queue = edits.inserted(queue, more, len(before), deal=a_deal(3))

    assert sorted(queue.play_order) == sorted(ids(queue))


def test_switching_shuffle_off_goes_on_in_list_order_from_the_current_entry() -> None:
    before = a_queue(10, 20, 30, start=1, shuffle="tracks")
    queue = shuffled(before, "off", a_deal())

    assert queue.current == before.current
    assert q.after(queue, queue.current, asked=True) == ids(queue)[2]
