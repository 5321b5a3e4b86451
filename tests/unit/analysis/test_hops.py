"""Hops keep their borders at every rate and however the values come."""

import itertools

import numpy as np
import pytest

from auralisd.analysis.hops import Hops, hop_of, hop_starts
from tests.sounds import RATES_HZ


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_frame_lies_in_the_hop_that_starts_before_it(rate_hz: int) -> None:
    starts = hop_starts(0, 302, rate_hz)

    for hop in range(300):
        assert hop_of(int(starts[hop]), rate_hz) == hop
        assert hop_of(int(starts[hop + 1]) - 1, rate_hz) == hop


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("size", [1, 7, 110, 5000])
def test_values_are_gathered_by_hop_however_they_come(rate_hz: int, size: int) -> None:
    values = np.random.default_rng(2).integers(0, 100, 10_000).astype(np.float64)
    hops = Hops(rate_hz, np.add)
    for start in range(0, len(values), size):
        hops.feed(values[start : start + size])

    starts = hop_starts(0, 10_000 * 100 // rate_hz + 1, rate_hz)
    wanted = [values[start:end].sum() for start, end in itertools.pairwise(starts)]
    assert hops.whole(10_000).tolist() == wanted
    assert hops.gathered().sum() == values.sum()


def test_a_value_for_several_frames_belongs_to_the_hop_of_its_first() -> None:
    hops = Hops(44_100, np.maximum, step=8)
    values = np.zeros(200)
    values[55] = 3.0  # frames 440..447; hop 1 begins at 441
    for start in range(0, 200, 9):
        hops.feed(values[start : start + 9])

    assert hops.gathered().tolist() == [3.0, 0.0, 0.0, 0.0]
