"""K-weighting for any rate."""

import numpy as np
import pytest
import scipy.signal

from auralisd.analysis.kweighting import power_gains, sections
from tests.sounds import RATES_HZ


def test_at_48_khz_it_has_the_coefficients_that_the_standard_prints() -> None:
    printed = np.array(
        [
            [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
            [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
        ]
    )

    assert sections(48_000) == pytest.approx(printed, abs=1e-8)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_1_khz_tone_weighs_the_same_at_every_rate(rate_hz: int) -> None:
    weight_db = 10 * np.log10(power_gains(np.array([997.0]), rate_hz)[0])

    assert weight_db == pytest.approx(0.691, abs=0.06)


def test_the_power_gains_are_those_of_the_filters() -> None:
    hz = np.geomspace(20.0, 20_000.0, 50)
    _, response = scipy.signal.sosfreqz(sections(44_100), hz, fs=44_100)

    assert power_gains(hz, 44_100) == pytest.approx(np.abs(response) ** 2, rel=1e-6)
