"""The edges of sound that is cut, or begins in the middle."""

import numpy as np
import pytest

from auralisd.sound.edges import Edges

RATE_HZ = 44_100


def even(frames: int) -> np.ndarray:
    return np.ones((frames, 2), np.float32)


@pytest.mark.parametrize("rate_hz", [8_000, 44_100, 192_000])
def test_a_fall_is_smooth_over_ten_milliseconds_and_silent_behind_them(rate_hz: int) -> None:
    edges, sound = Edges(rate_hz, longest=rate_hz), even(rate_hz // 50)
    edges.fall(sound)
    frames = rate_hz // 100

    assert edges.frames == frames
    assert sound[0, 0] == pytest.approx(1.0, abs=1e-3)
    assert np.abs(np.diff(sound[:, 0])).max() < 2.0 / frames
    assert not sound[frames:].any()


@pytest.mark.parametrize("frames", [1, 100, 441, 2_000])
def test_a_rise_is_the_same_however_often_and_in_what_pieces_it_is_written(frames: int) -> None:
    edges = Edges(RATE_HZ, longest=4_000)
    edges.rise_from(1_000)
    whole = even(2_000)
    edges.rise(whole, 1_000)
    pieces = even(2_000)
    for start in range(0, 2_000, frames):
        edges.rise(pieces[start : start + frames], 1_000 + start)

    assert whole[0, 0] < 1e-3
    assert np.array_equal(pieces, whole)
    assert (whole[441:] == 1.0).all()


def test_nothing_rises_that_was_not_told_to_or_lies_elsewhere() -> None:
    edges, sound = Edges(RATE_HZ, longest=2_000), even(2_000)
    edges.rise(sound, 1_000)
    edges.rise_from(5_000)
    edges.rise(sound, 1_000)
    edges.rise_from(None)
    edges.rise(sound, 5_000)

    assert (sound == 1.0).all()


def test_a_device_of_tiny_blocks_has_shorter_edges() -> None:
    assert Edges(RATE_HZ, longest=128).frames == 128
