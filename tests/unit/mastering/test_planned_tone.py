"""The plan: what tone, width and dynamics a track gets."""

import itertools

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from auralisd.analysis.kweighting import power_gains
from auralisd.analysis.spectrum import NOMINAL_HZ
from auralisd.mastering.forecast import band_tone_db
from auralisd.mastering.planner import plan
from auralisd.mastering.tone import aim_levels, side_width
from auralisd.model.plan import MasteringPlan
from auralisd.model.preset import PRESETS
from auralisd.model.profile import Curve, SoundProfile
from auralisd.model.taste import Treatment
from tests.unit.mastering.typical import TYPICAL, a_profile, louder_at


def test_a_preset_with_a_tone_of_its_own_is_heard_at_any_loudness() -> None:
    made = plan(a_profile(lufs=-14.2, peak_dbtp=-1.05), Treatment(preset=PRESETS["warm"]))

    assert max(abs(level) for _, level in made.eq_mid) > 2.0


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


def test_shelves_of_the_listeners_own_come_whole_on_top() -> None:
    own = msgspec.structs.replace(PRESETS["adaptive"], name="mine", bass_db=5.0, treble_db=-4.0)
    hz = np.array(NOMINAL_HZ)
    at_its_aim = tuple(zip(NOMINAL_HZ, map(float, aim_levels(hz, own) - 30.0), strict=True))

    shelved = dict(plan(a_profile(mid=at_its_aim), Treatment(preset=own)).eq_mid)

    assert shelved[50.0] == pytest.approx(5.0, abs=0.02)
    assert shelved[1000.0] == pytest.approx(0.0, abs=0.02)
    assert shelved[10_000.0] == pytest.approx(-4.0, abs=0.02)


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
