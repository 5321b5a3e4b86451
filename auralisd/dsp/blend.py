"""Two songs over each other: the one that leaves and the one that comes, at equal power and below the ceiling.

Positions are frames of the device's rate, counted from the first frame of the overlap.  Songs do not add up as two
renders of one song do: their powers add, so that equal power keeps the loudness, and their peaks may add up to 3 dB.
Where those would pass the ceiling both songs are ducked together, by what is needed and no more, and slowly enough not
to be heard as a limiter.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from auralisd.dsp.block import Block, Planes, amplitude, make_sane
from auralisd.dsp.envelope import hann, highest_within, per_frame
from auralisd.dsp.limiter import MARGIN_DB
from auralisd.dsp.truepeak import AFTER_FRAMES, BEFORE_FRAMES, BIN_FRAMES, TruePeaks

QUANTUM_FRAMES: Final = 4_096
"""All arithmetic works on so many frames, anchored at the overlap's first: the result is the same however it is cut."""

_BINS: Final = QUANTUM_FRAMES // BIN_FRAMES

DUCK_S: Final = 0.050
"""The gain has come down so long before a peak, stays so long, and takes as long again each way: below 10 Hz."""


def reach_frames(rate_hz: int) -> int:
    """How far before and behind a peak the duck begins and ends, and so before and behind the overlap."""
    return BIN_FRAMES * (2 * _duck_bins(rate_hz) + 1) + AFTER_FRAMES + BEFORE_FRAMES + 1


def quantum_before(position: int) -> int:
    """The border of quanta at or before a position."""
    return position // QUANTUM_FRAMES * QUANTUM_FRAMES


class Blend:
    """An overlap of `frames` (a multiple of 8), from position `first` on (a multiple of `QUANTUM_FRAMES`).

    Gives as many frames as it takes; before and behind the overlap the one song or the other, bit for bit.
    """

    def __init__(self, rate_hz: int, frames: int, *, ceiling_dbtp: float, first: int) -> None:
        if frames % BIN_FRAMES or first % QUANTUM_FRAMES:
            raise ValueError(f"an overlap of {frames} frames from {first} on is not whole bins and quanta")
        self._frames = frames
        self._threshold = amplitude(ceiling_dbtp - MARGIN_DB)
        self._peaks = TruePeaks(rate_hz)
        self._reach = _duck_bins(rate_hz)
        self._window = hann(2 * self._reach + 1)
        self._at = first
        latency = BIN_FRAMES * (2 * self._reach + 1) + AFTER_FRAMES
        self._owed = latency
        self._waiting = np.zeros((2, latency), np.float32)
        self._old_overs: NDArray[np.float64] = np.zeros(4 * self._reach + 1)
        self._last_reduction = 0.0

    def process(self, leaving: Block, coming: Block) -> Block:
        """One quantum of each; gives what is finished."""
        mixed = self._mixed(leaving, coming)
        sound = np.concatenate((self._waiting, mixed), axis=1)
        self._waiting = sound[:, QUANTUM_FRAMES:].copy()
        seen = sound[:, -(QUANTUM_FRAMES + BEFORE_FRAMES + AFTER_FRAMES) :]
        reduction = self._reduction(self._overs(self._peaks.bins(seen, of_interest=self._threshold)))
        self._at += QUANTUM_FRAMES
        output = sound[:, :QUANTUM_FRAMES]
        if reduction.any():
            output = output * per_frame(1.0 - reduction, bin_frames=BIN_FRAMES)
        skipped = min(self._owed, QUANTUM_FRAMES)
        self._owed -= skipped
        return np.ascontiguousarray(output[:, skipped:].T)

    def rest(self) -> Block:
        """What was taken and not given yet; the overlap and what its duck touches must lie behind."""
        return np.ascontiguousarray(self._waiting.T)

    def _mixed(self, leaving: Block, coming: Block) -> Planes:
        """cos² + sin² is one power all the way."""
        place = (np.arange(self._at, self._at + QUANTUM_FRAMES) + 0.5) / self._frames
        angle = np.clip(place, 0.0, 1.0) * (np.pi / 2)
        mixed: Planes = leaving.T * np.cos(angle).astype(np.float32) + coming.T * np.sin(angle).astype(np.float32)
        make_sane(mixed)
        return mixed

    def _overs(self, peaks: NDArray[np.float32]) -> NDArray[np.float64]:
        """By how much of itself each bin is too loud; what lies outside the overlap is nobody's business here."""
        first = self._at - AFTER_FRAMES
        start = np.arange(first, first + QUANTUM_FRAMES, BIN_FRAMES)
        overs: NDArray[np.float64] = 1.0 - self._threshold / np.maximum(peaks.astype(np.float64), self._threshold)
        overs[(start < 0) | (start >= self._frames)] = 0.0
        return overs

    def _reduction(self, overs: NDArray[np.float64]) -> NDArray[np.float64]:
        """1 − gain at the borders of the bins that leave now.

        Each is a mean of maxima that all hold the two bins beside it, so it is no less than either of them wants.
        """
        known = np.concatenate((self._old_overs, overs))
        self._old_overs = known[_BINS:]
        if known.any():
            smooth = np.convolve(highest_within(known, 2 * self._reach + 2), self._window, mode="valid")
        else:
            smooth = np.zeros(_BINS)
        reduction = np.concatenate(((self._last_reduction,), smooth))
        self._last_reduction = float(smooth[-1])
        return reduction


def _duck_bins(rate_hz: int) -> int:
    return max(1, round(DUCK_S * rate_hz / BIN_FRAMES))
