"""The plan: what will be done to a track, and why not more."""

import itertools

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from auralisd.analysis.kweighting import power_gains
from auralisd.analysis.spectrum import NOMINAL_HZ
from auralisd.mastering.planner import CEILING_DBTP, MOST_GAIN_DB, MOST_REDUCTION_DB, plan
from auralisd.model.plan import MasteringPlan
from auralisd.model.preset import PRESETS
from auralisd.model.profile import Curve, SoundProfile
from auralisd.model.taste import Taste

TYPICAL: Curve = tuple((hz, -30.0 - 2.0 * float(np.log2(hz / 100))) for hz in NOMINAL_HZ)
"""A mid spectrum that is at its aim between 100 Hz and 4 kHz."""


def a_profile(
    *,
    lufs: float | None = -18.0,
    peak_dbtp: float | None = -6.0,
    by_peak: Curve | None = None,
    mid: Curve = TYPICAL,
    complete: bool = True,
) -> SoundProfile:
    """A track with few peaks near its highest."""
    top = -200.0 if peak_dbtp is None else float(np.ceil(peak_dbtp))
    return SoundProfile(
        rate_hz=44_100,
        channels=2,
        frames=10_000_000,
        integrated_lufs=lufs,
        true_peak_dbtp=peak_dbtp,
        spectrum_mid=mid,
        spectrum_side=tuple((hz, level - 8.0) for hz, level in mid),
        loudness_by_peak=by_peak or ((top - 8.0, 0.9), (top - 3.0, 0.09), (top, 0.01)),
        complete=complete,
    )


def louder_at(border_hz: float, by_db: float) -> Curve:
    return tuple((hz, level + (by_db if hz >= border_hz else 0.0)) for hz, level in TYPICAL)


@pytest.mark.parametrize("taste", [Taste(enabled=False), Taste(intensity=0.0)])
def test_enhancement_that_is_off_leaves_the_samples_alone(taste: Taste) -> None:
    made = plan(a_profile(), taste)

    assert made.transparent
    assert made.gain_db == 0.0
    assert made.eq_mid == made.eq_side == ()


def test_a_plan_reaches_its_target_when_nothing_stands_in_the_way() -> None:
    made = plan(a_profile(), Taste())

    assert made.state == "adaptive"
    assert made.target_lufs == -14.0
    assert made.expected_lufs == pytest.approx(-14.0, abs=0.01)
    assert made.limits == ()


def test_a_profile_from_excerpts_makes_a_provisional_plan() -> None:
    assert plan(a_profile(complete=False), Taste()).state == "provisional"


def test_half_the_intensity_goes_half_the_way() -> None:
    made, whole = (
        plan(a_profile(mid=louder_at(1000.0, 12.0)), Taste(intensity=0.5)),
        plan(a_profile(mid=louder_at(1000.0, 12.0)), Taste()),
    )

    assert made.target_lufs == pytest.approx(-16.0)
    assert made.expected_lufs == pytest.approx(-16.0, abs=0.01)
    assert [level for _, level in made.eq_mid] == pytest.approx([level / 2 for _, level in whole.eq_mid], abs=0.011)


def test_a_loud_track_is_turned_down() -> None:
    made = plan(a_profile(lufs=-8.0, peak_dbtp=1.5), Taste())

    assert made.gain_db < -5.0
    assert made.expected_lufs == pytest.approx(-14.0, abs=0.01)
    assert made.expected_gain_reduction_db == 0.0


def test_a_track_near_its_target_is_left_nearly_alone() -> None:
    made = plan(a_profile(lufs=-14.6, peak_dbtp=-2.0), Taste())

    assert made.gain_db == pytest.approx(0.6, abs=0.6)
    assert all(abs(level) <= 1.0 for hz, level in made.eq_mid if 100 <= hz <= 4000)


def test_a_very_quiet_track_stays_quiet_and_the_plan_says_why() -> None:
    made = plan(a_profile(lufs=-40.0, peak_dbtp=-25.0), Taste())

    assert made.gain_db == MOST_GAIN_DB
    assert made.limits == ("max-gain",)
    assert made.expected_lufs is not None
    assert made.expected_lufs < -27.0


def test_a_track_of_many_peaks_is_not_squeezed_and_the_plan_says_why() -> None:
    made = plan(a_profile(lufs=-24.0, peak_dbtp=-1.0), Taste())

    assert made.limits == ("gain-reduction",)
    assert made.expected_gain_reduction_db <= MOST_REDUCTION_DB + 1.0
    assert made.expected_lufs is not None
    assert made.expected_lufs < -15.0


def test_one_stray_click_does_not_decide_over_a_track() -> None:
    by_peak = ((-14.0, 0.9), (-11.0, 0.0995), (3.0, 0.0005))

    made = plan(a_profile(lufs=-22.0, peak_dbtp=2.9, by_peak=by_peak), Taste())

    assert made.limits == ()
    assert made.expected_gain_reduction_db > MOST_REDUCTION_DB


def test_what_the_limiter_takes_is_made_up_for() -> None:
    dense: Curve = ((-6.0, 0.5), (-2.0, 0.5))

    made = plan(a_profile(lufs=-16.5, peak_dbtp=-2.0, by_peak=dense, mid=TYPICAL), Taste())

    assert made.gain_db > 2.7
    assert made.expected_lufs == pytest.approx(-14.0, abs=0.01)


def test_silence_has_no_gain_but_keeps_its_ceiling() -> None:
    made = plan(a_profile(lufs=None, peak_dbtp=None), Taste())

    assert not made.transparent
    assert made.gain_db == 0.0
    assert made.limits == ("silence",)
    assert made.ceiling_dbtp == CEILING_DBTP


def test_a_dull_track_is_lifted_and_a_sharp_one_softened_within_bounds() -> None:
    dull, sharp = (dict(plan(a_profile(mid=louder_at(3000.0, by)), Taste()).eq_mid) for by in (-12.0, 12.0))

    assert 2.0 <= dull[6300.0] <= 4.0
    assert -4.0 <= sharp[6300.0] <= -2.0


def test_what_a_codec_has_cut_off_is_not_lifted() -> None:
    cut = tuple((hz, level if hz < 14_000 else -120.0) for hz, level in TYPICAL)

    assert dict(plan(a_profile(mid=cut), Taste()).eq_mid).get(20_000.0, 0.0) <= 0.0


def test_mid_and_side_share_one_tone_unless_the_preset_widens() -> None:
    profile = a_profile(mid=louder_at(1000.0, 10.0))
    adaptive, live = plan(profile, Taste()), plan(profile, Taste(preset="live"))

    assert adaptive.eq_mid == adaptive.eq_side
    wider = np.array(live.eq_side)[:, 1] - np.array(live.eq_mid)[:, 1]
    assert wider[0] == 0.0
    assert wider[-1] == pytest.approx(1.5)


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
    sounds = {name: heard(profile, plan(profile, Taste(preset=name))) for name in PRESETS}

    for one, other in itertools.combinations(PRESETS, 2):
        assert np.sqrt(((sounds[one] - sounds[other]) ** 2).mean()) >= 1.0, (one, other)


def test_equal_questions_get_equal_answers() -> None:
    one, other = (plan(a_profile(mid=louder_at(900.0, 5.0)), Taste(preset="warm")) for _ in range(2))

    assert msgspec.msgpack.encode(one) == msgspec.msgpack.encode(other)
