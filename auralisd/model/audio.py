"""Formats and frames.  A frame is one sample of every channel; every length in the product counts frames."""

import msgspec

MAX_CHANNELS = 8
MIN_RATE_HZ = 8_000
MAX_RATE_HZ = 192_000

OPTIONAL_CODECS = frozenset({"aac", "alac", "ape", "musepack", "tta", "wavpack", "wma"})
"""What cannot be decoded without an optional part, whose absence is no fault."""


class AudioFormat(msgspec.Struct, frozen=True):
    """What a decoder delivers.  `bits` is the precision of the source: 8..32, 0 for lossy and float sources."""

    rate_hz: int
    channels: int
    bits: int = 0


def frames_to_us(frames: int, rate_hz: int) -> int:
    """Frames as whole microseconds, the unit of MPRIS; rounds down so that it never passes the end."""
    return frames * 1_000_000 // rate_hz


def us_to_frames(us: int, rate_hz: int) -> int:
    """The frame nearest to a position in microseconds.

    Nearest, not floor: `us_to_frames(frames_to_us(n, r), r) == n` for every rate up to 192 kHz.
    """
    return (us * rate_hz + 500_000) // 1_000_000
