"""Clock: at which frame a block lies, from the time stamps of its container.  Pure.

Containers count in ticks of their own, some coarser than a frame; what lies between two stamps is counted.
"""

from fractions import Fraction
from math import ceil
from typing import Final

_LONGEST_GAP_S: Final = 30
_SHORT_GAP_S: Final = 0.5
"""Where more is missing, or a stamp is nonsense, nobody waits for so long: the rest moves up to a short gap."""


class Clock:
    """`frames_a_tick` may be a fraction; `origin` is the stamp of frame 0; `block_frames` is how long the blocks of the
    codec are, 0 where they differ; up to `slack` frames a stamp may lie beside the count and mean nothing."""

    def __init__(
        self, rate_hz: int, frames_a_tick: Fraction, block_frames: int, *, origin: Fraction, slack: int
    ) -> None:
        self._frames_a_tick = frames_a_tick
        self._origin = origin
        self._block_frames = block_frames if frames_a_tick > 1 else 0
        self._phase = 0
        self._slack = max(slack, self._block_frames // 2, 2 * ceil(frames_a_tick))
        self._longest = _LONGEST_GAP_S * rate_hz
        self._short = round(_SHORT_GAP_S * rate_hz)

    def ticks(self, frame: int) -> int:
        """The last tick that is not behind this frame."""
        return int((frame / self._frames_a_tick + self._origin) // 1)

    def frame(self, stamp: int) -> int:
        return round((stamp - self._origin) * self._frames_a_tick)

    def in_step(self, frame: int) -> None:
        """A block begins at this frame, so that all others begin on its grid."""
        self._phase = frame % self._block_frames if self._block_frames else 0

    def frame_after_jump(self, stamp: int) -> int:
        """Where a block lies that follows nothing."""
        frame = self.frame(stamp)
        if not self._block_frames:
            return frame
        return self._phase + self._block_frames * round((frame - self._phase) / self._block_frames)

    def frame_in_turn(self, stamp: int, expected: int) -> int:
        """Where a block lies that should follow at `expected`: there, or further on where something is missing."""
        ahead = self.frame(stamp) - expected
        if abs(ahead) <= self._slack:
            return expected
        if 0 < ahead <= self._longest:
            return max(expected, self.frame_after_jump(stamp))
        gap = self._short if ahead > 0 else 0  # backwards: another stream begins
        self._origin += (ahead - gap) / self._frames_a_tick
        return expected + gap
