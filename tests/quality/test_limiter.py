"""Rows 2 and 3: what drives the limiter alone 6 dB over its ceiling, or further."""

import numpy as np
import pytest

from auralisd.dsp.chain import Chain
from auralisd.dsp.limiter import Limiter
from tests.quality import bars
from tests.quality.rulers.truepeak import true_peak_dbtp
from tests.quality.rulers.waveform import smpte_imd_db, thd_n_db
from tests.sounds import music, sine, through

CEILING_DBTP = -1.0
DRIVE_DB = 6.0
SECONDS = 5


def limited_middle(hz: float, rate_hz: int) -> float:
    """THD+N of a driven tone, after the limiter has settled."""
    sound = sine(hz, SECONDS * rate_hz, rate_hz, level_db=CEILING_DBTP + DRIVE_DB)
    heard = through(Chain((Limiter(rate_hz, CEILING_DBTP),), rate_hz), [sound])
    return thd_n_db(heard[2 * rate_hz : 4 * rate_hz, 0], hz, rate_hz)


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("hz", bars.THD_N_DB)
def test_a_driven_tone_keeps_its_purity(hz: float, rate_hz: int) -> None:
    assert limited_middle(hz, rate_hz) <= bars.THD_N_DB[hz]


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
def test_two_driven_tones_hardly_mix(rate_hz: int) -> None:
    low, high = (sine(hz, SECONDS * rate_hz, rate_hz) for hz in (60.0, 7_000.0))
    sound = (low * 0.8 + high * 0.2) * 10 ** ((CEILING_DBTP + DRIVE_DB) / 20)
    heard = through(Chain((Limiter(rate_hz, CEILING_DBTP),), rate_hz), [sound.astype("float32")])

    assert smpte_imd_db(heard[2 * rate_hz : 4 * rate_hz, 0], rate_hz) <= bars.SMPTE_IMD_DB


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
def test_music_driven_far_over_the_ceiling_stays_below_it_between_the_samples_too(rate_hz: int) -> None:
    sound = music(6.0, rate_hz, peak_db=CEILING_DBTP) * np.float32(10 ** (2 * DRIVE_DB / 20))
    chain = Chain((Limiter(rate_hz, CEILING_DBTP),), rate_hz)
    heard = through(chain, [sound])
    reduction_db = max(-reading.gain_db for reading in chain.take_telemetry())
    over_db = true_peak_dbtp(heard) - CEILING_DBTP
    print(f"{reduction_db:.1f} dB of reduction at {rate_hz} Hz: {over_db:+.3f} dB over the ceiling")

    assert reduction_db > DRIVE_DB
    assert over_db <= bars.TRUE_PEAK_OVER_DRIVEN_DB
    assert np.abs(heard).max() <= 1.0
