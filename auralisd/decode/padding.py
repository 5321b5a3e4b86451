"""Padding: how many frames an encoder put before and behind the music, where a file says so.  Pure."""

import re
from typing import Final, NamedTuple

_SMPB: Final = re.compile(r"\s*[0-9A-F]{1,8}\s+([0-9A-F]{1,8})\s+([0-9A-F]{1,8})\s+([0-9A-F]{1,16})", re.IGNORECASE)
_MOST_DELAY: Final = 16_384
_LAVC: Final = b"Lavc"
_LAVC_DELAY: Final = 1_024


class Padding(NamedTuple):
    """`delay` frames come before the music, which has `frames`."""

    delay: int
    frames: int


def of_itunes(text: str) -> Padding | None:
    """What iTunes writes into `iTunSMPB`: numbers in hexadecimal, the second to the fourth of which are the delay, the
    padding behind and the music; None for anything else."""
    found = _SMPB.match(text)
    if found is None:
        return None
    delay, frames = int(found[1], 16), int(found[3], 16)
    return Padding(delay, frames) if delay <= _MOST_DELAY and frames else None


def delay_of_aac(first_packet: bytes) -> int:
    """The delay of FFmpeg's own encoder, which signs its first packet; 0 where nobody says."""
    return _LAVC_DELAY if _LAVC in first_packet[:256] else 0
