"""EBU Tech 3341 (v4) and Tech 3342 minimum requirements, their signals made in code.

Cases 7 and 8 of Tech 3341 and 5 and 6 of Tech 3342 are recordings and are not held here.
"""

import numpy as np
import pytest
import scipy.signal
from numpy.typing import NDArray

from auralisd.analysis.loudness import SURROUND, LoudnessMeter
from auralisd.analysis.peaks import PeakMeter
from auralisd.dsp.block import decibels

Planes = NDArray[np.float32]

RATES_HZ = (44_100, 48_000, 96_000)
pytestmark = pytest.mark.parametrize("rate_hz", RATES_HZ)


def tones(rate_hz: int, *parts: tuple[float, float]) -> Planes:
    """A 1 kHz tone on both channels, (seconds, dBFS) after each other; −inf dBFS is silence.  The phase runs on."""
    borders = np.round(np.cumsum([0.0, *(seconds for seconds, _ in parts)]) * rate_hz).astype(int)
    levels = np.concatenate(
        [
            np.full(end - start, 10 ** (level / 20))
            for start, end, (_, level) in zip(borders[:-1], borders[1:], parts, strict=True)
        ]
    )
    wave = levels * np.sin(2 * np.pi * 1000.0 * np.arange(borders[-1]) / rate_hz)
    return np.stack((wave, wave)).astype(np.float32)


SILENCE = float("-inf")


def measured(planes: Planes, rate_hz: int) -> LoudnessMeter:
    meter = LoudnessMeter(rate_hz)
    meter.feed(planes)
    return meter


@pytest.mark.parametrize(("level", "case"), [(-23.0, 1), (-33.0, 2)])
def test_steady_tones_read_the_same_on_all_three_scales(rate_hz: int, level: float, case: int) -> None:
    meter = measured(tones(rate_hz, (20.0, level)), rate_hz)

    assert meter.integrated() == pytest.approx(level, abs=0.1)
    assert meter.momentary() == pytest.approx(level, abs=0.1)
    assert meter.short_term() == pytest.approx(level, abs=0.1)


GATED = {
    3: ((10.0, -36.0), (60.0, -23.0), (10.0, -36.0)),
    4: ((10.0, -72.0), (10.0, -36.0), (60.0, -23.0), (10.0, -36.0), (10.0, -72.0)),
    5: ((20.0, -26.0), (20.1, -20.0), (20.0, -26.0)),
}


@pytest.mark.parametrize("case", GATED)
def test_what_lies_below_the_gates_does_not_count(rate_hz: int, case: int) -> None:
    assert measured(tones(rate_hz, *GATED[case]), rate_hz).integrated() == pytest.approx(-23.0, abs=0.1)


def test_case_6_surround_channels_have_their_weights(rate_hz: int) -> None:
    tone = tones(rate_hz, (20.0, 0.0))[0]
    levels = (-28.0, -28.0, -24.0, 0.0, -30.0, -30.0)
    meter = LoudnessMeter(rate_hz, SURROUND)
    meter.feed(np.stack([tone * 10 ** (level / 20) for level in levels]))

    assert meter.integrated() == pytest.approx(-23.0, abs=0.1)


def test_case_9_short_term_stands_still_over_a_change_of_its_own_period(rate_hz: int) -> None:
    meter = measured(tones(rate_hz, *((1.34, -20.0), (1.66, -30.0)) * 5), rate_hz)

    assert meter.short_term() == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("index", range(20))
def test_case_10_the_highest_short_term_loudness_is_found_wherever_it_lies(rate_hz: int, index: int) -> None:
    meter = measured(tones(rate_hz, (index * 0.15, SILENCE), (3.0, -23.0), (1.0, SILENCE)), rate_hz)

    assert meter.short_term().max() == pytest.approx(-23.0, abs=0.1)


def test_case_11_short_term_loudness_follows_a_rising_row_of_tones(rate_hz: int) -> None:
    parts = [
        part
        for index in range(20)
        for part in ((index * 0.15, SILENCE), (3.0, -38.0 + index), (3.0 - index * 0.15, SILENCE))
    ]
    highest = measured(tones(rate_hz, *parts), rate_hz).short_term()

    for index in range(20):
        until = index * 600 + 15 * index + 10
        assert highest[: until + 1].max() == pytest.approx(-38.0 + index, abs=0.1)


def test_case_12_momentary_stands_still_over_a_change_of_its_own_period(rate_hz: int) -> None:
    meter = measured(tones(rate_hz, *((0.18, -20.0), (0.22, -30.0)) * 25), rate_hz)

    assert meter.momentary() == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("index", range(20))
def test_case_13_the_highest_momentary_loudness_is_found_wherever_it_lies(rate_hz: int, index: int) -> None:
    meter = measured(tones(rate_hz, (index * 0.02, SILENCE), (0.4, -23.0), (1.0, SILENCE)), rate_hz)

    assert meter.momentary().max() == pytest.approx(-23.0, abs=0.1)


def test_case_14_momentary_loudness_follows_a_rising_row_of_tones(rate_hz: int) -> None:
    parts = [
        part
        for index in range(20)
        for part in ((index * 0.02, SILENCE), (0.4, -38.0 + index), (0.4 - index * 0.02, SILENCE))
    ]
    highest = measured(tones(rate_hz, *parts), rate_hz).momentary()

    for index in range(20):
        until = index * 80 + 2 * index + 2
        assert highest[: until + 1].max() == pytest.approx(-38.0 + index, abs=0.1)


def true_peak(wave: NDArray[np.float64], rate_hz: int) -> float:
    meter = PeakMeter(rate_hz)
    meter.feed(np.stack((wave, wave)).astype(np.float32))
    meter.finish()
    return decibels(meter.highest())


def faded(wave: NDArray[np.float64], rate_hz: int) -> NDArray[np.float64]:
    fade = np.linspace(0.0, 1.0, rate_hz // 100)
    ends = np.ones(len(wave))
    ends[: len(fade)], ends[-len(fade) :] = fade, fade[::-1]
    return wave * ends


@pytest.mark.parametrize(
    ("case", "part", "amplitude", "degrees", "expected"),
    [
        (15, 4, 0.5, 0.0, -6.0),
        (16, 4, 0.5, 45.0, -6.0),
        (17, 6, 0.5, 60.0, -6.0),
        (18, 8, 0.5, 67.5, -6.0),
        (19, 4, 1.41, 45.0, 3.0),
    ],
)
def test_peaks_between_the_samples_of_a_tone_are_read(
    rate_hz: int, case: int, part: int, amplitude: float, degrees: float, expected: float
) -> None:
    wave = amplitude * np.sin(2 * np.pi * np.arange(rate_hz) / part + np.radians(degrees))

    assert -0.4 <= true_peak(faded(wave, rate_hz), rate_hz) - expected <= 0.2


@pytest.mark.parametrize("offset", range(4), ids=lambda offset: f"case-{20 + offset}")
def test_one_high_period_within_a_tone_is_read(rate_hz: int, offset: int) -> None:
    """Made at four times the rate: a quiet fs/6 tone with one period of fs/4 at full scale, then decimated."""
    quiet = 0.5 * np.sin(2 * np.pi * np.arange(24 * 2000) / 24)
    loud = np.sin(2 * np.pi * np.arange(16) / 16)
    fine = np.concatenate((quiet, loud, quiet))
    band = scipy.signal.firwin(513, 1 / 4, window=("kaiser", 10.0))
    wave = scipy.signal.fftconvolve(fine, band, mode="same")[offset::4]

    assert -0.4 <= true_peak(faded(wave, rate_hz), rate_hz) <= 0.2


RANGES = {
    1: ((-20.0, -30.0), 10.0),
    2: ((-20.0, -15.0), 5.0),
    3: ((-40.0, -20.0), 20.0),
    4: ((-50.0, -35.0, -20.0, -35.0, -50.0), 15.0),
}


@pytest.mark.parametrize("case", RANGES)
def test_the_loudness_range_of_steps_is_their_distance(rate_hz: int, case: int) -> None:
    levels, expected = RANGES[case]
    meter = measured(tones(rate_hz, *((20.0, level) for level in levels)), rate_hz)

    assert meter.range_lu() == pytest.approx(expected, abs=1.0)
