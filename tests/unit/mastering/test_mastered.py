"""From measurement to sound: what a plan says is what comes out."""

import numpy as np
import pytest

from auralisd.analysis.measure import Measuring
from auralisd.dsp.block import Block
from auralisd.dsp.chain import QUANTUM_FRAMES
from auralisd.mastering.build import build_chain
from auralisd.mastering.planner import plan
from auralisd.model.preset import PRESETS
from auralisd.model.profile import SoundProfile
from auralisd.model.taste import OFF, Treatment
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
    made = plan(measured(sound, rate_hz), Treatment(preset=PRESETS[preset]))

    heard = through(build_chain(made, rate_hz), [sound])

    assert measured(heard, rate_hz).integrated_lufs == pytest.approx(made.expected_lufs, abs=0.5)
    assert true_peak_db(heard) <= made.ceiling_dbtp + 0.05


def test_a_transparent_plan_passes_every_bit() -> None:
    sound = noise(50_000, level_db=0.0)

    assert through(build_chain(plan(measured(sound, 44_100), Treatment(mode=OFF)), 44_100), [sound]).tobytes() == (
        sound.tobytes()
    )


def test_what_is_mastered_passes_a_second_time_as_it_is() -> None:
    sound = music(6, peak_db=-6.0)
    once = through(build_chain(plan(measured(sound, 44_100), Treatment()), 44_100), [sound])

    again = plan(measured(once, 44_100), Treatment())

    assert through(build_chain(again, 44_100), [once]).tobytes() == once.tobytes()


def test_a_chain_can_begin_in_the_middle() -> None:
    sound = music(5)
    made = plan(measured(sound, 44_100), Treatment(preset=PRESETS["live"]))
    whole = through(build_chain(made, 44_100), [sound])

    late = through(build_chain(made, 44_100, start_frame=3 * QUANTUM_FRAMES), [sound[3 * QUANTUM_FRAMES :]])

    assert late[44_100:].tobytes() == whole[3 * QUANTUM_FRAMES + 44_100 :].tobytes()


def test_a_mono_source_stays_in_the_middle_whatever_the_preset() -> None:
    sound = np.repeat(music(3)[:, :1], 2, axis=1)
    heard = through(build_chain(plan(measured(sound, 44_100), Treatment(preset=PRESETS["live"])), 44_100), [sound])

    assert np.abs(heard[:, 0] - heard[:, 1]).max() < 1e-6
