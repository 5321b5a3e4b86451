"""Stereo and level: width, correlation, crest, and the silence at both ends, from running sums."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from auralisd.dsp.block import Planes, decibels

SILENT: Final = 10.0 ** (-90.0 / 20.0)
"""What is below is silence: the noise floor of 16 bits lies at −96 dBFS."""

_BLOCK_FRAMES: Final = 4_096


class StereoMeter:
    """Reads planes (2, frames) that come in any portions."""

    def __init__(self) -> None:
        self._frames = 0
        self._left = 0.0
        self._right = 0.0
        self._product = 0.0
        self._peak = 0.0
        self._first: int | None = None
        self._last = -1

    def feed(self, planes: Planes) -> None:
        if not planes.shape[1]:
            return
        left, right = planes
        # In blocks, because single precision loses the small beside the large in a long sum.
        for at in range(0, planes.shape[1], _BLOCK_FRAMES):
            one, other = left[at : at + _BLOCK_FRAMES], right[at : at + _BLOCK_FRAMES]
            self._left += float(one @ one)
            self._right += float(other @ other)
            self._product += float(one @ other)
        loudest = np.maximum(np.abs(left), np.abs(right))
        peak = float(loudest.max())
        self._peak = max(self._peak, peak)
        if peak > SILENT:
            self._note_ends(loudest > SILENT)
        self._frames += planes.shape[1]

    @property
    def crest_db(self) -> float | None:
        """The highest sample over the RMS of the whole; None for digital silence."""
        power = (self._left + self._right) / (2 * max(self._frames, 1))
        return decibels(self._peak) - decibels(power**0.5) if power > 0.0 else None

    @property
    def width(self) -> float:
        """RMS of the side over that of the mid; at most 10 (there is no mid)."""
        both = self._left + self._right
        mid, side = both + 2.0 * self._product, both - 2.0 * self._product
        return min(10.0, (max(side, 0.0) / mid) ** 0.5) if mid > 0.0 else 0.0 if side <= 0.0 else 10.0

    @property
    def correlation(self) -> float:
        """Of left and right, −1..1; 1 where there is no sound on one of them."""
        scale = (self._left * self._right) ** 0.5
        return max(-1.0, min(1.0, self._product / scale)) if scale > 0.0 else 1.0

    @property
    def silent_head_frames(self) -> int:
        return self._frames if self._first is None else self._first

    @property
    def silent_tail_frames(self) -> int:
        return self._frames - 1 - self._last

    def _note_ends(self, sounding: NDArray[np.bool_]) -> None:
        if self._first is None:
            self._first = self._frames + int(sounding.argmax())
        self._last = self._frames + len(sounding) - 1 - int(sounding[::-1].argmax())
