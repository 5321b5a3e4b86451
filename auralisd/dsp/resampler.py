"""The resampler: one continuous stream from a source's rate to the device's, through soxr.

Tracks of one rate that follow each other stay in one stream, so that their border is as seamless as any other
place.  Once flushed, a stream has given as many frames as it took, times the ratio, rounded once; and its first
frame out is its first frame in, for soxr makes up for its own latency.
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
        self._stream: soxr.ResampleStream | None = None
        if source_hz != target_hz:
            self._stream = soxr.ResampleStream(source_hz, target_hz, channels, dtype="float32", quality="VHQ")

    def frames_for(self, source_frames: int) -> int:
        """The output frame at which the source frame `source_frames` of this stream sounds, to the nearest; and so
        the length that `source_frames` of source come to."""
        return (2 * source_frames * self.target_hz + self.source_hz) // (2 * self.source_hz)

    def process(self, block: Block) -> Block:
        """Take any number of frames; give those that are finished, perhaps none."""
        if self._stream is None or not len(block):
            return block
        resampled: Block = self._stream.resample_chunk(np.ascontiguousarray(block))
        return resampled

    def flush(self) -> Block:
        """The stream has ended: give all that is still owed."""
        nothing = np.empty((0, self._channels), np.float32)
        if self._stream is None:
            return nothing
        rest: Block = self._stream.resample_chunk(nothing, last=True)
        return rest
