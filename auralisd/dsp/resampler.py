"""The resampler: one continuous stream from a source's rate to the device's, through soxr.

Tracks of one rate that follow each other stay in one stream, so that their border is as seamless as any other
place.  What is owed is counted in frames: after `flush`, out = in × ratio, rounded once.
"""

import numpy as np
import soxr

from auralisd.dsp.block import Block


class Resampler:
    """Converts (frames, channels) blocks; at equal rates they pass bit for bit."""

    def __init__(self, source_hz: int, target_hz: int, *, channels: int = 2) -> None:
        self.source_hz = source_hz
        self.target_hz = target_hz
        self._channels = channels
        self._taken = 0
        self._given = 0
        self._stream: soxr.ResampleStream | None = None
        if source_hz != target_hz:
            self._stream = soxr.ResampleStream(source_hz, target_hz, channels, dtype="float32", quality="VHQ")

    def frames_for(self, source_frames: int) -> int:
        """The output frame at which the source frame `source_frames` of this stream sounds, to the nearest."""
        return (2 * source_frames * self.target_hz + self.source_hz) // (2 * self.source_hz)

    def process(self, block: Block) -> Block:
        """Take any number of frames; give those that are finished, perhaps none."""
        self._taken += len(block)
        if self._stream is None:
            self._given += len(block)
            return block
        if not len(block):
            return block
        return self._owed(self._stream.resample_chunk(np.ascontiguousarray(block)))

    def flush(self) -> Block:
        """The stream has ended: give all that is still owed, exactly."""
        empty = np.empty((0, self._channels), np.float32)
        if self._stream is None:
            return empty
        last = self._owed(self._stream.resample_chunk(empty, last=True))
        missing = self.frames_for(self._taken) - self._given
        if missing > 0:
            last = np.concatenate((last, np.zeros((missing, self._channels), np.float32)))
            self._given += missing
        return last

    def _owed(self, resampled: Block) -> Block:
        """Never more than the length owed for what was taken."""
        owed = resampled[: self.frames_for(self._taken) - self._given]
        self._given += len(owed)
        return owed
