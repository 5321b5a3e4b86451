"""The highest true peak of each hop of a stream."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from auralisd.analysis.hops import Hops
from auralisd.dsp.block import Planes
from auralisd.dsp.truepeak import AFTER_FRAMES, BEFORE_FRAMES, BIN_FRAMES, ROW_FRAMES, TruePeaks

OF_INTEREST: Final = 10.0 ** (-15.0 / 20.0)
"""Only what lies above −15 dBFS can ever meet a limiter: a plan adds 12 dB at the most, and tone a little."""


class PeakMeter:
    """Reads planes (channels, frames) that come in any portions."""

    def __init__(self, rate_hz: int, channels: int = 2) -> None:
        self._peaks = TruePeaks(rate_hz)
        self._hops = Hops(rate_hz, np.maximum, step=BIN_FRAMES)
        # Silence before the first frame, up to the border of a bin.
        self._left = np.zeros((channels, BEFORE_FRAMES), np.float32)
        self._frames = 0

    def feed(self, planes: Planes) -> None:
        self._frames += planes.shape[1]
        self._read(np.concatenate((self._left, planes), axis=1))

    def finish(self) -> None:
        """The stream has ended: read the last frames, with silence behind them."""
        silence = np.zeros((len(self._left), ROW_FRAMES + AFTER_FRAMES), np.float32)
        self._read(np.concatenate((self._left, silence), axis=1))

    def hop_peaks(self) -> NDArray[np.float64]:
        """Linear true peak of every whole hop so far."""
        return self._hops.whole(self._frames)

    def highest(self) -> float:
        """Linear true peak of the whole stream."""
        return float(self._hops.gathered().max(initial=0.0))

    def _read(self, sound: Planes) -> None:
        ready = max(0, sound.shape[1] - BEFORE_FRAMES - AFTER_FRAMES) // ROW_FRAMES * ROW_FRAMES
        if ready:
            self._hops.feed(self._peaks.bins(sound[:, : ready + BEFORE_FRAMES + AFTER_FRAMES], of_interest=OF_INTEREST))
        self._left = sound[:, ready:].copy()
