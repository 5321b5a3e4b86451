"""When a lost device is tried again."""

from auralisd.sound.retry import PROVEN_S, WAITS_S, Retry


def waits(retry: Retry, losses: int, *, now_s: float = 100.0) -> list[float]:
    """How long is waited after each of so many losses."""
    found = []
    for _ in range(losses):
        retry.lost(now_s)
        found.append(retry.wait_s(now_s))
    return found


def test_the_first_try_is_at_once_and_the_others_later_and_later() -> None:
    assert waits(Retry(), 7) == [*WAITS_S, WAITS_S[-1], WAITS_S[-1]]


def test_a_device_that_held_begins_from_the_beginning_when_it_is_lost_again() -> None:
    retry = Retry()
    waits(retry, 4)
    retry.opened(200.0)

    assert waits(retry, 2, now_s=200.0 + PROVEN_S) == list(WAITS_S[:2])


def test_a_device_that_is_lost_as_soon_as_it_is_open_has_not_come_back() -> None:
    retry = Retry()
    waits(retry, 4)
    retry.opened(200.0)

    assert waits(retry, 1, now_s=200.0 + PROVEN_S - 0.1) == [WAITS_S[-1]]


def test_what_nobody_wants_any_more_is_not_tried() -> None:
    retry = Retry()
    waits(retry, 1)
    retry.give_up()

    assert not retry.pending


def test_what_is_due_is_due() -> None:
    retry = Retry()
    waits(retry, 2)

    assert retry.pending
    assert retry.wait_s(100.0 + WAITS_S[1] / 2) == WAITS_S[1] / 2
    assert retry.wait_s(200.0) == 0.0
