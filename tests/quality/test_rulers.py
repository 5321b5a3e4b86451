"""Each ruler against sounds whose answer is known, among them the faults that it is there to find."""

import numpy as np
import pytest
import scipy.signal

from auralisd.dsp.block import Block
from tests.quality.rulers import loudness as level
from tests.quality.rulers import spectrum, stereo, waveform
from tests.quality.rulers.truepeak import true_peak_dbtp
from tests.sounds import music, noise, sine, true_peak_db

RATE_HZ = 44_100


def scaled(sound: Block, decibel: float) -> Block:
    return sound * np.float32(10 ** (decibel / 20))


def stepping(low_db: float, high_db: float, *, seconds: int = 20, each: int = 4) -> Block:
    """Noise whose level changes every few seconds."""
    sound = noise(seconds * RATE_HZ)
    for start in range(0, seconds, each):
        step = high_db if start // each % 2 else low_db
        sound[start * RATE_HZ : (start + each) * RATE_HZ] *= np.float32(10 ** (step / 20))
    return sound


def test_one_gain_is_no_riding_and_a_level_that_goes_up_and_down_is() -> None:
    steady = level.loudness(noise(20 * RATE_HZ), RATE_HZ)
    louder = level.loudness(scaled(noise(20 * RATE_HZ), 6.0), RATE_HZ)
    ridden = level.loudness(stepping(-2.0, 2.0), RATE_HZ)

    assert level.gain_riding_db(steady, louder) == pytest.approx(0.0, abs=1e-4)
    assert level.gain_riding_db(steady, ridden) == pytest.approx(2.0, abs=0.15)


def test_a_pause_does_not_count_as_riding() -> None:
    sound = noise(20 * RATE_HZ)
    sound[5 * RATE_HZ : 10 * RATE_HZ] *= np.float32(1e-4)
    gated = sound.copy()
    gated[round(5.5 * RATE_HZ) : round(9.5 * RATE_HZ)] = 0.0

    assert level.gain_riding_db(level.loudness(sound, RATE_HZ), level.loudness(gated, RATE_HZ)) < 0.05


def test_range_that_is_halved_is_told_in_lu() -> None:
    wide, narrow = (level.loudness(stepping(-step, step), RATE_HZ) for step in (5.0, 2.5))

    assert level.range_change_lu(wide, narrow) == pytest.approx(-5.0, abs=0.3)


def test_peak_to_loudness_of_a_tone_is_that_of_the_standard() -> None:
    tone = sine(997.0, 5 * RATE_HZ, RATE_HZ, level_db=-6.0)
    integrated = level.loudness(tone, RATE_HZ).integrated_lufs

    assert integrated == pytest.approx(-6.0, abs=0.02)
    assert level.peak_to_loudness_db(true_peak_dbtp(tone, but_frames=2000), integrated or 0.0) == pytest.approx(
        0.0, abs=0.03
    )


@pytest.mark.parametrize(
    ("hz", "degrees"), [(11_025.0, 45.0), (7_350.0, 60.0), (5_512.5, 67.5), (997.0, 0.0), (19_999.0, 45.0)]
)
def test_a_tone_that_peaks_between_its_samples_reads_its_height(hz: float, degrees: float) -> None:
    tone = sine(hz, RATE_HZ, RATE_HZ, level_db=-1.0, degrees=degrees)

    assert true_peak_dbtp(tone, but_frames=2000) == pytest.approx(-1.0, abs=0.02)


@pytest.mark.parametrize("frames", [31, 32, 33, 4000, 44_101])
def test_both_true_peak_meters_agree(frames: int) -> None:
    """Below 16 kHz, that is: next to its Nyquist frequency no two meters agree."""
    window = np.sin(np.pi * np.arange(frames) / frames)[:, None]
    sound = scipy.signal.sosfilt(scipy.signal.butter(8, 14_000, fs=RATE_HZ, output="sos"), noise(frames) * window, 0)

    assert true_peak_dbtp(sound) == pytest.approx(true_peak_db(sound), abs=0.05)


@pytest.mark.parametrize("frame", [0, 1, 31, 32, 20_000, 29_998, 29_999])
def test_a_peak_is_found_at_either_end_and_in_either_channel(frame: int) -> None:
    sound = np.zeros((30_000, 2), np.float32)
    sound[frame, frame % 2] = -0.5

    assert true_peak_dbtp(sound) == pytest.approx(-6.02, abs=0.01)


def test_white_noise_rises_by_3_db_an_octave_in_bands_of_thirds() -> None:
    levels = spectrum.third_octaves(noise(30 * RATE_HZ, level_db=-20.0), RATE_HZ)
    width_hz = np.array(spectrum.CENTRES_HZ) * (10**0.05 - 10**-0.05)

    # The band of 20 kHz reaches past the Nyquist frequency.
    expected = -20.0 + 10 * np.log10(width_hz / (RATE_HZ / 2))
    assert levels[6:-1] == pytest.approx(expected[6:-1], abs=0.35)


@pytest.mark.parametrize("band", [4, 16, 25])
def test_a_tone_lies_in_its_own_band_at_its_own_level(band: int) -> None:
    levels = spectrum.third_octaves(sine(spectrum.CENTRES_HZ[band], 20 * RATE_HZ, RATE_HZ, level_db=-10.0), RATE_HZ)

    assert levels[band] == pytest.approx(-13.01, abs=0.12)
    assert max(levels[band - 1], levels[band + 1]) < -29.0


def test_the_distance_from_an_aim_is_that_of_the_shape_and_not_of_the_level() -> None:
    aim = -0.6 * np.arange(30.0)
    tilted = aim + np.where(np.arange(30) % 2, 3.0, -3.0)

    assert spectrum.aim_distance_db(aim - 17.0, aim) == pytest.approx(0.0, abs=1e-9)
    assert spectrum.aim_distance_db(tilted, aim) == pytest.approx(3.0, abs=0.05)
    assert spectrum.aim_distance_db(tilted, aim) < spectrum.aim_distance_db(aim + 2 * (tilted - aim), aim)


def test_what_a_codec_cut_off_is_no_distance() -> None:
    aim = -0.6 * np.arange(30.0)
    cut = np.where(np.arange(30) >= 27, -120.0, aim)

    assert spectrum.aim_distance_db(cut, aim) == pytest.approx(0.0, abs=1e-9)


def test_equal_tone_at_another_level_is_no_difference_and_a_shelf_is_one() -> None:
    levels = -0.6 * np.arange(30.0)
    shelved = levels + np.where(np.arange(30) < 15, 2.0, 0.0)

    assert spectrum.difference_db(levels + 5.0, levels, louder_lu=5.0) == pytest.approx(0.0, abs=1e-9)
    assert spectrum.difference_db(shelved, levels, louder_lu=1.0) == pytest.approx(1.0, abs=1e-9)


def test_opposite_channels_vanish_in_mono_and_equal_ones_stay() -> None:
    same = np.repeat(noise(5 * RATE_HZ)[:, :1], 2, axis=1)
    opposite = same * np.array([1.0, -1.0], np.float32)
    whole = level.loudness(same, RATE_HZ).integrated_lufs

    assert stereo.fold_down_lufs(same, RATE_HZ) == pytest.approx(whole, abs=1e-6)
    assert stereo.fold_down_lufs(opposite, RATE_HZ) is None


def test_a_side_in_the_bass_is_seen_and_one_above_is_not() -> None:
    bass, voice = (sine(hz, 5 * RATE_HZ, RATE_HZ, level_db=-12.0) for hz in (60.0, 1000.0))
    left_only = np.array([1.0, 0.0], np.float32)

    assert stereo.side_in_bass_db(bass * left_only, RATE_HZ) == pytest.approx(0.0, abs=0.01)
    assert stereo.side_in_bass_db(bass + voice * left_only, RATE_HZ) < -40.0


def test_a_stretch_that_turns_negative_is_found_where_the_source_was_correlated() -> None:
    same = np.repeat(noise(12 * RATE_HZ)[:, :1], 2, axis=1)
    turned = same.copy()
    turned[5 * RATE_HZ : 9 * RATE_HZ, 1] *= -1.0
    wide = noise(12 * RATE_HZ)
    before, after = stereo.correlation(same, RATE_HZ), stereo.correlation(turned, RATE_HZ)

    assert before.values == pytest.approx(np.ones(10), abs=1e-6)
    assert stereo.lowest_where_correlated(before, before) == pytest.approx(1.0, abs=1e-6)
    assert stereo.lowest_where_correlated(before, after) == pytest.approx(-1.0, abs=1e-6)
    assert stereo.lowest_where_correlated(stereo.correlation(wide, RATE_HZ), after) == 1.0


def test_a_null_is_the_level_of_what_differs() -> None:
    sound = music(2)
    off = sound + sine(997.0, len(sound), RATE_HZ, level_db=-100.0)

    assert waveform.null_db(sound, sound) == -200.0
    assert waveform.null_db(off, sound) == pytest.approx(-103.0, abs=0.5)
    assert waveform.null_peak_db(off, sound) == pytest.approx(-100.0, abs=0.6)


@pytest.mark.parametrize("lag", [-3, 0, 1, 500])
def test_a_delay_is_told_in_frames(lag: int) -> None:
    sound = music(3)

    assert waveform.lag_frames(sound, np.roll(sound, lag, axis=0)) == lag


def test_a_harmonic_at_a_thousandth_reads_minus_60_db() -> None:
    pure = sine(997.0, 2 * RATE_HZ, RATE_HZ)[:, 0]
    dirty = pure + sine(2991.0, 2 * RATE_HZ, RATE_HZ, level_db=-60.0)[:, 0]

    assert waveform.thd_n_db(pure, 997.0, RATE_HZ) < -140.0
    assert waveform.thd_n_db(dirty, 997.0, RATE_HZ) == pytest.approx(-60.0, abs=0.1)


def test_a_tone_modulated_by_another_reads_its_depth() -> None:
    """One percent of amplitude modulation is two sidebands at −46 dB: together −43 dB."""
    low, high = (sine(hz, 2 * 48_000, 48_000)[:, 0] for hz in (60.0, 7000.0))

    assert waveform.smpte_imd_db(low * 0.8 + high * 0.2, 48_000) < -120.0
    assert waveform.smpte_imd_db(low * 0.8 + high * (0.2 + 0.002 * low), 48_000) == pytest.approx(-43.0, abs=0.1)


def test_a_hard_switch_is_a_click_above_10_khz_and_a_slow_fade_is_none() -> None:
    low = scipy.signal.sosfilt(scipy.signal.butter(4, 2000, fs=RATE_HZ, output="sos"), noise(RATE_HZ, level_db=-6), 0)
    old = low.astype(np.float32)
    new = scaled(old, -6.0)
    share = np.clip((np.arange(RATE_HZ) - 20_000) / 2_000, 0.0, 1.0).astype(np.float32)[:, None]
    switched = np.where(np.arange(RATE_HZ)[:, None] < 20_011, old, new)

    assert waveform.high_transient_db(switched, old, new, RATE_HZ) > 6.0
    assert waveform.high_transient_db(old + (new - old) * share, old, new, RATE_HZ) < 0.1
