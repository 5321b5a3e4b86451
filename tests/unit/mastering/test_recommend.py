"""The recommendation: which preset suits what was measured, and why."""

import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from auralisd.mastering.figures import FIGURE_UNITS, figures_of
from auralisd.mastering.recommend import recommend
from auralisd.mastering.situations import SITUATIONS, Soft
from auralisd.model.preset import PRESETS
from auralisd.model.profile import SoundProfile
from tests.profiles import a_measured, a_spectrum

WELL = a_measured()
CRUSHED = a_measured(lufs=-8.0, plr_db=7.0, range_lu=3.0)
DULL = a_measured(lufs=-12.0, plr_db=9.5, mid=a_spectrum(treble_db=-15.0))
THIN = a_measured(lufs=-11.0, plr_db=11.0, mid=a_spectrum(bass_db=-6.0, treble_db=7.0))
WIDE_RANGE = a_measured(lufs=-21.0, plr_db=19.0, range_lu=16.0)
TAME = a_measured(lufs=-19.0, plr_db=15.0, range_lu=5.0)
LIVE = a_measured(
    lufs=-16.0, plr_db=15.0, range_lu=9.0, width=0.9, correlation=0.1, mid=a_spectrum(low_mid_db=5.0, treble_db=-6.0)
)
MEASURED = msgspec.json.decode(Path(__file__).with_name("measured.json").read_bytes(), type=dict[str, SoundProfile])
"""Full measurements of real tracks (wesnoth-1.16-music)."""


@pytest.mark.parametrize(
    ("situation", "profile", "preset", "intensity"),
    [
        ("well-mastered", WELL, "adaptive", 0.3),
        ("crushed", CRUSHED, "gentle", 0.7),
        ("dull", DULL, "bright", 0.8),
        ("thin", THIN, "warm", 0.8),
        ("wide-range", WIDE_RANGE, "adaptive", 0.5),
        ("tame", TAME, "punchy", 0.8),
        ("live-room", LIVE, "live", 0.7),
    ],
)
def test_each_situation_is_recognised(situation: str, profile: SoundProfile, preset: str, intensity: float) -> None:
    made = recommend(profile)

    assert (made.situation, made.preset) == (situation, preset)
    assert made.intensity == pytest.approx(intensity, abs=0.1)
    assert made.confidence > 0.5


def test_there_are_seven_situations_and_each_preset_suits_one() -> None:
    assert len({situation.name for situation in SITUATIONS}) == 7
    assert {situation.preset for situation in SITUATIONS} == set(PRESETS)


def test_every_figure_that_can_decide_has_a_unit() -> None:
    assert {code for situation in SITUATIONS for code, _ in situation.ranges} <= set(FIGURE_UNITS)
    assert set(figures_of(WELL)) == set(FIGURE_UNITS)


def test_the_reasons_are_the_measured_figures_that_decided() -> None:
    assert recommend(CRUSHED).reasons == (("peak-to-loudness", 7.0), ("loudness", -8.0))


def test_alternatives_are_other_presets_best_first() -> None:
    made = recommend(MEASURED["wanderer"])
    scores = [score for _, score in made.alternatives]

    assert made.preset not in dict(made.alternatives)
    assert len(scores) >= 2
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 < score <= 1.0 for score in scores)


@pytest.mark.parametrize(
    ("code", "worse_to_better"),
    [
        ("crushed", [{"plr_db": plr, "lufs": -9.0} for plr in (12.0, 10.0, 9.0, 8.0, 6.0, 2.0)]),
        ("dull", [{"lufs": -12.0, "mid": a_spectrum(treble_db=db)} for db in (-2.0, -8.5, -10.0, -12.0, -15.0)]),
        ("thin", [{"lufs": -11.0, "mid": a_spectrum(treble_db=db)} for db in (-6.0, 0.0, 2.0, 5.0, 9.0)]),
        ("wide-range", [{"lufs": -20.0, "plr_db": 18.0, "range_lu": lu} for lu in (4.0, 9.0, 11.0, 14.0, 25.0)]),
        ("tame", [{"lufs": lufs, "plr_db": 14.0, "range_lu": 6.0} for lufs in (-13.0, -15.0, -16.0, -18.0, -30.0)]),
    ],
)
def test_the_nearer_a_track_comes_to_a_situation_the_higher_it_scores(
    code: str, worse_to_better: list[dict[str, Any]]
) -> None:
    [situation] = [situation for situation in SITUATIONS if situation.name == code]
    scores = [situation.score(figures_of(a_measured(**figures))) for figures in worse_to_better]

    assert scores == sorted(scores)
    assert scores[0] < scores[-1]


def test_a_clear_case_is_told_with_more_confidence_than_a_narrow_one() -> None:
    narrow = a_measured(lufs=-12.0, plr_db=9.0)

    assert recommend(narrow).confidence < recommend(CRUSHED).confidence


def test_the_intensity_lies_between_those_of_near_situations() -> None:
    between = recommend(a_measured(lufs=-16.4, plr_db=15.8, range_lu=11.5))

    assert between.preset == "adaptive"
    assert 0.3 < between.intensity < 0.5


def test_excerpts_give_the_same_advice_with_less_confidence() -> None:
    whole = recommend(CRUSHED)
    first = recommend(msgspec.structs.replace(CRUSHED, complete=False))

    assert (first.preset, first.intensity, first.reasons) == (whole.preset, whole.intensity, whole.reasons)
    assert 0.0 < first.confidence < whole.confidence


def test_a_track_like_no_situation_gets_what_its_own_figures_ask_for() -> None:
    made = recommend(a_measured(lufs=-10.0, plr_db=13.0, range_lu=12.0))

    assert (made.situation, made.preset) == ("", "adaptive")
    assert made.confidence < 0.3
    assert dict(made.reasons)["loudness"] == -10.0


def test_of_silence_nothing_can_be_said() -> None:
    made = recommend(a_measured(lufs=None, mid=tuple((hz, -150.0) for hz, _ in a_spectrum())))

    assert (made.preset, made.confidence, made.alternatives, made.reasons) == ("adaptive", 0.0, (), ())


@pytest.mark.parametrize(
    "profile",
    [
        a_measured(mid=()),
        a_measured(mid=((1000.0, -20.0),)),
        a_measured(mid=tuple((hz, -150.0) for hz, _ in a_spectrum())),
        a_measured(lufs=30.0, plr_db=0.0, range_lu=0.0),
        a_measured(lufs=-69.9, plr_db=200.0, range_lu=60.0, width=1e9, correlation=-1.0),
        msgspec.structs.replace(WELL, true_peak_dbtp=None, crest_db=None),
        msgspec.structs.replace(WELL, true_peak_dbtp=float("inf"), width=float("nan")),
    ],
)
def test_whatever_was_measured_the_answer_is_a_preset_and_finite_figures(profile: SoundProfile) -> None:
    made = recommend(profile)
    numbers = [made.intensity, made.confidence, *dict(made.alternatives).values()]

    assert made.preset in PRESETS
    assert all(0.0 <= number <= 1.0 for number in numbers)
    assert all(abs(figure) < 1e12 for figure in dict(made.reasons).values())


@pytest.mark.parametrize(
    ("value", "held"),
    [(-9.0, 0.0), (0.0, 0.0), (1.0, 0.5), (2.0, 1.0), (4.0, 1.0), (5.0, 0.75), (8.0, 0.0), (99.0, 0.0)],
)
def test_a_soft_range_rises_and_falls_in_straight_lines(value: float, held: float) -> None:
    assert Soft(0.0, 2.0, 4.0, 8.0).holds(value) == pytest.approx(held)


@pytest.mark.parametrize(
    ("track", "preset"),
    [
        ("the_king_is_dead", "adaptive"),
        ("casualties_of_war", "adaptive"),
        ("victory", "bright"),
        ("silvan_sanctuary", "punchy"),
        ("the_deep_path", "live"),
        ("wanderer", "bright"),
    ],
)
def test_real_tracks_are_told_apart(track: str, preset: str) -> None:
    assert recommend(MEASURED[track]).preset == preset


def test_a_well_mastered_track_is_left_nearly_alone_where_a_quiet_one_is_not() -> None:
    assert recommend(MEASURED["the_king_is_dead"]).intensity == 0.3
    assert recommend(MEASURED["casualties_of_war"]).intensity == 0.5


def test_a_recommendation_takes_less_than_5_ms() -> None:
    began = time.perf_counter()
    for profile in MEASURED.values():
        recommend(profile)
    took_s = time.perf_counter() - began

    assert took_s / len(MEASURED) < 0.005
