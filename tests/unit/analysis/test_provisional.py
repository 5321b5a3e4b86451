"""A profile from excerpts is near the full one, and stands on the same feet."""

import numpy as np
import pytest

from auralisd.analysis.measure import Measuring
from auralisd.analysis.provisional import profile_from_excerpts
from auralisd.dsp.block import Block
from auralisd.model.profile import SoundProfile
from tests.sounds import RATES_HZ, music, noise


def full(sound: Block, rate_hz: int) -> SoundProfile:
    measuring = Measuring(rate_hz, sound.shape[1])
    measuring.feed(sound)
    return measuring.result()


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_one_excerpt_that_is_the_whole_track_reads_like_the_measurement(rate_hz: int) -> None:
    sound = music(2, rate_hz)
    whole = full(sound, rate_hz)

    profile = profile_from_excerpts([sound], rate_hz, 2, len(sound))

    assert not profile.complete
    assert profile.integrated_lufs == pytest.approx(whole.integrated_lufs, abs=0.5)
    assert profile.true_peak_dbtp == whole.true_peak_dbtp
    assert np.array(profile.spectrum_mid) == pytest.approx(np.array(whole.spectrum_mid), abs=1e-3)
    assert profile.bands == whole.bands
    assert profile.width == pytest.approx(whole.width, abs=1e-6)
    assert profile.crest_db == pytest.approx(whole.crest_db, abs=1e-6)


def test_a_second_in_five_is_near_the_whole() -> None:
    sound = music(30)
    whole = full(sound, 44_100)
    excerpts = [sound[start : start + 44_100] for start in range(9_000, len(sound) - 44_100, 216_000)]

    profile = profile_from_excerpts(excerpts, 44_100, 2, len(sound))

    assert profile.frames == len(sound)
    assert profile.integrated_lufs == pytest.approx(whole.integrated_lufs, abs=1.0)
    middle = slice(4, -4)
    assert np.array(profile.spectrum_mid)[middle] == pytest.approx(np.array(whole.spectrum_mid)[middle], abs=2.5)


@pytest.mark.parametrize("excerpts", [[], [np.zeros((44_100, 2), np.float32)], [np.zeros((0, 2), np.float32)]])
def test_silent_excerpts_have_no_loudness(excerpts: list[Block]) -> None:
    profile = profile_from_excerpts(excerpts, 44_100, 2, 1_000_000)

    assert profile.integrated_lufs is None
    assert profile.true_peak_dbtp is None


def test_surround_is_folded_like_everywhere_else() -> None:
    sound = noise(3 * 48_000, channels=6)

    profile = profile_from_excerpts([sound], 48_000, 6, len(sound))

    assert profile.channels == 6
    assert profile.integrated_lufs == pytest.approx(full(sound, 48_000).integrated_lufs, abs=0.1)
