"""The resampler: one continuous stream from a source's rate to the device's, through soxr.

Tracks of one rate that follow each other stay in one stream, so that their border is as seamless as any other
place.  Once flushed, a stream has given as many frames as it took, times the ratio, rounded once; and its first
frame out is its first frame in, for soxr makes up for its own latency.
"""

from math import gcd
from typing import Final

import numpy as np
import soxr

from auralisd.dsp.block import Block

MEMORY_S: Final = 0.1
"""No frame bears on what sounds so much later."""


class Resampler:
    """Converts (frames, channels) blocks; at equal rates they pass bit for bit.

    `owed_frames` is how far the output lies behind the input, in frames of the target.
    """

    def __init__(self, source_hz: int, target_hz: int, *, channels: int = 2) -> None:
        self.source_hz = source_hz
        self.target_hz = target_hz
        self._channels = channels
        self._taken = 0
        self._given = 0
        self._recent = np.empty((0, channels), np.float32)
        self._surplus = np.empty((0, channels), np.float32)
        self._skip = 0
        self._stream: soxr.ResampleStream | None = None
        if source_hz != target_hz:
            self._stream = soxr.ResampleStream(source_hz, target_hz, channels, dtype="float32", quality="VHQ")

    def frames_for(self, source_frames: int) -> int:
        """The output frame at which the source frame `source_frames` of this stream sounds, to the nearest; and so
        the length that `source_frames` of source come to."""
        return (2 * source_frames * self.target_hz + self.source_hz) // (2 * self.source_hz)

    @property
    def owed_frames(self) -> int:
        return self.frames_for(self._taken) - self._given

    def process(self, block: Block) -> Block:
        """Take any number of frames; give those that are finished, perhaps none."""
        if self._stream is None or not len(block):
            return block
        resampled: Block = self._stream.resample_chunk(np.ascontiguousarray(block))
        self._taken += len(block)
        self._recent = np.concatenate((self._recent, block))[-round(MEMORY_S * self.source_hz) :]
        return self._due(resampled)

    def flush(self) -> Block:
        """The stream has ended: give all that is still owed."""
        nothing = np.empty((0, self._channels), np.float32)
        if self._stream is None:
            return nothing
        return self._due(self._stream.resample_chunk(nothing, last=True))

    def renewed(self, *, owed_frames: int) -> "Resampler | None":
        """One that stands where this one stood before it was flushed, when it owed so much; None when the two rates
        meet too seldom for that."""
        other = Resampler(self.source_hz, self.target_hz, channels=self._channels)
        common = gcd(self.source_hz, self.target_hz)
        step = self.source_hz // common
        start = -(-(self._taken - len(self._recent)) // step) * step
        if self._stream is None or start > self._taken:
            return None if self._stream is not None else other
        first = start // step * (self.target_hz // common)
        resampled = other.process(self._recent[start - self._taken :]) if start < self._taken else other._surplus
        given = self.frames_for(self._taken) - owed_frames
        known = given - first
        other._surplus, other._skip = resampled[max(0, known) :], max(0, known - len(resampled))
        other._taken, other._given = self._taken, given
        return other

    def _due(self, resampled: Block) -> Block:
        """What of it was not given before, in front of it what was kept back."""
        skipped = min(self._skip, len(resampled))
        self._skip -= skipped
        resampled = resampled[skipped:]
        if len(self._surplus):
            resampled, self._surplus = np.concatenate((self._surplus, resampled)), self._surplus[:0]
        self._given += len(resampled)
        return resampled
