"""The plan: how loud a track will be, and why not louder."""

import msgspec
import pytest

from auralisd.mastering.forecast import CEILING_DBTP, LEAST_PLR_DB
from auralisd.mastering.planner import MOST_GAIN_DB, MOST_REDUCTION_DB, plan
from auralisd.model.preset import PRESETS
from auralisd.model.taste import LEVELLED, OFF, Treatment
from tests.unit.mastering.typical import TYPICAL, Stretches, a_profile, louder_at


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


def test_a_target_of_the_listeners_own_takes_the_place_of_the_presets() -> None:
    made = plan(a_profile(), Treatment(target_lufs=-20.0))

    assert made.target_lufs == -20.0
    assert made.expected_lufs == pytest.approx(-20.0, abs=0.01)


def test_music_of_wide_peaks_keeps_12_db_between_peak_and_loudness() -> None:
    made = plan(a_profile(lufs=-19.0, peak_dbtp=-1.0), Treatment(target_lufs=-8.0))

    assert made.limits != ()
    assert made.expected_lufs is not None
    assert made.ceiling_dbtp - made.expected_lufs >= LEAST_PLR_DB


def test_a_track_cannot_be_enhanced_without_a_measurement() -> None:
    with pytest.raises(ValueError, match="measure it first"):
        plan(None, Treatment())


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


@pytest.mark.parametrize("mode", [OFF, LEVELLED])
def test_what_is_not_enhanced_knows_no_rehearsal(mode: str) -> None:
    assert plan(a_profile(), Treatment(mode, trim_lu=0.4)) == plan(a_profile(), Treatment(mode))
