"""The loudness meter: K-weighted energy of a stream, hop by hop, to ITU-R BS.1770-5 and EBU Tech 3341/3342."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from auralisd.analysis import gating
from auralisd.analysis.hops import Hops
from auralisd.analysis.kweighting import sections

STEREO: Final = (1.0, 1.0)
SURROUND: Final = (1.0, 1.0, 1.0, 0.0, 1.41, 1.41)
"""5.1 in the order of WAV: the LFE does not count, the surrounds count more."""


class LoudnessMeter:
    """Measures planes (channels, frames) that come in any portions; `weights` holds one factor a channel."""

    def __init__(self, rate_hz: int, weights: Sequence[float] = STEREO) -> None:
        self._rate_hz = rate_hz
        self._weights = np.array(weights)
        self._sections = sections(rate_hz)
        self._memory = np.zeros((len(self._sections), len(weights), 2))
        self._hops = Hops(rate_hz, np.add)
        self._frames = 0

    def feed(self, planes: NDArray[np.floating[Any]]) -> None:
        if not planes.shape[1]:
            return
        # In double precision: these poles lie so near the unit circle that single precision is off by 75 dB.
        weighted, self._memory = scipy.signal.sosfilt(
            self._sections, planes.astype(np.float64), axis=1, zi=self._memory
        )
        np.square(weighted, out=weighted)
        self._hops.feed(self._weights @ weighted)
        self._frames += planes.shape[1]

    def energies(self) -> NDArray[np.float64]:
        """Energy of every whole hop so far."""
        return self._hops.whole(self._frames)

    def blocks(self) -> NDArray[np.float64]:
        """Mean squares of the gating blocks so far: those of several tracks together have one programme loudness."""
        return gating.blocks(self.energies(), self._rate_hz)

    def integrated(self) -> float | None:
        """Programme loudness in LUFS, gated; None when nothing passes the absolute gate."""
        return gating.integrated(self.blocks())

    def momentary(self) -> NDArray[np.float64]:
        """LUFS of all 400 ms windows, one each 10 ms."""
        return gating.lufs(gating.moving(self.energies(), gating.MOMENTARY_HOPS, self._rate_hz))

    def short_term(self) -> NDArray[np.float64]:
        """LUFS of all 3 s windows, one each 10 ms."""
        return gating.lufs(gating.moving(self.energies(), gating.SHORT_TERM_HOPS, self._rate_hz))

    def range_lu(self) -> float:
        """Loudness range (Tech 3342)."""
        return gating.loudness_range(self.energies(), self._rate_hz)
