"""From measurement to sound: what a plan says is what comes out."""

import numpy as np
import pytest

from auralisd.analysis.measure import Measuring
from auralisd.dsp.block import Block
from auralisd.dsp.chain import QUANTUM_FRAMES
from auralisd.mastering.build import build_chain
from auralisd.mastering.explain import explain
from auralisd.mastering.planner import plan
from auralisd.model.plan import MasteringPlan
from auralisd.model.preset import PRESETS
from auralisd.model.profile import SoundProfile
from auralisd.model.taste import Taste
from tests.sounds import music, noise, through, true_peak_db


def measured(sound: Block, rate_hz: int) -> SoundProfile:
    measuring = Measuring(rate_hz, sound.shape[1])
    measuring.feed(sound)
    return measuring.result()


@pytest.mark.parametrize(
    ("preset", "rate_hz"), [*((preset, 44_100) for preset in PRESETS), ("adaptive", 22_050), ("adaptive", 96_000)]
)
def test_the_loudness_that_was_planned_comes_out_below_the_ceiling(preset: str, rate_hz: int) -> None:
    sound = music(6, rate_hz, peak_db=-7.0)
    made = plan(measured(sound, rate_hz), Taste(preset=preset))

    heard = through(build_chain(made, rate_hz), [sound])

    assert measured(heard, rate_hz).integrated_lufs == pytest.approx(made.expected_lufs, abs=0.5)
    assert true_peak_db(heard) <= made.ceiling_dbtp + 0.05


def test_a_transparent_plan_passes_every_bit() -> None:
    sound = noise(50_000, level_db=0.0)

    assert through(build_chain(plan(measured(sound, 44_100), Taste(intensity=0.0)), 44_100), [sound]).tobytes() == (
        sound.tobytes()
    )


def test_mastering_what_is_mastered_changes_little() -> None:
    sound = music(6, peak_db=-6.0)
    gentle = Taste(preset="gentle")
    once = through(build_chain(plan(measured(sound, 44_100), gentle), 44_100), [sound])
    again = plan(measured(once, 44_100), gentle)

    assert again.gain_db == pytest.approx(0.0, abs=1.0)
    twice = through(build_chain(again, 44_100), [once])
    assert measured(twice, 44_100).integrated_lufs == pytest.approx(measured(once, 44_100).integrated_lufs, abs=0.3)


def test_a_chain_can_begin_in_the_middle() -> None:
    sound = music(5)
    made = plan(measured(sound, 44_100), Taste(preset="live"))
    whole = through(build_chain(made, 44_100), [sound])

    late = through(build_chain(made, 44_100, start_frame=3 * QUANTUM_FRAMES), [sound[3 * QUANTUM_FRAMES :]])

    assert late[44_100:].tobytes() == whole[3 * QUANTUM_FRAMES + 44_100 :].tobytes()


def a_plan(**figures: object) -> MasteringPlan:
    ordinary: dict[str, object] = {
        "preset": "adaptive", "intensity": 1.0, "state": "adaptive", "input_lufs": -18.5, "target_lufs": -14.0,
        "expected_lufs": -14.0, "gain_db": 4.6, "ceiling_dbtp": -1.0,
    }  # fmt: skip
    return MasteringPlan(**(ordinary | figures))  # type: ignore[arg-type]


def test_a_plan_is_told_with_its_figures() -> None:
    told = explain(a_plan(expected_gain_reduction_db=3.24, eq_mid=((63.0, 1.51), (500.0, -2.0), (8000.0, 0.2))))

    assert told == (
        "−18.5 → −14.0 LUFS: gain +4.6 dB, peaks held by up to 3.2 dB at −1.0 dBTP.",
        "Tone: +1.5 dB at 63 Hz, −2.0 dB at 500 Hz.",
    )


def test_what_keeps_a_plan_from_its_target_is_told() -> None:
    (_, why) = explain(a_plan(expected_lufs=-15.2, limits=("gain-reduction",)))

    assert why == "Stays 1.2 LU below its target: more would be heard as squeezing."


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (a_plan(state="off"), "Untouched: the samples of the file as they are."),
        (a_plan(input_lufs=None, expected_lufs=None, limits=("silence",)), "Silence: nothing to bring to a level."),
        (a_plan(state="provisional"), "−18.5 → −14.0 LUFS: gain +4.6 dB (first estimate)."),
    ],
)
def test_plain_cases_take_one_line(made: MasteringPlan, told: str) -> None:
    assert explain(made) == (told,)


def test_a_mono_source_stays_in_the_middle_whatever_the_preset() -> None:
    sound = np.repeat(music(3)[:, :1], 2, axis=1)
    heard = through(build_chain(plan(measured(sound, 44_100), Taste(preset="live")), 44_100), [sound])

    assert np.abs(heard[:, 0] - heard[:, 1]).max() < 1e-6
