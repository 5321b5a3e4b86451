"""Folding: FFmpeg's frames, of whatever kind and changing on the way, as blocks of one rate and as many channels."""

from typing import Any, Final

import av
import numpy as np

from auralisd.dsp.block import Block
from auralisd.model.audio import MAX_RATE_HZ, AudioFormat

_BITS: Final = {"u8": 8, "s16": 16, "s32": 24}
"""What lossless codecs give: 24 bits come in 32."""
_FROM_INTEGER: Final = {"u8": 2.0**-7, "s16": 2.0**-15, "s32": 2.0**-31, "s64": 2.0**-63}
_TYPES: Final = {
    "u8": np.uint8,
    "s16": np.int16,
    "s32": np.int32,
    "s64": np.int64,
    "flt": np.float32,
    "dbl": np.float64,
}
_U8_ZERO: Final = 128.0


class Folding:
    """The first frame says what all shall be; a frame of another kind is resampled into that."""

    format: AudioFormat

    def __init__(self, *, lossless: bool) -> None:
        self._lossless = lossless
        self._kind: tuple[int, str] | None = None
        self._resampler: Any = None
        self._resamples: tuple[int, str] | None = None

    @property
    def is_plain(self) -> bool:
        """False once frames are resampled: those lie where the count says."""
        return self._resampler is None

    def blocks(self, frame: Any) -> list[Block]:
        kind = (frame.sample_rate, frame.layout.name)
        rate_hz, layout = self._kind or self._begin(frame)
        if self._resampler is None and kind == (rate_hz, layout):
            return [_floats(frame)]
        if kind != self._resamples:
            self._resamples = kind
            self._resampler = av.AudioResampler("flt", layout, rate_hz)
        frame.pts = None
        return [_floats(each) for each in self._resampler.resample(frame)]

    def forget(self) -> None:
        """The next frame follows nothing."""
        self._resampler = self._resamples = None

    def _begin(self, first: Any) -> tuple[int, str]:
        rate_hz = _slow(first.sample_rate)
        bits = _BITS.get(_plain(first), 0) if self._lossless else 0
        self.format = AudioFormat(rate_hz, first.layout.nb_channels, bits)
        self._kind = (rate_hz, first.layout.name)
        return self._kind


def _slow(rate_hz: int) -> int:
    """Direct stream digital is so fast that most of it is noise."""
    while rate_hz > MAX_RATE_HZ:
        rate_hz //= 2
    return rate_hz


def _plain(frame: Any) -> str:
    """The kind of the samples, however they are laid."""
    return str(frame.format.name).removesuffix("p")


def _floats(frame: Any) -> Block:
    """(frames, channels) as float32; what is no number becomes silence.

    Read plane by plane: PyAV counts one too many where there are eight, and its own arrays read what is no memory.
    """
    kind, channels = _plain(frame), frame.layout.nb_channels
    planar = frame.format.is_planar
    samples = [
        np.frombuffer(frame.planes[number], _TYPES[kind])[: frame.samples * (1 if planar else channels)]
        for number in range(channels if planar else 1)
    ]
    laid = np.stack(samples, axis=1) if planar else samples[0].reshape(-1, channels)
    block: Block = laid.astype(np.float32)
    if kind in _FROM_INTEGER:
        if kind == "u8":
            block -= np.float32(_U8_ZERO)
        block *= np.float32(_FROM_INTEGER[kind])
    elif not np.isfinite(block).all():
        np.nan_to_num(block, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    return block
