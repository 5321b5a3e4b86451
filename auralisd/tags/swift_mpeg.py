"""Swift, for the sound of MP3: how long it is, by the header that its encoder left.  See `swift`."""

import os
import re
import struct

from auralisd.tags.counting import falls_short
from auralisd.tags.fields import Words
from auralisd.tags.swift import Extraordinary, Ordinary

_BITRATES = {
    1.0: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2.0: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_MONO = 3
_XING_BYTES = 8 + 4 + 4 + 100 + 4 + 20 + 27
_HAS_FRAMES, _HAS_BYTES, _HAS_PLACES, _HAS_SCALE = 1, 2, 4, 8
_LAME = re.compile(rb"LAME3\.(?:9[1-9]|1\d\d)(?!\d)")


class Octets:
    """A file whose first bytes are there already."""

    def __init__(self, fd: int, head: bytes) -> None:
        self._fd = fd
        self._head = head

    def at(self, place: int, length: int) -> bytes:
        """Fewer only at the end of the file."""
        if place + length <= len(self._head):
            return self._head[place : place + length]
        return os.pread(self._fd, length, place)


class _Frame:
    """A frame of sound of layer III."""

    def __init__(self, head: bytes) -> None:
        bits = int.from_bytes(head, "big")
        version, bitrate, rate, self.padding = bits >> 19 & 3, bits >> 12 & 15, bits >> 10 & 3, bits >> 9 & 1
        is_layer_3 = bits >> 17 & 3 == 1
        if len(head) < 4 or bits >> 21 != 0x7FF or version == 1 or not is_layer_3 or rate == 3 or bitrate in {0, 15}:
            raise Extraordinary
        is_mono = bits >> 6 & 3 == _MONO
        self.channels = 1 if is_mono else 2
        self.bitrate = _BITRATES[1.0 if version == 3 else 2.0][bitrate] * 1000
        self.rate_hz = _RATES_HZ[version][rate]
        self.samples = 1152 if version == 3 else 576
        self.length = self.samples // 8 * self.bitrate // self.rate_hz + self.padding
        self.xing = (21 if is_mono else 36) if version == 3 else (13 if is_mono else 21)


def read_sound(octets: Octets, start: int, size_bytes: int, words: Words) -> Ordinary:
    """From the first frame, which must begin at `start`.  Raises Extraordinary."""
    frame = _Frame(octets.at(start, 4))
    xing = octets.at(start + frame.xing, _XING_BYTES)
    if not xing.startswith((b"Xing", b"Info")):
        raise Extraordinary  # nothing says how long it is: the frames are counted
    return _with_xing(xing, frame, words, size_bytes - start)


def _with_xing(xing: bytes, frame: _Frame, words: Words, there_bytes: int) -> Ordinary:
    """Of a header that says how many frames and bytes there are, and, by LAME, how many samples are none of them."""
    if len(xing) < _XING_BYTES:
        raise Extraordinary
    flags, frames, size = struct.unpack_from(">III", xing, 4)
    both = _HAS_FRAMES | _HAS_BYTES
    samples = frame.samples * frames
    if flags & both != both or not samples or falls_short(size, there_bytes):
        raise Extraordinary
    place = 16 + (100 if flags & _HAS_PLACES else 0) + (4 if flags & _HAS_SCALE else 0)
    bitrate = round(max(0, size - frame.length) * 8 * frame.rate_hz / float(samples))
    encoder = xing[place : place + 20]
    if encoder.startswith((b"LAME", b"L3.99")):
        if not _LAME.match(encoder) or xing[place + 9] >> 4:
            raise Extraordinary
        delay = int.from_bytes(xing[place + 21 : place + 24], "big")
        samples = max(0, samples - (delay >> 12) - (delay & 0xFFF))
    return _ordinary(frame, words, float(samples) / frame.rate_hz, bitrate)


def _ordinary(frame: _Frame, words: Words, length_s: float, bitrate: int) -> Ordinary:
    return Ordinary("mp3", words, frame.rate_hz, frame.channels, length_s, bitrate)
