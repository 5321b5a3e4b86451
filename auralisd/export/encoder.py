"""The encoder: finished sound into one new file, dithered where bits are lost."""

import os

import numpy as np
import soundfile

from auralisd.dsp.block import Block
from auralisd.dsp.dither import Dither
from auralisd.errors import NotWritten
from auralisd.export.formats import Format
from auralisd.export.refusing import not_written

_LONGEST_FRAMES = 16_384
_OPUS_COMPRESSION = 0.7
"""libsndfile's measure of the bit rate: about 160 kbit/s for stereo, which no listening test tells from the source."""
_MOST_WAV_BYTES = 2**32 - 4096
"""A WAV file counts its bytes in 32 bits; some of them are for its headers."""


class Encoder:
    """One stereo file, which must not be there yet.  Every method raises NotWritten."""

    def __init__(self, path: bytes, form: Format, rate_hz: int) -> None:
        self._path = path
        self._form = form
        self.frames = 0
        self._dither = Dither(form.bits, channels=2, longest=_LONGEST_FRAMES) if form.bits else None
        self._integers = np.empty((_LONGEST_FRAMES, 2), np.int16 if form.bits == 16 else np.int32)
        self._most_frames = _MOST_WAV_BYTES // (2 * (form.bits or 32) // 8) if form.container == "WAV" else None
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
            self._file = self._opened(rate_hz)
        except (OSError, soundfile.LibsndfileError) as failure:
            raise not_written(failure) from failure

    def write(self, block: Block) -> None:
        """The next frames, any number of them."""
        if self._most_frames is not None and self.frames + len(block) > self._most_frames:
            raise NotWritten("too-long", "a WAV file holds 4 GiB; choose FLAC for a track as long as this")
        for start in range(0, len(block), _LONGEST_FRAMES):
            self._write(block[start : start + _LONGEST_FRAMES])

    def close(self) -> None:
        """End the file, and see that all of it is there."""
        try:
            self._file.close()
            written = soundfile.info(os.fsdecode(self._path)).frames
        except (OSError, soundfile.LibsndfileError) as failure:
            raise not_written(failure) from failure
        if written != self.frames:
            raise not_written(None)

    def abandon(self) -> None:
        """Let go of the file, whatever is in it."""
        self._file.close()

    def _opened(self, rate_hz: int) -> soundfile.SoundFile:
        """libsndfile closes the descriptor itself, also when it refuses it."""
        form = self._form
        compression = _OPUS_COMPRESSION if form.subtype == "OPUS" else None
        return soundfile.SoundFile(
            self._fd, "w", rate_hz, 2, form.subtype, format=form.container, compression_level=compression
        )

    def _write(self, block: Block) -> None:
        frames = block
        if self._dither is not None:
            frames = self._integers[: len(block)]
            self._dither.write(np.ascontiguousarray(block), frames, frame=self.frames)
            if self._form.bits == 24:
                np.left_shift(frames, 8, out=frames)  # libsndfile takes the upper 24 of 32
        try:
            self._file.write(frames)
        except (AssertionError, OSError, soundfile.LibsndfileError) as failure:  # it asserts that all was written
            raise not_written(failure) from failure
        self.frames += len(block)
