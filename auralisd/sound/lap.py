"""Lap: where a part of the tape sounds together with the end of the part before it.  Pure."""

from typing import Final

import msgspec

from auralisd.dsp.blend import reach_frames
from auralisd.dsp.truepeak import BIN_FRAMES

LEAST_S: Final = 20.0
"""A track shorter than this is joined without a fade: most of it would be fade."""

MOST_SHARE: Final = 3
"""No fade takes more than a third of a track, so that two fades of one track never meet."""


class Lap(msgspec.Struct, frozen=True):
    """Ring positions: both songs sound from `begins_at` on, and the one that leaves no more from `ends_at` on."""

    begins_at: int
    ends_at: int
    rate_hz: int

    @property
    def frames(self) -> int:
        return self.ends_at - self.begins_at

    @property
    def middle(self) -> int:
        """From here on the song that comes is the louder one, and the current one."""
        return self.begins_at + self.frames // 2

    @property
    def touches_from(self) -> int:
        """Before this the song that leaves is as it is without the overlap."""
        return self.begins_at - reach_frames(self.rate_hz)

    @property
    def touches_to(self) -> int:
        return self.ends_at + reach_frames(self.rate_hz)


def fade_s(wished_s: float, *, leaving_s: float | None, coming_s: float | None) -> float:
    """How long two tracks of these lengths (None: not known) overlap; 0: they are joined."""
    lengths = [length for length in (leaving_s, coming_s) if length is not None]
    if wished_s <= 0.0 or any(length < LEAST_S for length in lengths):
        return 0.0
    return min(wished_s, *(length / MOST_SHARE for length in lengths)) if lengths else wished_s


def lap_before(end: int, *, seconds: float, most_frames: int, rate_hz: int) -> Lap | None:
    """The overlap that ends at ring position `end`, in whole bins of the duck; None where there is no room for one."""
    frames = min(round(seconds * rate_hz), most_frames) // BIN_FRAMES * BIN_FRAMES
    return Lap(end - frames, end, rate_hz) if frames > 0 else None
