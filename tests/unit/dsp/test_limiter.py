"""The limiter: nothing passes, little is heard."""

import numpy as np
import pytest

from auralisd.dsp.block import Block
from auralisd.dsp.chain import Chain
from auralisd.dsp.limiter import Limiter
from tests.sounds import RATES_HZ, music, noise, sine, through, true_peak_db

CEILING_DBTP = -1.0


def limited(sound: Block, rate_hz: int = 44_100) -> Block:
    return through(Chain((Limiter(rate_hz, CEILING_DBTP),), rate_hz), [sound])


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_true_peaks_stay_below_the_ceiling_at_every_rate(rate_hz: int) -> None:
    sound = music(1.5, rate_hz, peak_db=CEILING_DBTP + 6.0)

    assert true_peak_db(limited(sound, rate_hz)) <= CEILING_DBTP + 0.05


@pytest.mark.parametrize("drive_db", [1.0, 3.0, 6.0, 20.0, 40.0])
def test_no_sample_passes_the_ceiling_however_hard_it_is_driven(drive_db: float) -> None:
    heard = limited(noise(100_000, level_db=drive_db - 12.0))

    assert 20 * np.log10(np.abs(heard).max()) <= CEILING_DBTP - 0.0999


@pytest.mark.parametrize("hz", [11_025.0, 9_000.0, 7_350.0, 14_700.0])
def test_peaks_between_the_samples_are_seen(hz: float) -> None:
    """A sine whose samples all miss its peaks by up to 3 dB."""
    sound = sine(hz, 44_100, 44_100, level_db=4.0, degrees=45.0)

    assert true_peak_db(limited(sound), but_frames=2000) <= CEILING_DBTP - 0.15


def test_a_stroke_is_brought_down_before_it_comes_and_let_go_within_a_second() -> None:
    sound = np.full((150_000, 2), 0.1, np.float32)
    sound[60_000:60_040] = 2.0

    gain = limited(sound)[:, 0] / sound[:, 0]

    assert (gain[: 60_000 - 400] == 1.0).all()
    assert gain[59_990] < 0.5
    assert (gain[60_000 + 44_100 :] == 1.0).all()


def test_both_channels_get_one_gain() -> None:
    sound = noise(60_000, level_db=-20.0)
    sound[30_000:30_100, 0] *= 30.0

    heard = limited(sound)

    assert np.allclose(
        heard[29_000:33_000, 0] * sound[29_000:33_000, 1], heard[29_000:33_000, 1] * sound[29_000:33_000, 0]
    )


@pytest.mark.parametrize(("hz", "bar_db"), [(50.0, -80.0), (100.0, -100.0), (997.0, -100.0)])
def test_a_tone_driven_6_db_over_keeps_its_purity(hz: float, bar_db: float) -> None:
    rate_hz = 44_100
    heard = limited(sine(hz, 4 * rate_hz, rate_hz, level_db=CEILING_DBTP + 6.0))[rate_hz : 3 * rate_hz, 0].astype(
        np.float64
    )
    time = np.arange(len(heard)) / rate_hz
    waves = np.stack((np.sin(2 * np.pi * hz * time), np.cos(2 * np.pi * hz * time)), axis=1)
    parts, *_ = np.linalg.lstsq(waves, heard, rcond=None)
    rest = heard - waves @ parts

    assert 10 * np.log10((rest**2).mean() / (heard**2).mean()) <= bar_db


def test_two_tones_hardly_mix() -> None:
    """SMPTE intermodulation: 60 Hz and 7 kHz, four to one, driven 6 dB over the ceiling."""
    rate_hz = 48_000
    low, high = sine(60, 4 * rate_hz, rate_hz), sine(7000, 4 * rate_hz, rate_hz)
    heard = limited((low * 0.8 + high * 0.2) * np.float32(10 ** (5 / 20)), rate_hz)[rate_hz : 3 * rate_hz, 0]
    spectrum = np.abs(np.fft.rfft(heard.astype(np.float64) * np.hanning(len(heard))))

    def level(hz: float) -> float:
        at = round(hz * len(heard) / rate_hz)
        return float((spectrum[at - 3 : at + 4] ** 2).sum())

    sidebands = sum(level(7000 + side) for side in (-240, -180, -120, -60, 60, 120, 180, 240))
    assert 10 * np.log10(sidebands / level(7000)) <= -80.0
