"""An album as one recording: from the profiles of its tracks."""

import math
import random

import numpy as np
import pytest
from numpy.typing import NDArray

from auralisd.analysis.measure import Measuring
from auralisd.model.album import album_profile
from auralisd.model.profile import BandLevels, Curve, LoudnessStretch, PeakStretch, SoundProfile


def histogram(levels: list[float]) -> Curve:
    """As a measurement keeps it: centres of bins of 0.1 LU."""
    counts: dict[float, float] = {}
    for level in levels:
        if level > -70.0:
            centre = round(math.floor(level * 10) / 10 + 0.05, 2)
            counts[centre] = counts.get(centre, 0.0) + 1
    return tuple(sorted(counts.items()))


def gated_lufs(levels: list[float]) -> float:
    """BS.1770 over blocks, to the letter."""

    def mean(passing: list[float]) -> float:
        return 10 * math.log10(sum(10 ** (level / 10) for level in passing) / len(passing))

    heard = [level for level in levels if level > -70.0]
    gate_lufs = mean(heard) - 10.0
    return mean([level for level in heard if level > gate_lufs])


def a_profile(
    levels: list[float],
    *,
    rate_hz: int = 44_100,
    peak: float | None = -1.0,
    spectrum: Curve = ((100.0, -20.0), (1000.0, -30.0)),
    range_lu: float = 0.0,
    stretches: tuple[PeakStretch, ...] = (),
    passages: tuple[LoudnessStretch, ...] = (),
    frames: int | None = None,
    width: float = 0.0,
    crest_db: float | None = None,
) -> SoundProfile:
    heard = any(level > -70.0 for level in levels)
    return SoundProfile(
        rate_hz,
        2,
        frames if frames is not None else rate_hz * len(levels) // 10,
        gated_lufs(levels) if heard else None,
        peak,
        spectrum,
        (),
        stretches,
        passages,
        (BandLevels(-20.0, -10.0),) * 3,
        histogram(levels),
        range_lu,
        max(levels) if heard else None,
        max(levels) - 1 if heard else None,
        crest_db,
        width,
    )


def noise(mean_lufs: float, spread_lu: float, blocks: int, seed: int) -> list[float]:
    dice = random.Random(seed)
    return [dice.gauss(mean_lufs, spread_lu) for _ in range(blocks)]


def combined(*profiles: SoundProfile) -> SoundProfile:
    album = album_profile(profiles)
    assert album is not None
    return album


@pytest.mark.parametrize("seed", range(8))
def test_the_loudness_of_an_album_is_that_of_its_tracks_in_a_row(seed: int) -> None:
    dice = random.Random(seed)
    tracks = [noise(dice.uniform(-40, -8), dice.uniform(0, 8), dice.randrange(100, 3000), track) for track in range(10)]
    one_recording = [level for track in tracks for level in track]

    assert combined(*map(a_profile, tracks)).integrated_lufs == pytest.approx(gated_lufs(one_recording), abs=0.05)


def test_a_quiet_track_beside_a_loud_one_is_gated_as_in_one_recording() -> None:
    loud, quiet = [-10.0] * 100, [-40.0] * 10_000

    assert combined(a_profile(loud), a_profile(quiet)).integrated_lufs == pytest.approx(-10.0, abs=0.06)


def test_what_is_highest_in_any_track_is_highest_in_the_album() -> None:
    album = combined(a_profile([-20.0] * 50, peak=-3.0), a_profile([-12.0] * 50, peak=0.5))

    assert (album.true_peak_dbtp, album.max_momentary_lufs, album.max_short_term_lufs) == (0.5, -12.0, -13.0)


def test_spectra_are_power_means_over_playing_time() -> None:
    album = combined(
        a_profile([-20.0] * 300, spectrum=((100.0, -20.0),)), a_profile([-20.0] * 100, spectrum=((100.0, -10.0),))
    )

    ((hz, level),) = album.spectrum_mid
    assert (hz, level) == pytest.approx((100.0, 10 * math.log10(0.75 * 0.01 + 0.25 * 0.1)))


def test_tracks_of_different_rates_count_by_time_and_keep_the_bands_they_share() -> None:
    narrow = a_profile([-20.0] * 100, rate_hz=48_000, spectrum=((100.0, -20.0),))
    wide = a_profile([-20.0] * 100, rate_hz=96_000, spectrum=((100.0, -10.0), (20_000.0, -50.0)))
    album = combined(narrow, wide)

    assert (album.rate_hz, album.frames) == (48_000, 2 * narrow.frames)
    ((hz, level),) = album.spectrum_mid
    assert (hz, level) == pytest.approx((100.0, 10 * math.log10(0.055)))


def test_silence_between_tracks_counts_as_time_and_for_nothing_else() -> None:
    silent = a_profile([-100.0] * 100, peak=None, spectrum=())
    album = combined(a_profile([-20.0] * 100), silent)

    assert album.integrated_lufs == pytest.approx(-20.0, abs=0.06)
    assert album.spectrum_mid[0] == pytest.approx((100.0, -23.01), abs=0.01)
    assert album.frames == 2 * silent.frames


def test_an_album_of_silence_has_no_profile() -> None:
    assert album_profile([]) is None
    assert album_profile([a_profile([-100.0] * 100, peak=None), a_profile([], peak=None)]) is None


def test_stretches_of_the_same_peak_are_weighted_by_energy() -> None:
    loud = a_profile([-10.0] * 100, stretches=(PeakStretch(-1.0, 0.5, (-200, -200)), PeakStretch(-2.0, 0.5, (0, 0))))
    soft = a_profile([-20.0] * 500, stretches=(PeakStretch(-1.0, 1.0, (-300, -200)),))
    album = combined(loud, soft)
    # The soft track lies ten below the loud one's blocks, within ten of the mean of both: half as much energy.
    shares = {stretch.peak_dbtp: stretch.share for stretch in album.peak_stretches}

    assert shares == {-1.0: pytest.approx(2 / 3), -2.0: pytest.approx(1 / 3)}
    assert album.peak_stretches[1].zones_cb == (round(100 * math.log10(0.5 * 0.01 + 0.5 * 0.001)), -200)


def test_passages_of_the_same_loudness_are_counted_together() -> None:
    one = a_profile([-20.0] * 100, passages=(LoudnessStretch(-20.5, 300.0, (-200,)), LoudnessStretch(-30.5, 9.0, (0,))))
    other = a_profile([-20.0] * 100, passages=(LoudnessStretch(-20.5, 100.0, (-300,)),))

    assert combined(one, other).loudness_stretches == (
        LoudnessStretch(-30.5, 9.0, (0,)),
        LoudnessStretch(-20.5, 400.0, (round(100 * math.log10(0.75 * 0.01 + 0.25 * 0.001)),)),
    )


def test_a_track_below_the_albums_gate_gives_no_stretches() -> None:
    loud = a_profile([-10.0] * 100, stretches=(PeakStretch(-1.0, 1.0, (-200,)),))
    soft = a_profile([-40.0] * 100, stretches=(PeakStretch(-9.0, 1.0, (-200,)),))

    assert [stretch.peak_dbtp for stretch in combined(loud, soft).peak_stretches] == [-1.0]


def test_one_track_alone_keeps_its_range() -> None:
    assert combined(a_profile(noise(-20, 4, 2000, 1), range_lu=7.0)).range_lu == pytest.approx(7.0, abs=0.4)


def test_the_range_of_an_album_holds_the_steps_between_its_tracks() -> None:
    steady = [a_profile(noise(level, 0.5, 600, seed), range_lu=0.2) for seed, level in enumerate((-30.0, -15.0))]

    assert combined(*steady).range_lu == pytest.approx(15.0, abs=1.0)


def test_crest_and_width_are_those_of_the_whole() -> None:
    loud = a_profile([-20.0] * 100, spectrum=((100.0, -10.0),), crest_db=10.0, width=0.5)
    soft = a_profile([-20.0] * 100, spectrum=((100.0, -30.0),), crest_db=20.0, width=0.0)
    album = combined(loud, soft)

    # Peaks at 0 and −10 dB over a mean power of half of −10 dB and a little.
    assert album.crest_db == pytest.approx(0.0 - 10 * math.log10((0.1 + 0.001) / 2))
    assert album.width == pytest.approx(math.sqrt(0.1 * 0.25 / 0.101))


def test_bands_are_power_means_and_the_album_is_as_complete_as_its_tracks() -> None:
    album = combined(a_profile([-20.0] * 100), a_profile([-20.0] * 100))

    assert album.bands == (BandLevels(pytest.approx(-20.0), pytest.approx(-10.0)),) * 3  # type: ignore[arg-type]
    assert album.complete


def test_an_albums_profile_is_that_of_its_tracks_recorded_in_a_row() -> None:
    """Against the measurement itself: four tracks of different level, tone, width and rhythm, and all in one."""
    rate_hz = 48_000
    dice = np.random.default_rng(7)
    tracks = []
    for level, width, beat_hz, seconds in (
        (0.3, 0.0, 0.5, 40),
        (0.05, 0.8, 2.0, 50),
        (0.5, 0.3, 0.1, 45),
        (0.002, 1.0, 1.0, 30),
    ):
        times_s = np.arange(seconds * rate_hz) / rate_hz
        swell = 0.3 + 0.7 * np.abs(np.sin(np.pi * beat_hz * times_s))
        mid, side = dice.normal(0.0, level, (2, len(times_s)))
        left, right = mid + width * side, mid - width * side
        tracks.append((swell[:, None] * np.stack([left, right], axis=1) / 3.0).astype(np.float32))

    def measured(samples: NDArray[np.float32]) -> SoundProfile:
        measuring = Measuring(rate_hz, 2)
        measuring.feed(samples)
        return measuring.result()

    album, whole = combined(*map(measured, tracks)), measured(np.concatenate(tracks))

    assert album.integrated_lufs == pytest.approx(whole.integrated_lufs, abs=0.05)
    assert album.true_peak_dbtp == pytest.approx(whole.true_peak_dbtp, abs=0.01)
    assert album.max_momentary_lufs == pytest.approx(whole.max_momentary_lufs, abs=0.05)
    assert album.max_short_term_lufs == pytest.approx(whole.max_short_term_lufs, abs=0.05)
    assert album.range_lu == pytest.approx(whole.range_lu, abs=1.0)
    assert album.crest_db == pytest.approx(whole.crest_db, abs=0.1)
    assert album.width == pytest.approx(whole.width, abs=0.01)
    assert album.correlation == pytest.approx(whole.correlation, abs=0.02)
    assert album.frames == whole.frames
    for ours, theirs in ((album.spectrum_mid, whole.spectrum_mid), (album.spectrum_side, whole.spectrum_side)):
        assert [hz for hz, _ in ours] == [hz for hz, _ in theirs]
        # Deeper bands are made of so few lines of a spectrum that it shows where one begins.
        deep = sum(hz < 100.0 for hz, _ in ours)
        assert [level for _, level in ours[deep:]] == pytest.approx([level for _, level in theirs[deep:]], abs=0.6)
    mean_db = [band.mean_db for band in album.bands]
    assert mean_db == pytest.approx([band.mean_db for band in whole.bands], abs=0.2)
    shares = {stretch.peak_dbtp: stretch.share for stretch in whole.peak_stretches}
    for stretch in album.peak_stretches:
        assert stretch.share == pytest.approx(shares.get(stretch.peak_dbtp, 0.0), abs=0.03)
