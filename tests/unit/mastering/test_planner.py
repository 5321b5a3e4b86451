"""The plan: what will be done to a track, and why not more."""

import itertools

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from auralisd.analysis.kweighting import power_gains
from auralisd.analysis.spectrum import NOMINAL_HZ, band_powers
from auralisd.mastering.forecast import CEILING_DBTP, LEAST_PLR_DB, band_tone_db
from auralisd.mastering.planner import MOST_GAIN_DB, MOST_REDUCTION_DB, plan
from auralisd.mastering.tone import aim_levels, side_width
from auralisd.model.plan import MasteringPlan
from auralisd.model.preset import PRESETS
from auralisd.model.profile import ZONE_EDGES_HZ, BandLevels, Curve, LoudnessStretch, PeakStretch, SoundProfile
from auralisd.model.taste import BYPASSED, LEVELLED, OFF, TaggedGain, Treatment

TYPICAL: Curve = tuple((hz, -30.0 - 2.0 * float(np.log2(hz / 100))) for hz in NOMINAL_HZ)
"""A mid spectrum that is at its aim between 100 Hz and 4 kHz."""


Stretches = tuple[tuple[float, float], ...]


def zones_of(mid: Curve, level_db: float = 0.0) -> tuple[int, ...]:
    """What the zones of a passage hold whose mid has this spectrum (its side is 12 dB below)."""
    hz, levels = np.array(mid).T
    powers = np.bincount(
        np.searchsorted(ZONE_EDGES_HZ, hz, side="right"), weights=10 ** (levels / 10) * (1 + 10**-1.2), minlength=10
    )
    return tuple(int(level) for level in np.rint(100 * np.log10(np.maximum(powers, 1e-20)) + 10 * level_db))


def a_profile(
    *,
    lufs: float | None = -18.0,
    peak_dbtp: float | None = -6.0,
    by_peak: Stretches | None = None,
    mid: Curve = TYPICAL,
    complete: bool = True,
) -> SoundProfile:
    """A track with few peaks near its highest, as loud throughout."""
    top = -200.0 if peak_dbtp is None else float(np.ceil(peak_dbtp))
    stretches = by_peak or ((top - 8.0, 0.9), (top - 3.0, 0.09), (top, 0.01))
    zones_cb = zones_of(mid)
    levels_db = band_powers(10.0 ** (np.array(zones_cb) / 100.0))
    return SoundProfile(
        rate_hz=44_100,
        channels=2,
        frames=10_000_000,
        integrated_lufs=lufs,
        true_peak_dbtp=peak_dbtp,
        spectrum_mid=mid,
        spectrum_side=tuple((hz, level - 12.0) for hz, level in mid),
        peak_stretches=tuple(PeakStretch(peak, share, zones_cb) for peak, share in stretches),
        loudness_stretches=() if lufs is None else (LoudnessStretch(lufs, 1000.0, zones_cb),),
        bands=tuple(BandLevels(level, level + 3.0) for level in map(float, 10.0 * np.log10(levels_db))),
        correlation=0.7,
        complete=complete,
    )


def louder_at(border_hz: float, by_db: float) -> Curve:
    return tuple((hz, level + (by_db if hz >= border_hz else 0.0)) for hz, level in TYPICAL)


def test_enhancement_that_is_off_leaves_the_samples_alone() -> None:
    made = plan(a_profile(), Treatment(mode=OFF))

    assert made.transparent
    assert made.gain_db == 0.0
    assert made.eq_mid == made.eq_side == ()


def test_a_plan_reaches_its_target_when_nothing_stands_in_the_way() -> None:
    made = plan(a_profile(), Treatment())

    assert made.state == "adaptive"
    assert made.target_lufs == -14.0
    assert made.expected_lufs == pytest.approx(-14.0, abs=0.01)
    assert made.limits == ()


def test_a_profile_from_excerpts_makes_a_provisional_plan() -> None:
    assert plan(a_profile(complete=False), Treatment()).state == "provisional"


def test_half_the_intensity_shapes_half_as_much_at_the_same_loudness() -> None:
    made, whole = (
        plan(a_profile(mid=louder_at(1000.0, 12.0)), Treatment(intensity=0.5)),
        plan(a_profile(mid=louder_at(1000.0, 12.0)), Treatment()),
    )

    assert made.target_lufs == pytest.approx(-14.0)
    assert made.expected_lufs == pytest.approx(-14.0, abs=0.01)
    assert made.bands[0].ratio < whole.bands[0].ratio
    assert [level for _, level in made.eq_mid] == pytest.approx([level / 2 for _, level in whole.eq_mid], abs=0.011)


def test_little_intensity_leaves_the_loudness_near_the_files_own() -> None:
    made = plan(a_profile(), Treatment(intensity=0.25))

    assert made.target_lufs == pytest.approx(-16.0)
    assert made.expected_lufs == pytest.approx(-16.0, abs=0.01)


def test_a_loud_track_is_turned_down() -> None:
    made = plan(a_profile(lufs=-8.0, peak_dbtp=1.5), Treatment())

    assert made.gain_db < -5.0
    assert made.expected_lufs == pytest.approx(-14.0, abs=0.01)
    assert made.expected_gain_reduction_db == 0.0


@pytest.mark.parametrize("lufs", [-14.9, -14.5, -13.2])
def test_a_track_near_its_target_is_left_nearly_alone(lufs: float) -> None:
    made = plan(a_profile(lufs=lufs, peak_dbtp=-2.0, mid=louder_at(1000.0, 15.0)), Treatment())

    assert max(abs(level) for _, level in made.eq_mid) <= 1.0
    assert made.bands == ()
    assert made.expected_lufs == pytest.approx(-14.0, abs=0.01)


def test_a_track_that_is_where_it_shall_be_passes_as_it_is() -> None:
    made = plan(a_profile(lufs=-14.2, peak_dbtp=-1.05, mid=louder_at(1000.0, 15.0)), Treatment())

    assert (made.gain_db, made.eq_mid, made.bands, made.limited) == (0.0, (), (), False)
    assert made.state == "adaptive"


def test_a_preset_with_a_tone_of_its_own_is_heard_at_any_loudness() -> None:
    made = plan(a_profile(lufs=-14.2, peak_dbtp=-1.05), Treatment(preset=PRESETS["warm"]))

    assert max(abs(level) for _, level in made.eq_mid) > 2.0


def test_a_very_quiet_track_stays_quiet_and_the_plan_says_why() -> None:
    made = plan(a_profile(lufs=-40.0, peak_dbtp=-25.0), Treatment())

    assert made.gain_db == pytest.approx(MOST_GAIN_DB)
    assert made.limits == ("max-gain",)
    assert made.expected_lufs is not None
    assert made.expected_lufs < -27.0


def test_a_track_of_many_peaks_is_not_squeezed_and_the_plan_says_why() -> None:
    made = plan(a_profile(lufs=-24.0, peak_dbtp=-1.0), Treatment())

    assert made.limits == ("gain-reduction",)
    assert made.expected_gain_reduction_db <= MOST_REDUCTION_DB + 1.0
    assert made.expected_lufs is not None
    assert made.expected_lufs < -15.0


def test_one_stray_click_does_not_decide_over_a_track() -> None:
    by_peak = ((-14.0, 0.9), (-11.0, 0.0995), (3.0, 0.0005))

    made = plan(a_profile(lufs=-22.0, peak_dbtp=2.9, by_peak=by_peak), Treatment())

    assert made.limits == ()
    assert made.expected_gain_reduction_db > MOST_REDUCTION_DB


def test_what_the_limiter_takes_is_made_up_for() -> None:
    dense: Stretches = ((-6.0, 0.5), (-2.0, 0.5))

    made = plan(a_profile(lufs=-16.5, peak_dbtp=-2.0, by_peak=dense, mid=TYPICAL), Treatment())

    assert made.gain_db > 2.5
    assert made.expected_lufs == pytest.approx(-14.0, abs=0.01)


def test_silence_has_no_gain_but_keeps_its_ceiling() -> None:
    made = plan(a_profile(lufs=None, peak_dbtp=None), Treatment())

    assert not made.transparent
    assert made.gain_db == 0.0
    assert made.limits == ("silence",)
    assert made.ceiling_dbtp == CEILING_DBTP


def test_a_dull_track_is_lifted_and_a_sharp_one_softened_within_bounds() -> None:
    dull, sharp = (dict(plan(a_profile(mid=louder_at(3000.0, by)), Treatment()).eq_mid) for by in (-12.0, 12.0))

    assert 2.0 <= dull[6300.0] <= 4.0
    assert -4.0 <= sharp[6300.0] <= -2.0


def test_what_a_codec_has_cut_off_is_not_lifted() -> None:
    cut = tuple((hz, level if hz < 14_000 else -120.0) for hz, level in TYPICAL)

    assert dict(plan(a_profile(mid=cut), Treatment()).eq_mid).get(20_000.0, 0.0) <= 0.0


def test_mid_and_side_share_one_tone_and_width_comes_beside_it() -> None:
    profile = a_profile(mid=louder_at(1000.0, 10.0))
    adaptive, live = plan(profile, Treatment()), plan(profile, Treatment(preset=PRESETS["live"]))

    assert adaptive.eq_mid == adaptive.eq_side
    assert adaptive.width == 1.0
    assert 20 * np.log10(live.width) == pytest.approx(1.5)


def test_a_wide_bass_is_lifted_in_the_middle_alone() -> None:
    wide = msgspec.structs.replace(a_profile(), spectrum_side=tuple((hz, level - 3.0) for hz, level in TYPICAL))
    narrow = msgspec.structs.replace(wide, spectrum_side=tuple((hz, level - 15.0) for hz, level in TYPICAL))

    lifted, alike = (plan(each, Treatment(preset=PRESETS["punchy"])) for each in (wide, narrow))

    assert dict(lifted.eq_mid)[80.0] > 1.0
    assert dict(lifted.eq_side)[80.0] == 0.0
    assert dict(lifted.eq_side)[1000.0] == dict(lifted.eq_mid)[1000.0]
    assert alike.eq_side == alike.eq_mid


def test_a_sound_that_is_wide_already_is_not_widened_until_it_falls_apart() -> None:
    wide = msgspec.structs.replace(a_profile(), correlation=0.15)

    assert plan(wide, Treatment(preset=PRESETS["live"])).width == 1.0


def test_a_widened_side_has_no_bass() -> None:
    hz = np.array(NOMINAL_HZ)

    side = dict(zip(NOMINAL_HZ, side_width(hz, 10 ** (1.5 / 20)), strict=True))

    assert max(side[low] for low in NOMINAL_HZ if low <= 125.0) <= -12.0
    assert side[1000.0] == pytest.approx(1.5)


def test_dynamics_hold_what_is_louder_than_the_tracks_own_loud_level() -> None:
    profile = a_profile()
    made = plan(profile, Treatment(preset=PRESETS["punchy"]))
    toned = band_tone_db(profile, made.eq_mid, made.eq_side)

    assert [band.threshold_db for band in made.bands] == pytest.approx(
        [levels.loud_db + change for levels, change in zip(profile.bands, toned, strict=True)], abs=0.01
    )
    assert {band.ratio for band in made.bands} == {PRESETS["punchy"].ratio}


def test_a_target_of_the_listeners_own_takes_the_place_of_the_presets() -> None:
    made = plan(a_profile(), Treatment(target_lufs=-20.0))

    assert made.target_lufs == -20.0
    assert made.expected_lufs == pytest.approx(-20.0, abs=0.01)


def test_music_of_wide_peaks_keeps_12_db_between_peak_and_loudness() -> None:
    made = plan(a_profile(lufs=-19.0, peak_dbtp=-1.0), Treatment(target_lufs=-8.0))

    assert made.limits != ()
    assert made.expected_lufs is not None
    assert made.ceiling_dbtp - made.expected_lufs >= LEAST_PLR_DB


def test_shelves_of_the_listeners_own_come_whole_on_top() -> None:
    own = msgspec.structs.replace(PRESETS["adaptive"], name="mine", bass_db=5.0, treble_db=-4.0)
    hz = np.array(NOMINAL_HZ)
    at_its_aim = tuple(zip(NOMINAL_HZ, map(float, aim_levels(hz, own) - 30.0), strict=True))

    shelved = dict(plan(a_profile(mid=at_its_aim), Treatment(preset=own)).eq_mid)

    assert shelved[50.0] == pytest.approx(5.0, abs=0.02)
    assert shelved[1000.0] == pytest.approx(0.0, abs=0.02)
    assert shelved[10_000.0] == pytest.approx(-4.0, abs=0.02)


# --- album, bypass, ReplayGain -------------------------------------------------------------------------


def test_an_albums_tracks_get_one_gain_and_one_tone() -> None:
    album = a_profile(lufs=-17.0, peak_dbtp=-3.0, mid=louder_at(1000.0, 9.0))
    quiet, loud = (plan(a_profile(lufs=lufs, peak_dbtp=-9.0), Treatment(), album) for lufs in (-23.0, -15.0))

    assert quiet.album
    assert quiet.gain_db == loud.gain_db
    assert quiet.eq_mid == loud.eq_mid
    assert loud.expected_lufs - quiet.expected_lufs == pytest.approx(8.0, abs=0.2)  # type: ignore[operator]


def test_bypass_brings_the_original_to_the_enhanced_loudness() -> None:
    profile = a_profile(mid=louder_at(1000.0, 12.0))
    enhanced, bypassed = plan(profile, Treatment()), plan(profile, Treatment(mode=BYPASSED))

    assert bypassed.state == "bypassed"
    assert bypassed.expected_lufs == pytest.approx(enhanced.expected_lufs, abs=0.01)
    assert (bypassed.eq_mid, bypassed.eq_side, len(bypassed.bands)) == ((), (), 0)
    assert bypassed.limited
    assert not bypassed.transparent


@pytest.mark.parametrize(
    ("lufs", "peak_dbtp", "preamp_db", "gain_db", "limits"),
    [
        (-10.0, 0.5, 0.0, -8.0, ()),
        (-23.0, -10.0, 0.0, 5.0, ()),
        (-23.0, -4.0, 0.0, 3.0, ("peak",)),
        (-23.0, -10.0, 3.0, 8.0, ()),
        (-18.0, 2.0, 0.0, -3.0, ("peak",)),
    ],
)
def test_replay_gain_is_one_gain_to_minus_18_lufs_below_the_ceiling(
    lufs: float, peak_dbtp: float, preamp_db: float, gain_db: float, limits: tuple[str, ...]
) -> None:
    made = plan(a_profile(lufs=lufs, peak_dbtp=peak_dbtp), Treatment(mode=LEVELLED, preamp_db=preamp_db))

    assert made.gain_db == pytest.approx(gain_db)
    assert made.limits == limits
    assert made.eq_mid == ()
    assert not made.limited


def test_replay_gain_goes_by_the_album_where_it_is_asked_to() -> None:
    made = plan(a_profile(lufs=-10.0), Treatment(mode=LEVELLED), a_profile(lufs=-13.0, peak_dbtp=-1.0))

    assert made.album
    assert made.gain_db == pytest.approx(-5.0)


@pytest.mark.parametrize(
    ("tagged", "gain_db"),
    [
        (TaggedGain(-6.5, 1.0), -6.5),
        (TaggedGain(4.0, 0.5), 4.0),
        (TaggedGain(9.0, 0.5), 5.02),
        (TaggedGain(4.0), 0.0),
        (TaggedGain(-4.0), -4.0),
        (None, 0.0),
    ],
)
def test_replay_gain_falls_back_to_what_the_file_says(tagged: TaggedGain | None, gain_db: float) -> None:
    made = plan(None, Treatment(mode=LEVELLED, tagged=tagged))

    assert made.gain_db == pytest.approx(gain_db, abs=0.01)


def test_what_is_measured_counts_more_than_what_the_file_says() -> None:
    made = plan(a_profile(lufs=-12.0), Treatment(mode=LEVELLED, tagged=TaggedGain(20.0, 0.1)))

    assert made.gain_db == pytest.approx(-6.0)


def test_a_track_cannot_be_enhanced_without_a_measurement() -> None:
    with pytest.raises(ValueError, match="measure it first"):
        plan(None, Treatment())


def test_every_preset_is_complete_and_named_as_it_is_asked_for() -> None:
    assert list(PRESETS) == ["adaptive", "gentle", "warm", "bright", "punchy", "live"]
    assert all(preset.name == name and preset.label and preset.description for name, preset in PRESETS.items())


def heard(profile: SoundProfile, made: MasteringPlan) -> NDArray[np.float64]:
    """1/3-octave levels of mid and side together behind the tone, at one loudness."""
    hz = np.array(NOMINAL_HZ)
    power = np.zeros(len(hz))
    for spectrum, curve in ((profile.spectrum_mid, made.eq_mid), (profile.spectrum_side, made.eq_side)):
        gains = np.array(curve)[:, 1] if curve else np.zeros(len(hz))
        power += 10 ** ((np.array(spectrum)[:, 1] + gains) / 10)
    levels: NDArray[np.float64] = 10 * np.log10(power / (power @ power_gains(hz, 44_100)))
    return levels


@pytest.mark.parametrize("mid", [TYPICAL, louder_at(2000.0, -9.0), louder_at(300.0, 8.0)])
def test_any_two_presets_sound_different_at_equal_loudness(mid: Curve) -> None:
    profile = a_profile(mid=mid)
    sounds = {name: heard(profile, plan(profile, Treatment(preset=PRESETS[name]))) for name in PRESETS}

    for one, other in itertools.combinations(PRESETS, 2):
        assert np.sqrt(((sounds[one] - sounds[other]) ** 2).mean()) >= 1.0, (one, other)


def test_equal_questions_get_equal_answers() -> None:
    one, other = (plan(a_profile(mid=louder_at(900.0, 5.0)), Treatment(preset=PRESETS["warm"])) for _ in range(2))

    assert msgspec.msgpack.encode(one) == msgspec.msgpack.encode(other)


def test_what_came_out_louder_in_a_rehearsal_gets_less_gain_and_lands_where_it_says() -> None:
    plain = plan(a_profile(), Treatment())
    trimmed = plan(a_profile(), Treatment(trim_lu=0.4))

    assert plain.expected_lufs == pytest.approx(-14.0, abs=0.01)
    assert trimmed.expected_lufs == pytest.approx(-14.0, abs=0.01)
    assert plain.gain_db - trimmed.gain_db == pytest.approx(0.4, abs=0.1)
    assert (trimmed.eq_mid, trimmed.bands) == (plain.eq_mid, plain.bands)


def test_where_a_cap_binds_a_rehearsal_mends_what_is_expected() -> None:
    plain = plan(a_profile(lufs=-40.0, peak_dbtp=-25.0), Treatment())
    trimmed = plan(a_profile(lufs=-40.0, peak_dbtp=-25.0), Treatment(trim_lu=0.4))

    assert plain.limits == trimmed.limits == ("max-gain",)
    assert plain.expected_lufs is not None
    assert trimmed.expected_lufs == pytest.approx(plain.expected_lufs + 0.4, abs=0.001)


def test_the_original_follows_the_enhanced_sound_to_the_loudness_that_a_rehearsal_told() -> None:
    quiet = a_profile(lufs=-40.0)
    enhanced = plan(quiet, Treatment(trim_lu=0.4))
    bypassed = plan(quiet, Treatment(BYPASSED, trim_lu=0.4))

    assert bypassed.expected_lufs == pytest.approx(enhanced.expected_lufs, abs=0.01)


@pytest.mark.parametrize("mode", [OFF, LEVELLED])
def test_what_is_not_enhanced_knows_no_rehearsal(mode: str) -> None:
    assert plan(a_profile(), Treatment(mode, trim_lu=0.4)) == plan(a_profile(), Treatment(mode))
