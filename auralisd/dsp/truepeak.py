"""True peaks: how high the waveform rises between its samples (ITU-R BS.1770-5, Annex 2).

Sound is read in rows of `ROW_FRAMES`; one matrix product gives all in-between values of all rows, and rows that
provably stay below a level of interest are left out of it.  A result depends on the samples alone.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from auralisd.dsp.block import Planes

BIN_FRAMES: Final = 8
"""Peaks are told for bins of so many frames."""

ROW_FRAMES: Final = 32
_BINS_A_ROW: Final = ROW_FRAMES // BIN_FRAMES
_TAPS: Final = 32

BEFORE_FRAMES: Final = _TAPS // 2 - 1
AFTER_FRAMES: Final = _TAPS // 2
"""In-between values at a frame need so many frames before and after it."""

_KAISER_BETA: Final = 7.0


def oversampling(rate_hz: int) -> int:
    """8 up to 48 kHz and 4 above: 20 kHz is read at most 0.14 dB low.  The 4 of the standard may be 0.55 dB low."""
    return 8 if rate_hz <= 50_000 else 4


class TruePeaks:
    """Reads peaks of planes at one rate."""

    def __init__(self, rate_hz: int) -> None:
        phases = _phases(oversampling(rate_hz))
        self._matrix = _rows_matrix(phases)
        self._most = float(np.abs(phases).sum(axis=1).max())

    def bins(self, padded: Planes, *, of_interest: float) -> NDArray[np.float32]:
        """The highest |value| of any channel in each bin, in frames and between them.

        `padded` has `BEFORE_FRAMES` more frames in front and `AFTER_FRAMES` more behind than are asked for, which
        are a multiple of `ROW_FRAMES`.  Bins that cannot rise above `of_interest` (linear) are told by their
        frames alone.
        """
        frames = padded.shape[1] - BEFORE_FRAMES - AFTER_FRAMES
        magnitudes = np.abs(padded)
        loudest = magnitudes.max(axis=0)
        peaks = _widened(loudest[BEFORE_FRAMES : BEFORE_FRAMES + frames], BIN_FRAMES)
        rows = np.lib.stride_tricks.sliding_window_view(padded, ROW_FRAMES + _TAPS - 1, axis=1)[:, ::ROW_FRAMES]
        near = np.lib.stride_tricks.sliding_window_view(loudest, ROW_FRAMES + _TAPS - 1)[::ROW_FRAMES].max(axis=1)
        chosen = np.flatnonzero(near * self._most > of_interest)
        if len(chosen):
            between = self._between(rows[:, chosen])
            by_row = peaks.reshape(-1, _BINS_A_ROW)
            by_row[chosen] = np.maximum(by_row[chosen], between)
        return peaks

    def _between(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Highest |in-between value| of `rows` (channels, rows, inputs), as (rows, bins a row)."""
        channels, count, inputs = rows.shape
        values = self._matrix @ rows.reshape(channels * count, inputs).T
        # The first axis holds what falls into one bin, so that both reductions run along long stretches of memory.
        values = values.reshape(-1, _BINS_A_ROW, channels, count)
        highest: NDArray[np.float32] = np.maximum(values.max(axis=0), -values.min(axis=0)).max(axis=1).T
        return highest


def _phases(factor: int) -> NDArray[np.float64]:
    """Windowed-sinc interpolators for the fractions 1/factor, 2/factor …, each of gain 1: (factor − 1, taps)."""
    taps = np.arange(_TAPS) - BEFORE_FRAMES
    fractions = np.arange(1, factor)[:, None] / factor
    distance = taps[None, :] - fractions
    window = np.i0(_KAISER_BETA * np.sqrt(np.clip(1.0 - (distance / (_TAPS / 2)) ** 2, 0.0, None))) / np.i0(
        _KAISER_BETA
    )
    phases = np.sinc(distance) * window
    normalised: NDArray[np.float64] = phases / phases.sum(axis=1, keepdims=True)
    return normalised


def _rows_matrix(phases: NDArray[np.float64]) -> NDArray[np.float32]:
    """Every in-between value of a row as one product: (frame in bin × phase × bin, inputs)."""
    matrix = np.zeros((BIN_FRAMES, len(phases), _BINS_A_ROW, ROW_FRAMES + _TAPS - 1), np.float32)
    for frame in range(ROW_FRAMES):
        bin_, within = divmod(frame, BIN_FRAMES)
        matrix[within, :, bin_, frame : frame + _TAPS] = phases
    return matrix.reshape(-1, matrix.shape[-1])


def _widened(values: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """The maximum of each `frames` (a power of two) neighbours; three halvings are faster than a short axis."""
    while frames > 1:
        values = np.maximum(values[::2], values[1::2])
        frames //= 2
    return values
