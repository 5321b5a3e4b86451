"""Dynamics: how much each of three bands is held back while it is loud.

Levels are read in bins of 64 frames anchored at frame 0, smoothed, and turned into a reduction in dB by one straight
line above the threshold.  A reduction falls in a straight line too, by `MOST_REDUCTION_DB` in the release time, and
every smoothing is a short FIR: all of it is forgotten within `PREROLL_S`, so a seek gives the bytes of continuous play.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from auralisd.dsp.block import Planes
from auralisd.dsp.chain import QUANTUM_FRAMES
from auralisd.dsp.envelope import hann, per_frame
from auralisd.model.plan import BandDynamics

BIN_FRAMES: Final = 64
_BINS: Final = QUANTUM_FRAMES // BIN_FRAMES

MOST_REDUCTION_DB: Final = 6.0
"""Beyond this a band would be heard to duck."""

_CORNER_MS: Final = 10.0
"""The corner between attack and release is rounded over so much."""

_QUIETEST_POWER: Final = 1.0e-12


class BandGains:
    """The gain of one band, bin by bin."""

    def __init__(self, dynamics: BandDynamics, rate_hz: int) -> None:
        self._threshold_db = dynamics.threshold_db
        self._slope = 1.0 - 1.0 / dynamics.ratio
        bins_a_ms = rate_hz / BIN_FRAMES / 1000.0
        self._window = hann(max(1, round(2.0 * dynamics.attack_ms * bins_a_ms)))
        self._corner = hann(max(1, round(_CORNER_MS * bins_a_ms)))
        self._fall = np.arange(1, _BINS + 1) * (MOST_REDUCTION_DB / (dynamics.release_ms * bins_a_ms))
        self._old_powers: NDArray[np.float64] = np.zeros(len(self._window) - 1)
        self._old_held: NDArray[np.float64] = np.zeros(len(self._corner) - 1)
        self._last_held = 0.0
        self._last_gain = 1.0

    def follow(self, band: Planes) -> NDArray[np.float32] | None:
        """The gain of each frame of a quantum (2, QUANTUM_FRAMES) of this band; None where it is 1 throughout."""
        reduction_db = self._reduction_db(_powers(band))
        if self._last_gain == 1.0 and not reduction_db.any():
            return None
        borders = np.concatenate(((self._last_gain,), 10.0 ** (reduction_db / -20.0)))
        self._last_gain = float(borders[-1])
        return per_frame(borders, bin_frames=BIN_FRAMES)

    def _reduction_db(self, powers: NDArray[np.float64]) -> NDArray[np.float64]:
        """One value at the end of each bin."""
        known = np.concatenate((self._old_powers, powers))
        self._old_powers = known[_BINS:]
        levels_db = 10.0 * np.log10(np.maximum(np.convolve(known, self._window, mode="valid"), _QUIETEST_POWER))
        wanted = np.clip(self._slope * (levels_db - self._threshold_db), 0.0, MOST_REDUCTION_DB)
        held = self._held(wanted)
        known = np.concatenate((self._old_held, held))
        self._old_held = known[_BINS:]
        smooth: NDArray[np.float64] = np.convolve(known, self._corner, mode="valid") if known.any() else held
        return smooth

    def _held(self, wanted: NDArray[np.float64]) -> NDArray[np.float64]:
        """Let go in a straight line: a running maximum in a falling frame of reference."""
        if self._last_held == 0.0 and not wanted.any():
            return wanted
        falling = np.maximum(np.maximum.accumulate(wanted + self._fall), self._last_held) - self._fall
        held: NDArray[np.float64] = np.maximum(falling, 0.0)
        self._last_held = float(held[-1])
        return held


def _powers(band: Planes) -> NDArray[np.float64]:
    """The mean square of both channels in each bin."""
    bins = band.reshape(2, _BINS, BIN_FRAMES)
    powers: NDArray[np.float64] = np.einsum("cbf,cbf->b", bins, bins).astype(np.float64) / (2 * BIN_FRAMES)
    return powers
