"""Rhythm: what is compared by the clock."""

import pytest

from auralisd.library.rhythm import ALL_EVERY_S, UNWATCHED_EVERY_S, Rhythm


class Clocks:
    """Time that passes while the machine is awake, and time that passes at all."""

    def __init__(self) -> None:
        self.awake_s = 1000.0
        self.slept_s = 50.0

    def boot(self) -> float:
        return self.awake_s + self.slept_s

    def awake(self) -> float:
        return self.awake_s


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def rhythm(clocks: Clocks) -> Rhythm:
    rhythm = Rhythm(boot=clocks.boot, awake=clocks.awake)
    for folder in (1, 2):
        rhythm.compared(folder)
    return rhythm


def test_everything_is_compared_every_hour(rhythm: Rhythm, clocks: Clocks) -> None:
    clocks.awake_s += ALL_EVERY_S - 1
    early = rhythm.due((1, 2), ())
    clocks.awake_s += 1

    assert (early, rhythm.due((1, 2), ())) == ([], [1, 2])


def test_what_was_compared_waits_for_the_next_hour(rhythm: Rhythm, clocks: Clocks) -> None:
    clocks.awake_s += ALL_EVERY_S
    rhythm.compared(1)

    assert rhythm.due((1, 2), ()) == [2]


def test_a_folder_that_is_not_watched_is_compared_every_five_minutes(rhythm: Rhythm, clocks: Clocks) -> None:
    clocks.awake_s += UNWATCHED_EVERY_S

    assert rhythm.due((1, 2), {2}) == [2]


def test_after_a_suspend_everything_is_compared_once(rhythm: Rhythm, clocks: Clocks) -> None:
    clocks.slept_s += 30

    assert rhythm.due((1, 2), ()) == [1, 2]
    assert rhythm.due((1, 2), ()) == []


def test_a_folder_that_was_never_seen_is_left_to_its_first_look(clocks: Clocks) -> None:
    rhythm = Rhythm(boot=clocks.boot, awake=clocks.awake)
    clocks.awake_s += 10 * ALL_EVERY_S

    assert rhythm.due((1,), ()) == []
