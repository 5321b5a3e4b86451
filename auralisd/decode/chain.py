"""Chain: frames of MP3 or ADTS, each of which says how long it is, followed from the first on.

Only their heads are looked at, and what was followed once is remembered; FFmpeg makes a packet of each, and where it
seeks by itself behind damage, it counts them otherwise than when it plays.
"""

import os
import re
from array import array
from collections.abc import Callable
from struct import Struct
from typing import Final

from auralisd.decode.landmarks import Buffer, Landmark
from auralisd.decode.mp3 import after_id3

_KEPT_EVERY: Final = 64
_PAGE_BYTES: Final = 2**18
_HEAD: Final = Struct(">Q")
_BEHIND_MUSIC: Final = (b"TAG", b"APETAGEX", b"LYRICSBEGIN")
"""What may follow the last frame, but for the end of the file."""

_LIKE_A_FRAME: Final = re.compile(rb"\xff[\xe0-\xff]")

_ADTS_SYNC: Final = 0xFFF6_0000_0000_0000
_ADTS_SAME: Final = 0xFFFE_FDC0_0000_0300
"""Sync, layer, profile, rate, channels, and how many blocks there are in a frame beside the first."""
_ADTS_BLOCKS: Final = 0x0300

_MP3_TELLS: Final = 0xFFFE_FE00
"""Sync, version, layer, bit rate, rate and padding: what says how long a frame is."""
_MP3_SAME: Final = 0xFFFE_0C00
_MP3_LAYER: Final = 1
_MP3_PADDED: Final = 0x0200
_MP3_KBIT_1: Final = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MP3_KBIT_2: Final = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_MP3_RATES_HZ: Final = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}

Length = Callable[[int], int]
"""In bytes, of a frame that begins with these eight; 0 for what is no frame like the first."""


class Chain:
    """See `landmarks.Landmarks`.  Each frame lasts for `ticks`; `fd` stays the caller's."""

    def __init__(self, fd: int, first: Landmark, ticks: int, length: Length) -> None:
        self._fd = fd
        self._first = first
        self._ticks = ticks
        self._length = length
        self._kept = array("q", [first.offset])
        self._count = 0
        self._at = first.offset
        self._is_over = False

    def before(self, stamp: int) -> Landmark:
        number = max(0, (stamp - self._first.stamp) // self._ticks)
        self._follow(number)
        place = min(number // _KEPT_EVERY, len(self._kept) - 1)
        return Landmark(self._kept[place], self._stamp(place * _KEPT_EVERY))

    def end(self) -> Landmark | None:
        self._follow(2**62)
        is_whole = self._at == os.fstat(self._fd).st_size
        if not is_whole and not os.pread(self._fd, 16, self._at).startswith(_BEHIND_MUSIC):
            return None
        return Landmark(self._at, self._stamp(self._count))

    def learn(self, at: Landmark, packet: Buffer) -> None:
        """Behind what is damaged only FFmpeg knows how to go on, though often not where it is."""
        if not self._is_over or at.stamp != self._stamp(len(self._kept) * _KEPT_EVERY):
            return
        if os.pread(self._fd, _PAGE_BYTES, at.offset).startswith(memoryview(packet)):
            self._kept.append(at.offset)

    def _stamp(self, count: int) -> int:
        return self._first.stamp + count * self._ticks

    def _follow(self, count: int) -> None:
        """Until so many frames are known, or one is not like the first."""
        while self._count < count and not self._is_over:
            page = os.pread(self._fd, _PAGE_BYTES, self._at)
            self._is_over = len(page) < _HEAD.size or not (self._follow_in(page, count) or self._passed_tag())

    def _follow_in(self, page: bytes, count: int) -> bool:
        """Along the frames that begin in a page; False for one that is not like the first."""
        length, head_of, kept = self._length, _HEAD.unpack_from, self._kept
        start, known, at = self._at, self._count, 0
        last, size = len(page) - _HEAD.size, 1
        while at <= last and known < count:
            size = length(head_of(page, at)[0])
            if not size:
                break
            at += size
            known += 1
            if not known % _KEPT_EVERY:
                kept.append(start + at)
        self._at, self._count = start + at, known
        return size > 0

    def _passed_tag(self) -> bool:
        """Over an ID3 tag between two files that were joined, where FFmpeg can take nothing in it for a frame."""
        behind = after_id3(self._fd, self._at)
        tag = os.pread(self._fd, min(behind - self._at, _PAGE_BYTES), self._at)
        if not tag or self._at + len(tag) < behind or _LIKE_A_FRAME.search(tag):
            return False
        self._at = behind
        return True


def adts_chain(fd: int, first: Landmark, ticks: int) -> Chain | None:
    """None where the first frame is none, or holds more than one block."""
    alike = _head(fd, first) & _ADTS_SAME
    if alike & _ADTS_SYNC != 0xFFF0 << 48 or alike & _ADTS_BLOCKS:
        return None
    return Chain(fd, first, ticks, lambda head: head >> 21 & 0x1FFF if head & _ADTS_SAME == alike else 0)


def mp3_chain(fd: int, first: Landmark, ticks: int) -> Chain | None:
    """None where the first frame is not of layer III, or does not say how long it is."""
    head = _head(fd, first) >> 32
    lengths = _mp3_lengths(head)
    if head & _MP3_TELLS not in lengths:
        return None
    find = lengths.get
    return Chain(fd, first, ticks, lambda head: find(head >> 32 & _MP3_TELLS, 0))


def _head(fd: int, landmark: Landmark) -> int:
    return int.from_bytes(os.pread(fd, _HEAD.size, landmark.offset).ljust(_HEAD.size, b"\0"), "big")


def _mp3_lengths(head: int) -> dict[int, int]:
    """Of all frames of the same version, layer and rate, by what tells it."""
    version, layer, rate = head >> 19 & 3, head >> 17 & 3, head >> 10 & 3
    if head >> 21 != 0x7FF or layer != _MP3_LAYER or version not in _MP3_RATES_HZ or rate == 3:
        return {}
    rate_hz = _MP3_RATES_HZ[version][rate]
    unit, kbits = (144_000, _MP3_KBIT_1) if version == 3 else (72_000, _MP3_KBIT_2)
    plain = {head & _MP3_SAME | number << 12: unit * kbit // rate_hz for number, kbit in enumerate(kbits, 1)}
    return plain | {tells | _MP3_PADDED: size + 1 for tells, size in plain.items()}
