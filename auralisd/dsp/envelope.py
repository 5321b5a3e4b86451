"""Envelopes: what every gain that moves is smoothed by and drawn with.  Pure functions on short arrays of bins."""

import numpy as np
from numpy.typing import NDArray


def hann(length: int) -> NDArray[np.float64]:
    """A Hann window of this many taps without its zero ends, whose sum is 1."""
    window = np.sin(np.pi * np.arange(1, length + 1) / (length + 1)) ** 2
    normalised: NDArray[np.float64] = window / window.sum()
    return normalised


def per_frame(borders: NDArray[np.float64], *, bin_frames: int) -> NDArray[np.float32]:
    """Straight lines from one border of a bin to the next: (bins + 1,) → (bins × bin_frames,)."""
    within = np.arange(bin_frames, dtype=np.float32) / bin_frames
    gains: NDArray[np.float32] = np.multiply(np.diff(borders).astype(np.float32)[:, None], within)
    gains += borders[:-1].astype(np.float32)[:, None]
    return gains.reshape(-1)


def highest_within(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """The maximum of each `width` neighbours, by doubling: `len(values) - width + 1` of them."""
    count = len(values) - width + 1
    covered = 1
    while covered < width:
        step = min(covered, width - covered)
        values = np.maximum(values[:-step], values[step:])
        covered += step
    return values[:count]
