"""Pages of the queue: whatever becomes of it meanwhile, what stays is met once."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auralisd.bus.queue_pages import KEPT_LISTS, QueuePages
from auralisd.errors import InvalidRequest
from auralisd.playback.snapshot import Entry, Snapshot


def a_queue(ids: list[int], revision: int) -> Snapshot:
    return Snapshot(entries=tuple(Entry(number, number * 10) for number in ids), revision=revision)


@given(
    st.lists(st.integers(1, 40), unique=True, max_size=30),
    st.integers(1, 7),
    st.lists(st.sampled_from(["shuffle", "remove", "insert", "leave"]), max_size=30),
    st.integers(0, 999),
)
def test_what_stays_is_met_once_however_it_is_moved_about(
    ids: list[int], limit: int, doings: list[str], seed: int
) -> None:
    pages, dice, now = QueuePages(), random.Random(seed), list(ids)
    cursor, revision, fresh = "", 1, 100
    met: list[int] = []
    while True:
        rows, cursor = pages.page(a_queue(now, revision), cursor, offset=0, limit=limit)
        assert all(now[index] == entry.id for index, entry in rows)
        met += [entry.id for _, entry in rows]
        if not cursor:
            break
        assert len(rows) == limit
        doing = doings.pop() if doings else "leave"
        if doing != "leave":
            revision += 1
        if doing == "shuffle":
            dice.shuffle(now)
        if doing == "remove" and now:
            now.remove(dice.choice(now))
        if doing == "insert":
            now.insert(dice.randrange(len(now) + 1), fresh := fresh + 1)
    stayed = [entry for entry in ids if entry in now]

    assert [entry for entry in met if entry in stayed] == stayed
    assert len(set(met)) == len(met)


def test_a_reader_whose_list_is_forgotten_goes_on_behind_the_entry_it_saw_last() -> None:
    pages = QueuePages()
    _, cursor = pages.page(a_queue([1, 2, 3, 4], 1), "", offset=0, limit=2)
    for revision in range(2, 3 + KEPT_LISTS):
        pages.page(a_queue([1, 2, 3, 4], revision), "", offset=0, limit=1)
    rows, _ = pages.page(a_queue([4, 2, 3, 1], 99), cursor, offset=0, limit=9)

    assert [entry.id for _, entry in rows] == [3, 1]


def test_a_cursor_of_before_a_restart_goes_on_too() -> None:
    _, cursor = QueuePages().page(a_queue([1, 2, 3, 4], 5), "", offset=0, limit=2)

    assert [entry.id for _, entry in QueuePages().page(a_queue([1, 2, 3, 4], 5), cursor, offset=0, limit=9)[0]] == [
        3,
        4,
    ]
    assert [entry.id for _, entry in QueuePages().page(a_queue([3, 4], 6), cursor, offset=0, limit=9)[0]] == []


def test_an_offset_counts_from_where_the_page_would_begin() -> None:
    pages = QueuePages()
    rows, cursor = pages.page(a_queue([1, 2, 3, 4, 5, 6], 1), "", offset=1, limit=2)
    more, _ = pages.page(a_queue([1, 2, 3, 4, 5, 6], 1), cursor, offset=1, limit=2)

    assert [entry.id for _, entry in rows + more] == [2, 3, 5, 6]


@pytest.mark.parametrize("cursor", ["x", "1", "1.2", "-1.2.3", "1.2.3 ", "1.2.3.4", "9" * 30 + ".1.1", "²..", "1.٣.1"])
def test_a_cursor_that_nobody_gave_out_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequest):
        QueuePages().page(a_queue([1], 1), cursor, offset=0, limit=1)
