"""The limiter: brings down what would pass the ceiling, just before it comes, and lets go slowly.

Gain is computed for bins of 8 frames anchored at frame 0.  The chain of proof that no sample passes: every
smoothed gain is a mean of held gains, each held gain is at most what any bin in its reach allows, and between
two bins the gain runs straight from one such mean to the next.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from auralisd.dsp.block import Planes, amplitude
from auralisd.dsp.chain import QUANTUM_FRAMES, READING_FRAMES, Gains
from auralisd.dsp.envelope import hann, highest_within, per_frame
from auralisd.dsp.truepeak import AFTER_FRAMES, BEFORE_FRAMES, BIN_FRAMES, TruePeaks

LOOK_AHEAD_S: Final = 0.005
HOLD_S: Final = 0.004
"""A reduction stays whole for so long.  With the look-ahead it spans the crests of any wave above 55 Hz, so that the
gain does not follow it, which would distort bass and shake the treble in its rhythm (6 dB over: THD+N of 50 Hz −44 dB
without, −83 with it; SMPTE intermodulation −43 and −99).  Longer, it would take more from the music than it spares."""

FAST_RELEASE_S: Final = 0.040
"""Time constant of the full depth: short enough not to pump, long enough not to follow a 100 Hz wave."""

SLOW_DEPTH: Final = 0.5
SLOW_RELEASE_S: Final = 0.6
"""Half the depth lingers and falls in a straight line, so that it has truly ended after 0.6 s at the most.
An exponential never ends: after a seek it would have to be known where it came from."""

FORGOTTEN: Final = 1.0e-5
"""A fast release below this (0.0001 dB) is over: 0.46 s after full depth, for the same reason."""

MARGIN_DB: Final = 0.25
"""The detector works this much below the ceiling, because it reads up to 0.14 dB low at 20 kHz."""

_BINS: Final = QUANTUM_FRAMES // BIN_FRAMES


class Limiter:
    """A look-ahead limiter for stereo planes at one rate; both channels get the same gain."""

    def __init__(self, rate_hz: int, ceiling_dbtp: float) -> None:
        self._threshold = amplitude(ceiling_dbtp - MARGIN_DB)
        self._peaks = TruePeaks(rate_hz)
        self._reach = max(2, round(LOOK_AHEAD_S * rate_hz / BIN_FRAMES))
        self._window = hann(self._reach)
        self._hold = round(HOLD_S * rate_hz / BIN_FRAMES)
        self._release = _Release(rate_hz / BIN_FRAMES)
        # What the next quantum still needs of this one.
        self._waiting = np.zeros((2, self.latency_frames), np.float32)
        self._old_peaks: NDArray[np.float64] = np.zeros(self._reach + 1 + self._hold)
        self._old_held: NDArray[np.float64] = np.zeros(self._reach - 1)
        self._last_reduction = 0.0
        self._gains: Gains | None = None

    @property
    def latency_frames(self) -> int:
        """The look-ahead, one bin on each side of it and the detector's own reach, in whole bins."""
        return BIN_FRAMES * (self._reach + 1) + AFTER_FRAMES

    def gains(self) -> Gains | None:
        return self._gains

    def process(self, quantum: Planes) -> Planes:
        sound = np.concatenate((self._waiting, quantum), axis=1)
        self._waiting = sound[:, QUANTUM_FRAMES:].copy()
        seen = sound[:, -(QUANTUM_FRAMES + BEFORE_FRAMES + AFTER_FRAMES) :]
        new_peaks = self._peaks.bins(seen, of_interest=self._threshold)
        peaks: NDArray[np.float64] = np.concatenate((self._old_peaks, new_peaks))
        self._old_peaks = peaks[_BINS:]
        reduction = self._reduction(peaks)
        self._gains = _readings(1.0 - reduction, peaks[self._hold : self._hold + _BINS])
        output = sound[:, :QUANTUM_FRAMES]
        if not reduction.any():
            return output
        return output * per_frame(1.0 - reduction, bin_frames=BIN_FRAMES)

    def _reduction(self, peaks: NDArray[np.float64]) -> NDArray[np.float64]:
        """1 − gain at the `_BINS + 1` borders of the bins that leave now."""
        wanted = 1.0 - self._threshold / np.maximum(peaks, self._threshold)
        held = self._release.follow(highest_within(wanted, self._reach + 2 + self._hold))
        held = np.concatenate((self._old_held, held))
        self._old_held = held[_BINS:]
        smooth = np.convolve(held, self._window, mode="valid") if held.any() else np.zeros(_BINS)
        reduction = np.concatenate(((self._last_reduction,), smooth))
        self._last_reduction = float(smooth[-1])
        return reduction


class _Release:
    """How a reduction is let go: the deeper of a fast fall and a slow one of half its depth.

    Both are running maxima in a moving frame of reference (max-plus algebra), so there is no loop over bins.
    """

    def __init__(self, bins_a_second: float) -> None:
        steps = np.arange(1, _BINS + 1)
        self._fall = np.exp(-steps / (FAST_RELEASE_S * bins_a_second))
        self._slope = steps * (SLOW_DEPTH / (SLOW_RELEASE_S * bins_a_second))
        self._fast = 0.0
        self._slow = 0.0

    def follow(self, wanted: NDArray[np.float64]) -> NDArray[np.float64]:
        if self._fast == 0.0 and self._slow == 0.0 and not wanted.any():
            return wanted
        fast = np.maximum(np.maximum.accumulate(wanted / self._fall), self._fast) * self._fall
        fast[fast < FORGOTTEN] = 0.0
        slow = np.maximum(np.maximum.accumulate(SLOW_DEPTH * wanted + self._slope), self._slow) - self._slope
        np.maximum(slow, 0.0, out=slow)
        self._fast, self._slow = float(fast[-1]), float(slow[-1])
        held: NDArray[np.float64] = np.maximum(np.maximum(fast, slow), wanted)
        return held


def _readings(borders: NDArray[np.float64], peaks: NDArray[np.float64]) -> Gains:
    lowest = np.minimum(borders[:-1], borders[1:]).reshape(-1, READING_FRAMES // BIN_FRAMES)
    behind = peaks.reshape(lowest.shape) * borders[:-1].reshape(lowest.shape)
    return Gains(lowest.min(axis=1), behind.max(axis=1))
