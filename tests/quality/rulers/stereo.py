"""Rulers of the stereo image: the fold to mono, the side in the bass, correlation over time."""

from typing import Final, NamedTuple

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from auralisd.dsp.block import Block
from tests.quality.rulers.loudness import loudness

BASS_HZ: Final = 120.0
CORRELATED: Final = 0.2
"""Windows whose source correlates at least so much must not turn negative."""

_WINDOW_S: Final = 3
_HEARD_DB: Final = -60.0
_SILENCE: Final = 1.0e-15


class Correlation(NamedTuple):
    """Pearson correlation of left and right (0 where a channel is silent) and RMS in dB, in windows of 3 s each 1 s."""

    values: NDArray[np.float64]
    levels_db: NDArray[np.float64]


def fold_down_lufs(sound: Block, rate_hz: int) -> float | None:
    """Loudness of (L + R)/2 on both channels: what one loudspeaker gives."""
    mono = (sound[:, :1] + sound[:, 1:]) * np.float32(0.5)
    return loudness(np.repeat(mono, 2, axis=1), rate_hz).integrated_lufs


def side_in_bass_db(sound: Block, rate_hz: int) -> float:
    """RMS of the side (L − R)/2 over that of the mid (L + R)/2 below 120 Hz (Butterworth, 8th order)."""
    low = scipy.signal.butter(8, BASS_HZ, fs=rate_hz, output="sos")
    mid, side = (
        float((scipy.signal.sosfilt(low, plane.astype(np.float64)) ** 2).mean())
        for plane in ((sound[:, 0] + sound[:, 1]) * 0.5, (sound[:, 0] - sound[:, 1]) * 0.5)
    )
    return 10.0 * float(np.log10(max(side, _SILENCE) / max(mid, _SILENCE)))


def correlation(sound: Block, rate_hz: int) -> Correlation:
    """A sound shorter than a window is one window."""
    seconds = max(1, len(sound) // rate_hz)
    parts = np.array_split(sound[: seconds * rate_hz], seconds)
    sums = np.array([_sums(part.astype(np.float64)) for part in parts])
    width = min(_WINDOW_S, seconds)
    left, right, both, frames = np.lib.stride_tricks.sliding_window_view(sums, width, axis=0).sum(axis=2).T
    together = np.sqrt(left * right)
    values = np.divide(both, together, out=np.zeros_like(both), where=together > _SILENCE * frames)
    return Correlation(values, 10.0 * np.log10(np.maximum((left + right) / (2.0 * frames), _SILENCE)))


def lowest_where_correlated(before: Correlation, after: Correlation) -> float:
    """The lowest correlation out, of all heard windows whose source had at least `CORRELATED`; 1 when there is none."""
    asked = (before.values >= CORRELATED) & (before.levels_db > _HEARD_DB)
    return float(after.values[asked].min(initial=1.0))


def _sums(part: NDArray[np.float64]) -> tuple[float, float, float, float]:
    left, right = part.T
    return float(left @ left), float(right @ right), float(left @ right), float(len(part))
