"""Counting: how long a stream of MP3 or AAC frames is of which nothing says it, frame by frame.

A stream without a header has no length; an estimate from its first bit rate is off by half where that varies.
"""

import mmap
from collections.abc import Callable
from typing import Final

_MOST_BYTES: Final = 2**29
"""A larger file is estimated."""
_SYNC: Final = b"\xff"

_MP3_KBIT_1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_MP3_KBIT_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_MP3_RATES_HZ: Final = {3: (44_100, 48_000, 32_000, 0), 2: (22_050, 24_000, 16_000, 0), 0: (11_025, 12_000, 8_000, 0)}
_AAC_RATES_HZ: Final = (
    96_000,
    88_200,
    64_000,
    48_000,
    44_100,
    32_000,
    24_000,
    22_050,
    16_000,
    12_000,
    11_025,
    8_000,
    7_350,
    0,
    0,
    0,
)
_AAC_HEAD_BYTES: Final = 7

_SLACK: Final = 0.02
_SLACK_BYTES: Final = 65_536

Head = Callable[[bytes], tuple[int, float]]


def falls_short(counted_bytes: float, there_bytes: int) -> bool:
    """True when a header that counts so many bytes knows of the first of several files in one, and not of the rest."""
    return counted_bytes * (1 + _SLACK) + _SLACK_BYTES < there_bytes


def mp3_length_s(fd: int, start: int, end: int) -> float | None:
    """Of the layer III frames between these bytes; None where there are none, or too many."""
    return _length_s(fd, start, end, _mp3_head)


def aac_length_s(fd: int, start: int, end: int) -> float | None:
    """Of the ADTS frames between these bytes."""
    return _length_s(fd, start, end, _aac_head)


def _length_s(fd: int, start: int, end: int, head: Head) -> float | None:
    if not 0 <= start < end or end - start > _MOST_BYTES:
        return None
    length_s, known = 0.0, dict[bytes, tuple[int, float]]()
    with mmap.mmap(fd, end, access=mmap.ACCESS_READ) as whole:
        at = start
        while 0 <= at < end - _AAC_HEAD_BYTES:
            first = whole[at : at + _AAC_HEAD_BYTES]
            if (told := known.get(first)) is None:
                told = known[first] = head(first)
                if len(known) > 65_536:
                    known.clear()
            size, seconds = told
            if size:
                length_s += seconds
                at += size
            else:
                at = whole.find(_SYNC, at + 1, end)
    return length_s or None


def _mp3_head(first: bytes) -> tuple[int, float]:
    """Bytes and seconds of the frame that begins so; (0, 0) for what is none."""
    version, layer = first[1] >> 3 & 3, first[1] >> 1 & 3
    if first[0] != 0xFF or first[1] & 0xE0 != 0xE0 or layer != 1 or version == 1:
        return 0, 0.0
    kbit = (_MP3_KBIT_1 if version == 3 else _MP3_KBIT_2)[first[2] >> 4]
    rate_hz = _MP3_RATES_HZ[version][first[2] >> 2 & 3]
    if not kbit or not rate_hz:
        return 0, 0.0
    frames = 1_152 if version == 3 else 576
    return frames // 8 * 1_000 * kbit // rate_hz + (first[2] >> 1 & 1), frames / rate_hz


def _aac_head(first: bytes) -> tuple[int, float]:
    rate_hz = _AAC_RATES_HZ[first[2] >> 2 & 15]
    size = (first[3] & 3) << 11 | first[4] << 3 | first[5] >> 5
    if first[0] != 0xFF or first[1] & 0xF6 != 0xF0 or not rate_hz or size < _AAC_HEAD_BYTES:
        return 0, 0.0
    return size, 1_024 * (1 + (first[6] & 3)) / rate_hz
