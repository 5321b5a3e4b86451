"""Sample formats: from float frames to the bytes that a device takes."""

from typing import Final, NamedTuple

import numpy as np

from auralisd.dsp.block import Block
from auralisd.dsp.dither import Dither


class SampleFormat(NamedTuple):
    """`bits` of precision in `size_bytes`; 0 bits: float."""

    bits: int
    size_bytes: int


SAMPLE_FORMATS: Final = {
    "S32_LE": SampleFormat(32, 4),
    "S24_3LE": SampleFormat(24, 3),
    "S24_LE": SampleFormat(24, 4),
    "S16_LE": SampleFormat(16, 2),
    "FLOAT_LE": SampleFormat(0, 4),
}
"""By ALSA's names, the order being that in which a device is asked for them: the finest integers first."""


class Packer:
    """Packs blocks of up to `longest` frames; dithers only where a bit is lost."""

    def __init__(self, sample_format: str, *, channels: int, longest: int) -> None:
        bits, size_bytes = SAMPLE_FORMATS[sample_format]
        self._channels = channels
        self._size_bytes = size_bytes
        self.frame_bytes = channels * size_bytes
        self._bytes = np.zeros((longest, self.frame_bytes), np.uint8)
        self._words = np.zeros((longest, channels), "<i4" if size_bytes > 2 else "<i2")
        self._dither = Dither(bits, channels=channels, longest=longest) if bits else None

    def pack(self, frames: Block, *, at: int, number: int) -> None:
        """Put `frames`, the first of which is frame `number` of all time, at frame `at` of the block."""
        packed = self._bytes[at : at + len(frames)]
        if self._dither is None:
            packed.view("<f4")[:] = frames
            return
        words = self._words[: len(frames)]
        self._dither.write(frames, words, frame=number)
        octets = words.view(np.uint8)
        if self._size_bytes == 3:
            # The three lower bytes of each little-endian word.
            octets = octets.reshape(len(frames), self._channels, 4)[:, :, :3]
            packed = packed.reshape(len(frames), self._channels, 3)
        packed[:] = octets

    def silence(self, at: int, frames: int) -> None:
        self._bytes[at : at + frames] = 0

    def block(self, frames: int) -> memoryview:
        """The first `frames` frames of the block."""
        return self._bytes[:frames].reshape(-1).data
