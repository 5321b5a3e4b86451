"""Excerpts: enough of a track that was never measured to plan it by, in the moment between Play and the first sound."""

import time
from collections.abc import Callable
from typing import Final

import numpy as np

from auralisd.analysis.provisional import profile_from_excerpts
from auralisd.decode.decoder import Decoder
from auralisd.dsp.block import Block
from auralisd.errors import TrackUnreadable
from auralisd.model.profile import SoundProfile

_PIECE_S: Final = 0.4
"""One gating block of ITU-R BS.1770.  Many short pieces tell more than few long ones: 48 of 0.4 s come within 0.8 LU of
the full measurement, 24 of 1 s within 1.3, and take the same time (docs/mastering.md)."""

_ORDER: Final = tuple(
    12 * quarter + place for place in (0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11) for quarter in (0, 2, 1, 3)
)
"""Whenever the time is up, what was taken is spread over the whole track."""

_FEWEST: Final = 4
_DECODING_S: Final = 0.060
"""The arithmetic takes about twice as long."""


def provisional_profile(decoder: Decoder, clock_s: Callable[[], float] = time.monotonic) -> SoundProfile:
    """Look at 48 pieces of 0.4 s, or at fewer where decoding is slow; leaves the decoder anywhere."""
    sound = decoder.format
    piece = round(_PIECE_S * sound.rate_hz)
    began_s = clock_s()
    excerpts: list[Block] = []
    for start in _starts(decoder.frames, piece):
        if len(excerpts) >= _FEWEST and clock_s() - began_s > _DECODING_S:
            break
        excerpts.append(_excerpt(decoder, start, piece))
    return profile_from_excerpts(excerpts, sound.rate_hz, sound.channels, decoder.frames or 0)


def _starts(frames: int | None, piece: int) -> list[int]:
    """Where the pieces begin: each in the middle of its share, or one after the other from the start."""
    if frames is None or frames <= len(_ORDER) * piece:
        starts = range(0, len(_ORDER) * piece, piece)
        return [start for start in starts if frames is None or start < frames]
    share = frames // len(_ORDER)
    return [number * share + (share - piece) // 2 for number in _ORDER]


def _excerpt(decoder: Decoder, start: int, piece: int) -> Block:
    """A piece from `start` on, or what of it can be read; damage there is met again when it is played."""
    try:
        decoder.seek(start)
        return decoder.read(piece)
    except TrackUnreadable:
        return np.empty((0, decoder.format.channels), np.float32)
