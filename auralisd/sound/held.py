"""Held: frames that were rendered and wait to be written, because there is no room yet or because another song may come
in over them."""

from collections import deque

import numpy as np

from auralisd.dsp.block import Block
from auralisd.sound.voice import SILENCE


class Held:
    def __init__(self) -> None:
        self._blocks: deque[Block] = deque()
        self.frames = 0

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
        self._blocks.clear()
        self.frames = 0
