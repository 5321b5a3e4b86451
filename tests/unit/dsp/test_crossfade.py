"""Crossfades of two renders of one source neither swell nor click."""

import numpy as np
import pytest

from auralisd.dsp.crossfade import crossfade
from tests.sounds import noise, sine


def test_equal_sides_pass_bit_for_bit() -> None:
    sound = noise(2000)

    assert crossfade(sound, sound.copy()).tobytes() == sound.tobytes()


def test_it_begins_with_the_old_and_ends_with_the_new() -> None:
    old, new = np.zeros((2000, 2), np.float32), np.ones((2000, 2), np.float32)

    mixed = crossfade(old, new)

    assert mixed[0].max() < 1e-5
    assert mixed[-1].min() > 1 - 1e-5
    assert (np.diff(mixed[:, 0]) > 0).all()


def test_it_never_rises_above_the_louder_side() -> None:
    old = sine(1000.0, 2000, 44_100, level_db=-6.0)

    assert np.abs(crossfade(old, old * np.float32(0.7))).max() <= np.abs(old).max()


def test_sides_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        crossfade(noise(10), noise(11))
