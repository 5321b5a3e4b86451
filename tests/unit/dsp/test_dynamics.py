"""Dynamics: each band is held when it is loud, by as much as was said, and nothing remains of it a second later."""

import numpy as np
import pytest
from numpy.typing import NDArray

from auralisd.dsp.block import Block
from auralisd.dsp.chain import QUANTUM_FRAMES, Chain, preroll_start
from auralisd.dsp.dynamics import MOST_REDUCTION_DB, BandGains
from auralisd.dsp.equaliser import Equaliser
from auralisd.model.plan import LONGEST_ATTACK_MS, LONGEST_RELEASE_MS, BandDynamics
from auralisd.model.profile import BAND_EDGES_HZ
from tests.sounds import RATES_HZ, cut, music, noise, sine, through

RATE_HZ = 44_100


def bands(threshold_db: float, ratio: float = 2.0) -> tuple[BandDynamics, ...]:
    return tuple(BandDynamics(top_hz, threshold_db, ratio, 60.0, 200.0) for top_hz in (*BAND_EDGES_HZ, 20_000.0))


def held(sound: Block, rate_hz: int = RATE_HZ, *, threshold_db: float = -20.0, ratio: float = 2.0) -> Block:
    stage = Equaliser((), (), rate_hz=rate_hz, bands=bands(threshold_db, ratio))
    return through(Chain((stage,), rate_hz), [sound])


def slowest() -> Equaliser:
    """As slow as a preset can make it, and at its deepest."""
    slow = [
        BandDynamics(each.top_hz, -40.0, 4.0, LONGEST_ATTACK_MS, LONGEST_RELEASE_MS)
        for each in bands(threshold_db=-40.0)
    ]
    return Equaliser((), (), rate_hz=RATE_HZ, bands=tuple(slow))


def level_db(sound: Block) -> float:
    return float(10 * np.log10((sound.astype(np.float64) ** 2).mean()))


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_the_three_bands_add_up_to_the_sound_when_none_is_held(rate_hz: int) -> None:
    sound = music(2, rate_hz)

    heard = held(sound, rate_hz, threshold_db=20.0)

    assert len(heard) == len(sound)
    assert 20 * np.log10(np.abs(heard - sound).max()) <= -120


@pytest.mark.parametrize("hz", [60.0, 1000.0, 8000.0])
@pytest.mark.parametrize(("over_db", "ratio", "reduction_db"), [(6.0, 2.0, 3.0), (4.0, 4.0, 3.0), (-3.0, 4.0, 0.0)])
def test_a_tone_above_the_threshold_grows_by_one_over_the_ratio(
    hz: float, over_db: float, ratio: float, reduction_db: float
) -> None:
    sound = sine(hz, 3 * RATE_HZ, RATE_HZ, level_db=-20.0 + over_db + 3.01)

    heard = held(sound, ratio=ratio)[RATE_HZ:-RATE_HZ]

    assert level_db(sound[RATE_HZ:-RATE_HZ]) - level_db(heard) == pytest.approx(reduction_db, abs=0.15)


def test_no_band_is_held_by_more_than_6_db() -> None:
    heard = held(sine(1000.0, 2 * RATE_HZ, RATE_HZ), threshold_db=-60.0, ratio=10.0)[RATE_HZ:-10_000]

    assert level_db(heard) == pytest.approx(-3.01 - MOST_REDUCTION_DB, abs=0.1)


def test_a_loud_bass_leaves_the_treble_alone() -> None:
    quiet = sine(8000.0, 3 * RATE_HZ, RATE_HZ, level_db=-40.0)
    both = quiet + sine(60.0, 3 * RATE_HZ, RATE_HZ, level_db=-3.0)

    heard = held(both)[RATE_HZ : 2 * RATE_HZ, 0].astype(np.float64)

    wave = np.sin(2 * np.pi * 8000.0 * np.arange(RATE_HZ, 2 * RATE_HZ) / RATE_HZ)
    assert 20 * np.log10(2 * (heard @ wave) / RATE_HZ) == pytest.approx(-40.0, abs=0.1)


def test_a_stroke_passes_before_it_is_held_and_is_let_go_within_a_second() -> None:
    sound = sine(1000.0, 4 * RATE_HZ, RATE_HZ, level_db=-30.0)
    sound[RATE_HZ : 2 * RATE_HZ] *= 10.0

    heard = held(sound, threshold_db=-25.0)

    gains = reduction_db(sound, heard)
    assert gains[RATE_HZ + 200] < 0.5
    assert gains[2 * RATE_HZ - 4000] > 5.0
    assert np.abs(gains[3 * RATE_HZ :]).max() < 0.001


def reduction_db(sound: Block, heard: Block) -> NDArray[np.float64]:
    """What was taken off around each frame."""
    window = np.ones(441) / 441

    def power(block: Block) -> NDArray[np.float64]:
        return np.convolve(block[:, 0].astype(np.float64) ** 2, window, mode="same") + 1e-12

    levels: NDArray[np.float64] = 10 * np.log10(power(sound) / power(heard))
    return levels


def test_both_channels_get_one_gain() -> None:
    sound = noise(3 * QUANTUM_FRAMES, level_db=-30.0)
    loud = sound.copy()
    loud[:, 0] *= 20.0

    heard = held(loud)

    assert level_db(heard[:, 1:]) < level_db(loud[:, 1:]) - 2.0


def test_a_seek_gives_the_bytes_of_continuous_play() -> None:
    sound = music(8, peak_db=0.0)
    whole = held(sound, threshold_db=-30.0)
    frame = 5 * RATE_HZ + 321
    start = preroll_start(frame, RATE_HZ)
    stage = Equaliser((), (), rate_hz=RATE_HZ, bands=bands(-30.0))

    late = through(Chain((stage,), RATE_HZ, start_frame=start), [sound[start:]])

    assert late[frame - start :].tobytes() == whole[frame:].tobytes()


@pytest.mark.parametrize("loud_until", range(-QUANTUM_FRAMES // 2, QUANTUM_FRAMES // 2, QUANTUM_FRAMES // 8))
def test_a_seek_behind_a_loud_moment_gives_the_same_bytes_with_the_slowest_dynamics_there_are(loud_until: int) -> None:
    sound = noise(5 * RATE_HZ, level_db=-16.0)
    start = 6 * QUANTUM_FRAMES
    sound[: start + loud_until] *= 3.0
    sound[start + loud_until :] *= 0.08
    frame = start + RATE_HZ  # the least that any chain is fed before what is heard of it

    whole = through(Chain((slowest(),), RATE_HZ), [sound])
    late = through(Chain((slowest(),), RATE_HZ, start_frame=start), [sound[start:]])

    assert late[frame - start :].tobytes() == whole[frame:].tobytes()


@pytest.mark.parametrize("size", [1, 13, 441, 44_100])
def test_the_size_of_the_blocks_makes_no_difference(size: int) -> None:
    sound = music(1, peak_db=0.0)
    stage = Equaliser((), (), rate_hz=RATE_HZ, bands=bands(-30.0))

    in_parts = through(Chain((stage,), RATE_HZ), cut(sound, [size] * (len(sound) // size)))

    assert in_parts.tobytes() == held(sound, threshold_db=-30.0).tobytes()


def test_silence_has_a_gain_of_one() -> None:
    gains = BandGains(bands(-60.0)[0], RATE_HZ)

    assert gains.follow(np.zeros((2, QUANTUM_FRAMES), np.float32)) is None
