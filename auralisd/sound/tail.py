"""Tail: what was rendered and is not on the tape yet, because there is no room or because another song may come in over
it, and the resampler that the next song may go on with.  Only the render thread uses it."""

from collections import deque

import numpy as np

from auralisd.dsp.block import Block
from auralisd.dsp.resampler import Resampler
from auralisd.sound.voice import SILENCE


class Tail:
    """`left` is the resampler of the stream that has ended, as it was left: it still owes its last frames."""

    def __init__(self) -> None:
        self.frames = 0
        self.left: Resampler | None = None
        self._blocks: deque[Block] = deque()
        self._spent: tuple[Resampler, int] | None = None

    def add(self, block: Block) -> None:
        if len(block):
            self._blocks.append(block)
            self.frames += len(block)

    def first(self, most_frames: int) -> Block:
        """Up to so many of the oldest frames, as they lie together."""
        return self._blocks[0][:most_frames] if self._blocks else SILENCE

    def drop(self, frames: int) -> None:
        """The oldest frames, no more than `first` gives."""
        if frames == len(self._blocks[0]):
            self._blocks.popleft()
        else:
            self._blocks[0] = self._blocks[0][frames:]
        self.frames -= frames

    def take_all(self) -> Block:
        blocks = tuple(self._blocks)
        self.clear()
        return np.concatenate((SILENCE, *blocks))

    def clear(self) -> None:
        """Nothing is rendered ahead, and nothing goes on."""
        self._blocks.clear()
        self.frames = 0
        self.left = self._spent = None

    def let_go(self) -> None:
        """Nothing goes on with the stream that has ended: what its resampler still owes comes now."""
        left, self.left = self.left, None
        if left is not None:
            self._spent = left, left.owed_frames
            self.add(left.flush())

    def go_further(self) -> None:
        """What follows has begun: the resampler that let go before is of no use any more."""
        self._spent = None

    def renew(self) -> tuple[Resampler, int] | None:
        """The resampler as it was before it let go, and how many frames came because it did; once."""
        spent, self._spent = self._spent, None
        if spent is None:
            return None
        renewed = spent[0].renewed(owed_frames=spent[1])
        return None if renewed is None else (renewed, spent[1])
