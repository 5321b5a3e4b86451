"""Channels: whatever comes, two go out, aligned frame by frame."""

import numpy as np
import pytest

from auralisd.dsp.channels import fold_of, to_stereo
from tests.sounds import noise


def test_stereo_passes_bit_for_bit() -> None:
    sound = noise(1000)

    assert to_stereo(sound) is sound


def test_mono_goes_to_both_sides() -> None:
    sound = noise(1000, channels=1)

    assert (to_stereo(sound) == np.concatenate((sound, sound), axis=1)).all()


@pytest.mark.parametrize("channels", range(1, 9))
def test_every_frame_stays_a_frame(channels: int) -> None:
    sound = np.zeros((50, channels), np.float32)
    sound[17] = 1.0

    folded = to_stereo(sound)

    assert folded.shape == (50, 2)
    assert folded.dtype == np.float32
    assert np.flatnonzero(folded.any(axis=1)).tolist() == [17]


@pytest.mark.parametrize("channels", range(1, 9))
def test_a_fold_never_passes_the_peak_of_its_source(channels: int) -> None:
    loudest = np.sign(noise(4000, channels=channels))

    assert np.abs(to_stereo(loudest)).max() <= 1.0 + 1e-6


@pytest.mark.parametrize("channels", range(3, 9))
def test_left_stays_left_and_right_stays_right(channels: int) -> None:
    sound = np.zeros((1, channels), np.float32)
    sound[0, 0] = 1.0

    left, right = to_stereo(sound)[0]

    assert left > 0.3
    assert right == 0.0


@pytest.mark.parametrize("channels", range(3, 9))
def test_both_sides_are_folded_alike(channels: int) -> None:
    left, right = zip(*fold_of(channels), strict=True)

    assert sorted(left) == sorted(right)


def test_the_centre_of_5_1_lies_in_the_middle_3_db_down_and_its_lfe_is_left_out() -> None:
    front_left, _, centre, lfe, *_ = fold_of(6)

    assert centre[0] == centre[1] == pytest.approx(front_left[0] * 0.5**0.5)
    assert lfe == (0.0, 0.0)


@pytest.mark.parametrize("channels", [0, 9])
def test_other_channel_counts_are_refused(channels: int) -> None:
    with pytest.raises(ValueError, match="1 to 8 channels"):
        to_stereo(np.zeros((10, channels), np.float32))
