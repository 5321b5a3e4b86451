"""How much sound is kept in the device."""

from auralisd.sound.fill import LEAST_S, MOST_S, Fill


def test_trouble_makes_it_grow_up_to_its_limit() -> None:
    fill = Fill()
    changes = [fill.grow(now_s=1.0) for _ in range(6)]

    assert fill.seconds == MOST_S
    assert changes == [True, True, True, True, False, False]


def test_a_minute_without_trouble_takes_one_step_back() -> None:
    fill = Fill()
    fill.grow(now_s=100.0)
    early, late = fill.settle(now_s=159.0), fill.settle(now_s=161.0)

    assert (early, late) == (False, True)
    assert abs(fill.seconds - LEAST_S) < 1e-9


def test_it_never_falls_below_the_least() -> None:
    fill = Fill()
    fill.settle(now_s=100.0)
    fill.settle(now_s=1_000.0)

    assert fill.seconds == LEAST_S
