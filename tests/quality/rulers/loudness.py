"""Rulers of level: loudness over time, how much a gain rides, how much range and how much peak is lost."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from auralisd.analysis.loudness import LoudnessMeter
from auralisd.dsp.block import Block

HEARD_LUFS: Final = -50.0
"""Windows below this in the source do not count for gain riding: a pause has no level that could be ridden."""

_PIECE_FRAMES: Final = 1 << 19
_STEP_HOPS: Final = 10


class Loudness(NamedTuple):
    """Integrated loudness (BS.1770-5; None: silence), range (Tech 3342) and the momentary loudness each 100 ms."""

    integrated_lufs: float | None
    range_lu: float
    momentary_lufs: NDArray[np.float64]


def loudness(sound: Block, rate_hz: int) -> Loudness:
    """Through the product's meter, which tests/conformance and a second implementation hold to the standard."""
    meter = LoudnessMeter(rate_hz)
    for start in range(0, len(sound), _PIECE_FRAMES):
        meter.feed(sound[start : start + _PIECE_FRAMES].T)
    return Loudness(meter.integrated(), meter.range_lu(), meter.momentary()[::_STEP_HOPS])


def gain_riding_db(before: Loudness, after: Loudness) -> float:
    """Standard deviation of (out − in) over all 400 ms windows whose source is above `HEARD_LUFS`.

    0 for one gain from beginning to end, whatever that gain is.
    """
    windows = min(len(before.momentary_lufs), len(after.momentary_lufs))
    heard = before.momentary_lufs[:windows] > HEARD_LUFS
    change = (after.momentary_lufs[:windows] - before.momentary_lufs[:windows])[heard]
    return float(change.std()) if len(change) else 0.0


def range_change_lu(before: Loudness, after: Loudness) -> float:
    """Loudness range out − in: negative is crushed, positive is expanded."""
    return after.range_lu - before.range_lu


def peak_to_loudness_db(true_peak_dbtp: float, integrated_lufs: float) -> float:
    """PLR: the true peak over the integrated loudness (AES TD1008)."""
    return true_peak_dbtp - integrated_lufs
