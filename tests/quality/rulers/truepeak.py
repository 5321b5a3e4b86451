"""A 16x true-peak meter: finer and longer than the detector that it is held against."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from auralisd.dsp.block import Block

FACTOR: Final = 16
"""Between sixteen points a full-scale wave at the Nyquist frequency is read at most 0.04 dB low."""

_TAPS: Final = 64
_KAISER_BETA: Final = 8.0
"""Flat within 0.001 dB up to 0.45 of the rate."""

_ROW_FRAMES: Final = 32
_ROWS_AT_ONCE: Final = 2_048
_SILENCE: Final = 1.0e-12


def true_peak_dbtp(sound: Block, *, but_frames: int = 0) -> float:
    """The highest point of the waveform between and on its samples, in dB; −240 in silence.

    With `but_frames` the ends are not looked at: a sound that begins within a wave has a step there.
    """
    highest = float(np.abs(sound[but_frames : len(sound) - but_frames]).max(initial=_SILENCE))
    matrix, most = _matrix()
    for plane in sound.T:
        highest = max(highest, _between(plane, but_frames, matrix, highest / most))
    return 20.0 * float(np.log10(highest))


def _between(plane: NDArray[np.float32], but_frames: int, matrix: NDArray[np.float32], of_interest: float) -> float:
    """The highest in-between value of all rows that could rise above what is known already."""
    wanted = len(plane) - 2 * but_frames
    rows = -(-max(wanted, 0) // _ROW_FRAMES)
    padded = np.zeros(rows * _ROW_FRAMES + _TAPS + but_frames, np.float32)
    source = plane[max(0, but_frames - _TAPS // 2) :]
    lead = max(0, _TAPS // 2 - but_frames)
    fitting = source[: len(padded) - lead]
    padded[lead : lead + len(fitting)] = fitting
    inputs = np.lib.stride_tricks.sliding_window_view(padded, _ROW_FRAMES + _TAPS)[::_ROW_FRAMES][:rows]
    highest = 0.0
    for start in range(0, rows, _ROWS_AT_ONCE):
        some = inputs[start : start + _ROWS_AT_ONCE]
        chosen = some[np.abs(some).max(axis=1) > of_interest]
        if len(chosen):
            highest = max(highest, float(np.abs(chosen @ matrix).max()))
    return highest


def _matrix() -> tuple[NDArray[np.float32], float]:
    """All in-between values of a row as one product, and the most that any of them makes of inputs of 1."""
    fractions = np.arange(1, FACTOR) / FACTOR
    distance = np.arange(-_TAPS // 2, _TAPS // 2)[:, None] - fractions[None, :]
    inside = np.clip(1.0 - (distance / (_TAPS / 2)) ** 2, 0.0, None)
    phases = np.sinc(distance) * np.i0(_KAISER_BETA * np.sqrt(inside)) / np.i0(_KAISER_BETA)
    phases /= phases.sum(axis=0)
    matrix = np.zeros((_ROW_FRAMES + _TAPS, _ROW_FRAMES, FACTOR - 1), np.float32)
    for frame in range(_ROW_FRAMES):
        matrix[frame : frame + _TAPS, frame] = phases
    return matrix.reshape(len(matrix), -1), float(np.abs(phases).sum(axis=0).max())
