"""Rows 4, 5, 6 and 15: the same bytes however the sound is asked for, nulls, and nothing lost at either end."""

import numpy as np
import pytest

from auralisd.dsp.block import Block
from auralisd.dsp.chain import preroll_start
from auralisd.mastering.build import build_chain
from auralisd.mastering.planner import plan
from auralisd.model.plan import BandDynamics, MasteringPlan
from auralisd.model.profile import BAND_EDGES_HZ
from auralisd.model.taste import Taste, Treatment
from tests.quality import bars
from tests.quality.renders import measured, planned, rendered
from tests.quality.rulers.waveform import lag_frames, null_peak_db
from tests.sounds import cut, music, noise, through

RATE_HZ = 44_100
SEEKS = (0, 1, 12_345, 16_383, 16_384, 44_100, 100_000, 263_999, 264_599)


@pytest.fixture(scope="module")
def sound() -> Block:
    """Six seconds that keep every stage at work."""
    return music(6.0, peak_db=2.0)


@pytest.fixture(scope="module", params=["punchy", "live"])
def chosen(request: pytest.FixtureRequest, sound: Block) -> MasteringPlan:
    name: str = request.param
    return planned(measured(sound, RATE_HZ), name)


@pytest.fixture(scope="module")
def whole(sound: Block, chosen: MasteringPlan) -> Block:
    return rendered(sound, chosen, RATE_HZ).sound


@pytest.mark.parametrize("frames", bars.REQUEST_FRAMES)
def test_any_request_size_gives_the_same_bytes(sound: Block, chosen: MasteringPlan, whole: Block, frames: int) -> None:
    asked = sound if frames > 1 else sound[: 3 * RATE_HZ]
    expected = whole if frames > 1 else rendered(asked, chosen, RATE_HZ).sound
    sizes = [frames] * (len(asked) // frames)

    assert through(build_chain(chosen, RATE_HZ), cut(asked, sizes)).tobytes() == expected.tobytes()


@pytest.mark.parametrize("frame", SEEKS)
def test_a_seek_anywhere_gives_the_bytes_of_continuous_play(
    sound: Block, chosen: MasteringPlan, whole: Block, frame: int
) -> None:
    start = preroll_start(frame, RATE_HZ)
    after = through(build_chain(chosen, RATE_HZ, start_frame=start), [sound[start:]])[frame - start :]

    assert after.tobytes() == whole[frame:].tobytes()


def test_the_render_is_as_long_as_its_source_and_does_not_lag(sound: Block, whole: Block) -> None:
    assert whole.shape == sound.shape
    assert lag_frames(sound, whole) == 0


@pytest.mark.parametrize("taste", [Taste(enabled=False), Taste(intensity=0.0)], ids=["off", "intensity 0"])
def test_off_and_intensity_0_pass_every_bit(sound: Block, taste: Taste) -> None:
    chosen = plan(measured(sound, RATE_HZ), Treatment(mode=taste.mode, intensity=taste.intensity))

    assert rendered(sound, chosen, RATE_HZ).sound.tobytes() == sound.tobytes()


def neutral(rate_hz: int) -> MasteringPlan:
    """Every stage runs and none has anything to do: tone of a thousandth of a dB, bands below their thresholds."""
    flat = ((25.0, 0.0), (1_000.0, 0.0), (20_000.0, 0.0))
    bands = tuple(BandDynamics(top_hz, 0.0, 2.0, 25.0, 250.0) for top_hz in (*BAND_EDGES_HZ, rate_hz / 2))
    return MasteringPlan("adaptive", 1.0, "adaptive", eq_mid=flat, eq_side=flat, bands=bands)


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
def test_a_chain_with_nothing_to_do_nulls_against_its_source(rate_hz: int) -> None:
    sound = music(4.0, rate_hz, peak_db=-3.0)
    heard = rendered(sound, neutral(rate_hz), rate_hz).sound

    assert null_peak_db(heard, sound) <= bars.NEUTRAL_NULL_DB


def test_impulses_at_the_first_and_the_last_frame_survive(chosen: MasteringPlan) -> None:
    sound = np.zeros((50_001, 2), np.float32)
    sound[[0, -1]] = 0.25

    heard = np.abs(rendered(sound, chosen, RATE_HZ).sound[:, 0])

    assert len(heard) == len(sound)
    assert np.argmax(heard[:25_000]) == 0
    assert np.argmax(heard[25_000:]) == 25_000
    assert min(heard[0], heard[-1]) > 0.1


@pytest.mark.parametrize("frames", [0, 1, 2, 16_383, 16_384, 16_385])
def test_a_track_of_any_length_keeps_it(chosen: MasteringPlan, frames: int) -> None:
    assert rendered(noise(frames), chosen, RATE_HZ).sound.shape == (frames, 2)
