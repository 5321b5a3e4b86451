"""The equaliser follows its curves, keeps time and lets the image stand."""

import numpy as np
import pytest
from numpy.typing import NDArray

from auralisd.dsp.block import Block
from auralisd.dsp.chain import QUANTUM_FRAMES, Chain
from auralisd.dsp.equaliser import Equaliser, filter_for, gains_at
from auralisd.model.profile import Curve
from tests.sounds import RATES_HZ, noise, through

CURVE: Curve = ((60.0, 3.0), (150.0, 3.0), (500.0, -2.0), (2000.0, 0.0), (6000.0, 4.0))


def response_db(rate_hz: int, curve: Curve, hz: NDArray[np.float64]) -> NDArray[np.float64]:
    taps = filter_for(curve, rate_hz)
    waves = np.exp(-2j * np.pi * hz[:, None] / rate_hz * np.arange(len(taps)))
    levels: NDArray[np.float64] = 20 * np.log10(np.abs(waves @ taps))
    return levels


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_the_filter_follows_its_curve_at_every_rate(rate_hz: int) -> None:
    hz = np.geomspace(60.0, 0.45 * rate_hz, 200)

    assert np.abs(response_db(rate_hz, CURVE, hz) - gains_at(hz, CURVE)).max() < 0.25


def test_a_flat_curve_is_no_filter() -> None:
    taps = filter_for((), 44_100)

    assert taps[0] == pytest.approx(1.0, abs=1e-12)
    assert np.abs(taps[1:]).max() < 1e-12


def test_running_in_blocks_equals_the_plain_convolution() -> None:
    sound = noise(3 * QUANTUM_FRAMES)
    taps = filter_for(CURVE, 44_100)

    heard = through(Chain((Equaliser(CURVE, CURVE, rate_hz=44_100),), 44_100), [sound])

    plain = np.stack([np.convolve(sound[:, side].astype(np.float64), taps)[: len(sound)] for side in (0, 1)], axis=1)
    assert 20 * np.log10(np.abs(heard - plain).max()) < -110


def test_mid_and_side_get_each_its_own_curve() -> None:
    frames = 2 * QUANTUM_FRAMES
    centre = np.repeat(noise(frames, channels=1), 2, axis=1)
    sides = centre * np.array([1.0, -1.0], np.float32)
    lift: Curve = ((1000.0, 6.0),)

    def through_both(sound: Block) -> float:
        heard = through(Chain((Equaliser((), lift, rate_hz=44_100),), 44_100), [sound])
        return float(20 * np.log10(heard.std() / sound.std()))

    assert through_both(centre) == pytest.approx(0.0, abs=0.01)
    assert through_both(sides) == pytest.approx(6.0, abs=0.01)


def test_a_centred_sound_stays_in_the_centre() -> None:
    centre = np.repeat(noise(2 * QUANTUM_FRAMES, channels=1), 2, axis=1)

    heard = through(Chain((Equaliser(CURVE, ((1000.0, 3.0),), rate_hz=44_100),), 44_100), [centre])

    assert np.abs(heard[:, 0] - heard[:, 1]).max() < 1e-6


def test_there_is_nothing_ahead_of_a_stroke() -> None:
    sound = np.zeros((QUANTUM_FRAMES, 2), np.float32)
    sound[8000] = 1.0

    heard = through(Chain((Equaliser(CURVE, CURVE, rate_hz=44_100),), 44_100), [sound])

    assert np.abs(heard[:8000]).max() < 1e-6
    assert np.abs(heard[8000:, 0]).argmax() == 0
