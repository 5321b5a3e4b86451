"""Budgets: what each sender may spend, and that nothing piles up."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auralisd.bus.budget import Budgets
from auralisd.errors import LimitExceeded

RATE, BURST = 10.0, 20


def a_budget(rate: float = RATE, burst: int = BURST) -> Budgets:
    return Budgets(per_second=rate, burst=burst)


def spends(budgets: Budgets, sender: str, now_s: float) -> bool:
    try:
        budgets.spend(sender, now_s)
    except LimitExceeded:
        return False
    return True


def test_a_rested_sender_has_its_burst_and_then_so_many_a_second() -> None:
    budgets = a_budget()
    at_once = [spends(budgets, ":1.1", 5.0) for _ in range(25)]

    assert at_once == [True] * 20 + [False] * 5
    assert [spends(budgets, ":1.1", 5.35) for _ in range(5)] == [True] * 3 + [False] * 2
    assert sum(spends(budgets, ":1.1", 1_000.0) for _ in range(50)) == 20, "a long rest fills it and no more"


def test_one_sender_does_not_spend_anothers_budget() -> None:
    budgets = a_budget()
    while spends(budgets, ":1.1", 0.0):
        pass

    assert spends(budgets, ":1.2", 0.0)


def test_the_refusal_says_how_many_there_are_and_when_to_ask_again() -> None:
    budgets = a_budget(0.5, 1)
    budgets.spend(":1.1", 0.0)
    with pytest.raises(LimitExceeded, match=r"0\.5 of that kind a second, 1 after a rest; ask again in 2\.0 s"):
        budgets.spend(":1.1", 0.0)


def test_nothing_is_counted_where_the_bound_is_lifted() -> None:
    budgets = a_budget(0.0)

    assert all(spends(budgets, ":1.1", 0.0) for _ in range(1_000))
    assert budgets.senders == frozenset()


def test_of_a_thousand_senders_that_came_and_went_nothing_is_kept() -> None:
    budgets = a_budget()
    for number in range(1_000):
        spends(budgets, f":1.{number}", number * 0.01)
    assert len(budgets.senders) <= 11, "a bucket is full again after a tenth of a second"
    spends(budgets, ":2.1", 100.0)

    assert budgets.senders == {":2.1"}


def test_a_sender_that_has_left_is_forgotten_at_once() -> None:
    budgets = a_budget(0.001)
    spends(budgets, ":1.1", 0.0)
    budgets.forget(":1.1")
    budgets.forget(":1.7")

    assert budgets.senders == frozenset()


@given(
    waits=st.lists(st.floats(0.0, 3.0), max_size=120),
    rate=st.floats(0.1, 50.0),
    burst=st.integers(1, 30),
)
@example(waits=[0.0] * 40, rate=RATE, burst=BURST)
def test_over_any_time_no_sender_has_more_than_its_burst_and_its_rate(
    waits: list[float], rate: float, burst: int
) -> None:
    budgets, now_s, spent_s = a_budget(rate, burst), 0.0, list[float]()
    for wait_s in waits:
        now_s += wait_s
        spends(budgets, f":1.{int(now_s * 7) % 3 + 2}", now_s)
        if spends(budgets, ":1.1", now_s):
            spent_s.append(now_s)

    for first, begin_s in enumerate(spent_s):
        for last, end_s in enumerate(spent_s[first:], 1):
            assert last <= burst + (end_s - begin_s) * rate + 1e-6
