"""Rulers of tone: 1/3-octave levels, their distance from an aim, and how different two renders are."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from auralisd.dsp.block import Block

Levels = NDArray[np.float64]
"""One value in dB for each centre."""

CENTRES_HZ: Final = tuple(1000.0 * 10.0 ** (band / 10.0) for band in range(-16, 14))
"""Exact centres of IEC 61260-1 (base 10), 25 Hz to 20 kHz."""

NOTHING_THERE_DB: Final = -25.0
"""A band so far below the aim holds what a codec left of it, and no tone that could be judged."""

_FRAME_S: Final = 0.18
_FLOOR: Final = 1.0e-15
_FULL_WEIGHT_HZ: Final = (60.0, 12_500.0)
_NO_WEIGHT_HZ: Final = (30.0, 20_000.0)
_COMPARED_HZ: Final = (45.0, 16_500.0)


def third_octaves(sound: Block, rate_hz: int) -> Levels:
    """Mean level in each band (dB re a mean square of 1, mean of both channels), from Hann frames end to end."""
    size = 1 << round(np.log2(rate_hz * _FRAME_S))
    padded = np.zeros((max(1, -(-len(sound) // size)) * size, 2), np.float32)
    padded[: len(sound)] = sound
    window = np.sin(np.pi * (np.arange(size) + 0.5) / size) ** 2
    power = np.zeros(size // 2 + 1)
    for frame in padded.reshape(-1, size, 2):
        power += (np.abs(np.fft.rfft(frame.T * window)) ** 2).sum(axis=0)
    # One-sided (x 2) and the mean of two channels (/ 2) cancel.
    power /= max(len(sound), 1) * size * float((window**2).mean())
    levels: Levels = 10.0 * np.log10(np.maximum(_shares(size, rate_hz) @ power, _FLOOR))
    return levels


def aim_distance_db(levels: Levels, aim: Levels) -> float:
    """Weighted RMS distance from the aim, once the level at which it is smallest has been found.

    Full weight from 60 Hz to 12.5 kHz, falling over log frequency to none at 30 Hz and 20 kHz.  Bands more than 25 dB
    below the aim do not count.
    """
    weights = band_weights()
    for _ in range(2):  # what counts depends on the level, and the level on what counts
        shift = float((weights * (levels - aim)).sum() / weights.sum())
        weights = np.where(levels - aim - shift > NOTHING_THERE_DB, band_weights(), 0.0)
    rest = levels - aim - float((weights * (levels - aim)).sum() / weights.sum())
    return float(np.sqrt((weights * rest**2).sum() / weights.sum()))


def difference_db(one: Levels, other: Levels, *, louder_lu: float) -> float:
    """RMS over the bands from 50 Hz to 16 kHz of (one − other), after taking off the difference in loudness."""
    centres = np.array(CENTRES_HZ)
    compared = (centres > _COMPARED_HZ[0]) & (centres < _COMPARED_HZ[1]) & (np.maximum(one, other) > -120.0)
    change = (one - other - louder_lu)[compared]
    return float(np.sqrt((change**2).mean())) if len(change) else 0.0


def band_weights() -> Levels:
    """How much each band counts for `aim_distance_db`."""
    corners = np.log([_NO_WEIGHT_HZ[0], *_FULL_WEIGHT_HZ, _NO_WEIGHT_HZ[1]])
    weights: Levels = np.interp(np.log(CENTRES_HZ), corners, [0.0, 1.0, 1.0, 0.0])
    return weights


def _shares(size: int, rate_hz: int) -> NDArray[np.float64]:
    """The part of each bin that lies in each band: (bands, bins)."""
    width = rate_hz / size
    bins = np.arange(size // 2 + 1) * width
    centres = np.array(CENTRES_HZ)[:, None]
    low, high = centres * 10.0**-0.05, centres * 10.0**0.05
    shares: NDArray[np.float64] = (
        np.clip(np.minimum(high, bins + width / 2) - np.maximum(low, bins - width / 2), 0.0, None) / width
    )
    return shares
