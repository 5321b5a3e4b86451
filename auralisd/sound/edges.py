"""Edges: the short fall and rise where sound is cut, and begins in the middle.  For the thread that feeds the device.

A raised cosine: so smooth that nothing is heard of it above the music's own treble.
"""

from typing import Final

import numpy as np

from auralisd.dsp.block import Block

EDGE_S: Final = 0.010


class Edges:
    """Of one opening of the device.  Works in place and allocates no sound.

    `longest` is the largest block, in frames, that it will be given.
    """

    def __init__(self, rate_hz: int, *, longest: int) -> None:
        self.frames = min(longest, max(1, round(EDGE_S * rate_hz)))
        turn = np.pi * (np.arange(self.frames) + 0.5) / self.frames
        self._rise = (0.5 - 0.5 * np.cos(turn)).astype(np.float32)
        self._fall = self._rise[::-1].copy()
        self._rises_at: int | None = None

    def rise_from(self, ring_at: int | None) -> None:
        """The frames from this place in the ring on come up from nothing; None: none do."""
        self._rises_at = ring_at

    def rise(self, block: Block, ring_at: int) -> int:
        """However often the same frames are written, they rise alike: how many of these do."""
        begin = -1 if self._rises_at is None else ring_at - self._rises_at
        if not 0 <= begin < self.frames:
            return 0
        rising = block[: self.frames - begin]
        _scale(rising, self._rise[begin : begin + len(rising)])
        return len(rising)

    def fall(self, block: Block) -> None:
        """The block dies away over its first `frames`, and is silent behind them."""
        _scale(block[: self.frames], self._fall[: len(block)])
        block[self.frames :] = 0.0


def _scale(block: Block, factors: Block) -> None:
    for channel in block.T:  # broadcast over the channels it would be done in a room of its own
        np.multiply(channel, factors, out=channel)
