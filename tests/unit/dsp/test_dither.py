"""Dither: exact where nothing is lost, honest noise where something is."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from auralisd.dsp.block import Block
from auralisd.dsp.dither import Dither
from tests.sounds import noise, sine

TYPES = {16: np.int16, 24: np.int32, 32: np.int32}


def written(sound: Block, bits: int, *, frame: int = 0) -> NDArray[Any]:
    out = np.empty(sound.shape, TYPES[bits])
    Dither(bits, channels=sound.shape[1], longest=len(sound)).write(sound, out, frame=frame)
    return out


@pytest.mark.parametrize(("source_bits", "bits"), [(16, 16), (16, 24), (16, 32), (24, 24), (24, 32), (8, 16)])
def test_samples_that_the_device_can_hold_pass_exactly(source_bits: int, bits: int) -> None:
    top = 1 << (source_bits - 1)
    integers = np.random.default_rng(1).integers(-top, top, (5000, 2))
    integers[:2] = [[-top, top - 1], [0, 1]]

    out = written((integers / top).astype(np.float32), bits)

    assert (out == integers << (bits - source_bits)).all()


@pytest.mark.parametrize("bits", [16, 24])
def test_the_error_has_no_mean_and_the_power_of_three_roundings(bits: int) -> None:
    sound = noise(200_000, level_db=-20.0, seed=9)

    error = written(sound, bits) - sound.astype(np.float64) * (1 << (bits - 1))

    assert abs(error.mean()) < 0.01
    assert (error**2).mean() == pytest.approx(0.25, rel=0.03)


def test_a_tone_below_one_step_survives() -> None:
    sound = sine(1000.0, 48_000, 48_000, level_db=-100.0)

    heard = written(sound, 16)[:, 0] @ np.sin(2 * np.pi * 1000.0 * np.arange(48_000) / 48_000) / 24_000

    assert heard == pytest.approx(10 ** (-100 / 20) * 32_768, rel=0.1)


def test_silence_stays_silence() -> None:
    assert not written(np.zeros((1000, 2), np.float32), 16).any()


def test_the_noise_belongs_to_the_frame_and_not_to_the_block() -> None:
    sound = noise(400_000, level_db=-40.0)
    whole = written(sound, 16)
    dither = Dither(16, channels=2, longest=1000)
    out = np.empty((1000, 2), np.int16)

    for start in (0, 77, 130_600, 262_000, 399_000):
        dither.write(sound[start : start + 1000], out, frame=start)

        assert (out == whole[start : start + 1000]).all()


def test_left_and_right_get_different_noise() -> None:
    out = written(np.full((10_000, 2), 0.3 / 32_768, np.float32), 16)

    assert abs(np.corrcoef(out.T)[0, 1]) < 0.05


@pytest.mark.parametrize("bits", [16, 24, 32])
def test_what_passes_full_scale_is_held_there(bits: int) -> None:
    top = 1 << (bits - 1)
    out = written(np.array([[1.0, -1.0], [7.3, -7.3], [np.inf, -np.inf]], np.float32), bits)

    assert (out == [[top - 1, -top]] * 3).all()


def test_what_is_no_number_becomes_silence() -> None:
    assert (np.abs(written(np.full((100, 2), np.nan, np.float32), 16)) == 0).all()


def test_other_widths_are_refused() -> None:
    with pytest.raises(ValueError, match="16, 24 or 32"):
        Dither(20, channels=2, longest=10)
