"""Joins: how one track follows another."""

import math

import msgspec

LONGEST_CROSSFADE_S = 12.0

PAUSE_S = 1.0
"""The silence between two tracks where they are not to follow without a gap."""


class Joins(msgspec.Struct, frozen=True):
    """`gapless`: a track follows the one before it at its very last frame; else after PAUSE_S of silence.

    `crossfade_s` (0..12, 0 = none): so long it comes in over the end of the one before it, whatever `gapless` says,
    but never inside an album that is played in order.  `on_skip`: also where the listener goes to another track.
    """

    gapless: bool = True
    crossfade_s: float = 0.0
    on_skip: bool = False

    def overlap_s(self, *, in_album: bool) -> float:
        """How long two tracks sound together; below 0 it is the silence between them."""
        if self.crossfade_s > 0.0 and not in_album:
            return self.crossfade_s
        return 0.0 if self.gapless else -PAUSE_S


def is_crossfade(value: float) -> bool:
    """True for a finite number in 0..12."""
    return math.isfinite(value) and 0.0 <= value <= LONGEST_CROSSFADE_S
