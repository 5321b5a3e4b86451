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

_TWELFTHS: Final = (0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11)
"""Whenever the time is up, what was taken is spread over the whole track."""

_FEWEST: Final = 3
_BUDGET_S: Final = 0.050
"""For decoding; the arithmetic takes about 30 ms more."""


def provisional_profile(decoder: Decoder, clock_s: Callable[[], float] = time.monotonic) -> SoundProfile:
    """Look at 12 pieces of 1 s, or at fewer where decoding is slow; leaves the decoder anywhere."""
    sound = decoder.format
    began_s = clock_s()
    excerpts: list[Block] = []
    for start in _starts(decoder.frames, sound.rate_hz):
        if len(excerpts) >= _FEWEST and clock_s() - began_s > _BUDGET_S:
            break
        excerpt = _excerpt(decoder, start)
        if len(excerpt):
            excerpts.append(excerpt)
    return profile_from_excerpts(excerpts, sound.rate_hz, sound.channels, decoder.frames or 0)


def _starts(frames: int | None, rate_hz: int) -> list[int]:
    """Where the pieces begin: each in the middle of its twelfth, or one after the other at the start."""
    if frames is None or frames <= len(_TWELFTHS) * rate_hz:
        return [second * rate_hz for second in range(len(_TWELFTHS)) if frames is None or second * rate_hz < frames]
    twelfth = frames // len(_TWELFTHS)
    return [number * twelfth + (twelfth - rate_hz) // 2 for number in _TWELFTHS]


def _excerpt(decoder: Decoder, start: int) -> Block:
    """One second from `start` on, or what of it can be read; damage there is met again when it is played."""
    try:
        decoder.seek(start)
        return decoder.read(decoder.format.rate_hz)
    except TrackUnreadable:
        return np.empty((0, decoder.format.channels), np.float32)
