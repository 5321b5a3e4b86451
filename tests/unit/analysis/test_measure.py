"""The full measurement: the same figures however it is fed, and the right ones."""

import numpy as np
import pytest

from auralisd.analysis.measure import Measuring
from auralisd.analysis.spectrum import NOMINAL_HZ
from auralisd.dsp.block import Block
from auralisd.model.profile import SoundProfile
from tests.sounds import RATES_HZ, cut, music, noise, sine, true_peak_db


def measured(sound: Block, rate_hz: int = 44_100, *, size: int = 16_384) -> SoundProfile:
    measuring = Measuring(rate_hz, sound.shape[1])
    for block in cut(sound, [size] * (len(sound) // size)):
        measuring.feed(block)
    return measuring.result()


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_full_scale_tone_on_both_sides_reads_0_lufs(rate_hz: int) -> None:
    profile = measured(sine(997.0, 3 * rate_hz, rate_hz), rate_hz)

    assert profile.integrated_lufs == pytest.approx(0.0, abs=0.06)
    assert profile.true_peak_dbtp == pytest.approx(0.0, abs=0.15)


@pytest.mark.parametrize("size", [100, 4097, 1_000_000])
def test_the_size_of_the_blocks_makes_no_difference(size: int) -> None:
    sound = music(5)
    one, other = measured(sound), measured(sound, size=size)

    assert other.integrated_lufs == pytest.approx(one.integrated_lufs, abs=1e-9)
    assert other.true_peak_dbtp == one.true_peak_dbtp
    assert np.array(other.spectrum_mid) == pytest.approx(np.array(one.spectrum_mid), abs=1e-3)
    assert [each.share for each in other.peak_stretches] == pytest.approx([each.share for each in one.peak_stretches])
    assert other.loudness_stretches == one.loudness_stretches
    assert other.loudness_histogram == one.loudness_histogram
    assert other.crest_db == pytest.approx(one.crest_db, abs=1e-3)
    assert other.correlation == pytest.approx(one.correlation, abs=1e-4)
    assert (other.silent_head_frames, other.silent_tail_frames) == (one.silent_head_frames, one.silent_tail_frames)


@pytest.mark.parametrize("frame", [0, 3, 22_050, 44_099])
def test_a_peak_is_found_wherever_it_lies(frame: int) -> None:
    sound = noise(44_100, level_db=-40.0)
    sound[frame, 1] = -1.7

    assert measured(sound).true_peak_dbtp == pytest.approx(true_peak_db(sound), abs=0.15)


def test_a_tone_shows_in_its_own_band_with_its_own_level() -> None:
    profile = measured(sine(1000.0, 5 * 44_100, 44_100, level_db=-20.0))

    levels = dict(profile.spectrum_mid)
    assert levels[1000.0] == pytest.approx(-23.01, abs=0.1)
    assert max(level for hz, level in levels.items() if hz != 1000.0) < -60.0
    assert max(level for _, level in profile.spectrum_side) < -140.0


def test_white_noise_rises_3_db_an_octave_and_sums_to_its_level() -> None:
    mid = dict(measured(noise(20 * 44_100, level_db=-20.0)).spectrum_mid)

    assert mid[8000.0] - mid[1000.0] == pytest.approx(9.03, abs=0.3)
    assert 10 * np.log10(sum(10 ** (level / 10) for level in mid.values())) == pytest.approx(-23.01, abs=0.2)


@pytest.mark.parametrize(("rate_hz", "highest_hz"), [(8_000, 3150.0), (22_050, 10_000.0), (44_100, 20_000.0)])
def test_the_spectrum_ends_where_the_rate_ends(rate_hz: int, highest_hz: float) -> None:
    profile = measured(noise(2 * rate_hz), rate_hz)

    assert profile.spectrum_mid[-1][0] == highest_hz
    assert tuple(hz for hz, _ in profile.spectrum_mid) == NOMINAL_HZ[: len(profile.spectrum_mid)]


def test_the_shares_of_energy_by_peak_sum_to_one_and_end_at_the_peak() -> None:
    profile = measured(music(10, peak_db=-2.3))

    assert sum(stretch.share for stretch in profile.peak_stretches) == pytest.approx(1.0)
    assert profile.peak_stretches[-1].peak_dbtp == np.ceil(profile.true_peak_dbtp or 0.0)


def test_a_stretch_below_the_gate_has_no_share() -> None:
    quiet = noise(10 * 44_100, level_db=-60.0)
    quiet[:1000] = 0.9

    profile = measured(np.concatenate((noise(10 * 44_100, level_db=-20.0), quiet)))

    assert sum(stretch.share for stretch in profile.peak_stretches if stretch.peak_dbtp < -20.0) == 0.0
    assert profile.loudness_stretches[0].lufs < -50.0


def test_the_histogram_holds_every_gating_block_above_the_absolute_gate() -> None:
    profile = measured(np.concatenate((noise(4 * 44_100, level_db=-20.0), noise(4 * 44_100, level_db=-90.0))))

    loud = sum(count for lufs, count in profile.loudness_histogram if lufs > -30.0)
    assert 36 <= loud <= 41
    assert min(lufs for lufs, _ in profile.loudness_histogram) > -70.0


def test_a_passage_is_told_with_the_zones_of_its_own_sound() -> None:
    low, high = sine(100.0, 5 * 44_100, 44_100, level_db=-10.0), sine(4000.0, 5 * 44_100, 44_100, level_db=-30.0)

    stretches = measured(np.concatenate((low, high))).loudness_stretches

    loud, quiet = stretches[-1], stretches[0]
    assert loud.zones_cb[1] == pytest.approx(-130, abs=2)
    assert max(loud.zones_cb[3:]) < -600
    assert quiet.zones_cb[7] == pytest.approx(-330, abs=2)


def test_the_loud_level_of_a_band_is_that_of_its_loudest_tenth() -> None:
    sound = np.concatenate([sine(100.0, 44_100, 44_100, level_db=-40.0)] * 8 + [sine(100.0, 88_200, 44_100)])

    bass, middle, treble = measured(sound).bands

    assert bass.loud_db == pytest.approx(-3.0, abs=0.3)
    assert bass.mean_db == pytest.approx(-10.0, abs=0.3)
    assert max(middle.loud_db, treble.loud_db) < -60.0


@pytest.mark.parametrize(
    ("gains", "width", "correlation"),
    [((1.0, 1.0), 0.0, 1.0), ((1.0, -1.0), 10.0, -1.0), ((1.0, 0.0), 1.0, 1.0), ((1.0, 0.5), 1 / 3, 1.0)],
)
def test_width_and_correlation_of_one_sound_on_both_sides(
    gains: tuple[float, float], width: float, correlation: float
) -> None:
    profile = measured(noise(44_100, channels=1) * np.array(gains, np.float32))

    assert profile.width == pytest.approx(width, abs=1e-3)
    assert profile.correlation == pytest.approx(correlation, abs=1e-4)


def test_two_sounds_that_know_nothing_of_each_other_are_uncorrelated() -> None:
    profile = measured(noise(10 * 44_100))

    assert profile.correlation == pytest.approx(0.0, abs=0.01)
    assert profile.width == pytest.approx(1.0, abs=0.02)


def test_crest_is_the_peak_over_the_rms_and_plr_the_true_peak_over_the_loudness() -> None:
    profile = measured(sine(997.0, 3 * 44_100, 44_100, level_db=-10.0))

    assert profile.crest_db == pytest.approx(3.01, abs=0.02)
    assert profile.plr_db == pytest.approx(0.0, abs=0.2)


def test_silence_at_both_ends_is_counted_to_the_frame() -> None:
    sound = np.zeros((100_000, 2), np.float32)
    sound[12_345, 1] = sound[80_000, 0] = 0.01
    sound[90_000] = 1.0e-5

    profile = measured(sound)

    assert profile.silent_head_frames == 12_345
    assert profile.silent_tail_frames == 19_999


def test_the_loudest_moments_are_those_of_the_loudest_windows() -> None:
    sound = np.concatenate((sine(997.0, 5 * 44_100, 44_100, level_db=-30.0), sine(997.0, 17_640, 44_100)))

    profile = measured(sound)

    assert profile.max_momentary_lufs == pytest.approx(0.0, abs=0.1)
    assert profile.max_short_term_lufs == pytest.approx(10 * np.log10(0.4 / 3), abs=0.2)
    assert measured(sound[:10_000]).max_momentary_lufs is None


@pytest.mark.parametrize("frames", [0, 1, 500, 17_000])
def test_silence_and_less_than_a_block_have_no_loudness(frames: int) -> None:
    assert measured(np.zeros((frames, 2), np.float32)).integrated_lufs is None
    assert measured(np.zeros((frames, 2), np.float32)).true_peak_dbtp is None
    assert measured(noise(frames)).integrated_lufs is None


def test_mono_reads_as_both_sides_of_stereo() -> None:
    sound = noise(3 * 44_100, channels=1)
    both = measured(np.repeat(sound, 2, axis=1))

    assert measured(sound).integrated_lufs == both.integrated_lufs
    assert measured(sound).channels == 1


def test_what_is_no_number_counts_as_silence() -> None:
    sound = noise(2 * 44_100)
    mended = sound.copy()
    sound[500:900], mended[500:900] = np.nan, 0.0

    assert measured(sound) == measured(mended)


def test_other_channel_counts_than_announced_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(frames, 2\)"):
        Measuring(44_100, 2).feed(noise(10, channels=3))
