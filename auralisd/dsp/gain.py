"""Gain: constant inside the chain, gliding in front of the device."""

import math
from typing import Final

import numpy as np

from auralisd.dsp.block import Block, Planes
from auralisd.dsp.chain import Gains

_FLOOR: Final = 1e-4
"""−80 dB: what is added to both ends, so that silence has a place on the way."""


class Gain:
    """A stage that multiplies by one factor."""

    latency_frames = 0

    def __init__(self, factor: float) -> None:
        self._factor = np.float32(factor)

    def process(self, quantum: Planes) -> Planes:
        np.multiply(quantum, self._factor, out=quantum)
        return quantum

    def gains(self) -> Gains | None:
        return None


class Glide:
    """A gain that moves evenly in dB to wherever it is sent, for the thread that feeds the device.

    Below −80 dB it moves in a straight line, so that it comes to nothing.

    It works in place, allocates no sound and leaves the samples alone at a gain of 1.
    `longest` is the largest block, in frames, that it will be given.
    """

    def __init__(self, gain: float, *, longest: int) -> None:
        self._start = gain
        self._target = gain
        self._frames = 0
        self._done = 0
        self._slope = 0.0
        self._steps = np.arange(1, longest + 1, dtype=np.float64)
        self._ramp = np.empty(longest, np.float64)
        self._factors = np.empty(longest, np.float32)

    @property
    def gain(self) -> float:
        """The gain that the last frame got."""
        if self._done >= self._frames:
            return self._target
        return (self._start + _FLOOR) * math.exp(self._slope * self._done) - _FLOOR

    def move_to(self, gain: float, *, frames: int) -> None:
        """Reach `gain` with the frame `frames` from now; 0: at once.  A glide under way is left where it is."""
        self._start = self.gain
        self._target = gain
        self._frames = frames
        self._done = 0
        if frames:
            self._slope = math.log((gain + _FLOOR) / (self._start + _FLOOR)) / frames

    def apply(self, block: Block) -> None:
        """Scale the next frames in place.  How they are cut into blocks makes no difference."""
        moving = min(len(block), self._frames - self._done)
        if moving > 0:
            self._apply_moving(block[:moving])
        else:
            moving = 0
        if self._target != 1.0 and moving < len(block):
            np.multiply(block[moving:], np.float32(self._target), out=block[moving:])

    def _apply_moving(self, block: Block) -> None:
        ramp = self._ramp[: len(block)]
        np.add(self._steps[: len(block)], self._done, out=ramp)
        np.multiply(ramp, self._slope, out=ramp)
        np.exp(ramp, out=ramp)
        np.multiply(ramp, self._start + _FLOOR, out=ramp)
        np.subtract(ramp, _FLOOR, out=ramp)
        factors = self._factors[: len(block)]
        factors[:] = ramp
        for channel in block.T:  # broadcast over the channels it would be done in a room of its own
            np.multiply(channel, factors, out=channel)
        self._done += len(block)
