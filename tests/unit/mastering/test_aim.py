"""The aim of tone, point by point."""

import pytest

from auralisd.mastering.aim import AIM_POINTS, aim_db


@pytest.mark.parametrize(("hz", "level_db"), AIM_POINTS)
def test_the_aim_goes_through_its_points(hz: float, level_db: float) -> None:
    assert aim_db(hz) == pytest.approx(level_db)


def test_between_two_points_it_falls_in_a_straight_line_over_octaves() -> None:
    assert (
        aim_db(200.0) - aim_db(400.0) == pytest.approx(aim_db(1000.0) - aim_db(2000.0)) == pytest.approx(1.99, abs=0.01)
    )


def test_beyond_its_ends_it_stays_level() -> None:
    assert aim_db(1.0) == -22.0
    assert aim_db(96_000.0) == -21.1
