"""Glide: the volume moves without a step, and lets the samples alone at 1."""

import numpy as np
import pytest

from auralisd.dsp.gain import Glide
from tests.sounds import cut, noise


def ones(frames: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.ones((frames, 2), np.float32)


def test_at_a_gain_of_one_nothing_is_touched() -> None:
    sound = noise(500)
    before = sound.tobytes()

    Glide(1.0, longest=500).apply(sound)

    assert sound.tobytes() == before


def test_a_glide_arrives_with_its_last_frame_and_stays() -> None:
    glide = Glide(1.0, longest=1000)
    glide.move_to(0.25, frames=100)
    sound = ones(200)
    glide.apply(sound)

    assert sound[99:, 0] == pytest.approx(0.25)
    assert np.diff(20 * np.log10(sound[:100, 0])) == pytest.approx(20 * np.log10(0.25) / 100, rel=2e-3)
    assert (sound[:, 0] == sound[:, 1]).all()


def test_a_glide_to_silence_comes_to_nothing_without_a_step() -> None:
    glide = Glide(1.0, longest=2000)
    glide.move_to(0.0, frames=1000)
    sound = ones(1100)
    glide.apply(sound)

    assert not sound[999:].astype(np.float16).any()
    assert (sound[1000:] == 0).all()
    assert np.abs(np.diff(sound[:, 0])).max() < 0.01
    assert 20 * np.log10(sound[499, 0]) == pytest.approx(-40, abs=0.2)


def test_a_new_target_goes_on_from_where_the_last_glide_is() -> None:
    glide = Glide(0.0, longest=1000)
    glide.move_to(1.0, frames=100)
    glide.apply(ones(50))
    glide.move_to(0.0, frames=100)
    sound = ones(1)
    glide.apply(sound)

    assert glide.gain == pytest.approx(0.01 * 0.0101**0.01, rel=0.05)
    assert sound[0, 0] == pytest.approx(glide.gain)


def test_no_frames_means_at_once() -> None:
    glide = Glide(1.0, longest=10)
    glide.move_to(0.5, frames=0)
    sound = ones(10)
    glide.apply(sound)

    assert (sound == 0.5).all()


@pytest.mark.parametrize("size", [1, 7, 64, 333])
def test_the_cut_into_blocks_makes_no_difference(size: int) -> None:
    whole, pieces = noise(1000), noise(1000)
    for sound, sizes in ((whole, [1000]), (pieces, [size] * (1000 // size))):
        glide = Glide(0.9, longest=1000)
        glide.move_to(0.1, frames=500)
        for block in cut(sound, sizes):
            glide.apply(block)

    assert pieces.tobytes() == whole.tobytes()
