"""Swift: the headers and tags of an ordinary FLAC, Ogg Vorbis or MP3 file, in a few reads of its first and last bytes.

mutagen reads everything, and decides what everything means; it takes two thirds of a scan.  What is read here is read
as mutagen reads it, and whatever is not quite ordinary is left to mutagen: there is no answer then, never a guess.
`tests/property/test_swift.py` holds the two against each other over files of every kind, whole and broken.
"""

import os
import re
import struct

import msgspec

from auralisd.tags.fields import HAS_ART, Words, comment_words

_HEAD_BYTES = 8_192
_TAIL_BYTES = 8_192
_MOST_TAIL_BYTES = 65_536
"""As far from the end as mutagen looks for the last page."""
_MOST_BLOCKS = 64
_MOST_COMMENT_BYTES = 262_144
_KEY = re.compile(rb"[ -<>-}]+")
_PADDING, _PICTURE = 1, 6
_INFO = struct.Struct(">10xQ16s")
_PICTURE_SIZES_BYTES = 20
_PAGE = struct.Struct("<4sBBqIIIB")
_CONTINUED, _FIRST, _LAST = 1, 2, 4
_IDENTIFICATION = struct.Struct("<7x4xBI3i")
_VORBIS_HEAD, _COMMENT_HEAD = b"\x01vorbis", b"\x03vorbis"


class Ordinary(msgspec.Struct, frozen=True):
    """What mutagen's `info` would say, and the words of the tags."""

    name: str
    words: Words
    sample_rate: int
    channels: int
    length: float
    bitrate: int
    bits_per_sample: int = 0


class Extraordinary(Exception):
    """Something that is left to mutagen."""


def read_flac(fd: int, size_bytes: int) -> Ordinary:
    """Raises Extraordinary."""
    head = os.pread(fd, _HEAD_BYTES, 0)
    info, pairs, has_picture, seen, place = b"", None, False, set[int](), 4
    if not head.startswith(b"fLaC\0\0\0\x22") and not head.startswith(b"fLaC\x80\0\0\x22"):
        raise Extraordinary
    for _ in range(_MOST_BLOCKS):
        mark = _at(fd, head, place, 4)
        kind, length, place = mark[0] & 0x7F, int.from_bytes(mark[1:], "big"), place + 4
        is_again = kind in seen and kind not in {_PADDING, _PICTURE}
        if is_again or kind > _PICTURE or place + length > size_bytes:
            raise Extraordinary
        seen.add(kind)
        match kind:
            case 0:
                info = _at(fd, head, place, length)
            case 4 if length <= _MOST_COMMENT_BYTES:
                pairs = _comments(_at(fd, head, place, length), framing=False)
            case 4 | 5:
                raise Extraordinary  # a cue sheet may be damaged in many ways
            case 6:
                _check_picture(fd, head, place, length)
                has_picture = True
        place += length
        if mark[0] & 0x80:
            break
    else:
        raise Extraordinary
    packed, _ = _INFO.unpack(info)
    rate_hz, length_s = packed >> 44, 0.0
    if not rate_hz:
        raise Extraordinary
    length_s = (packed & 0xF_FFFF_FFFF) / float(rate_hz)
    words = comment_words(pairs or ())
    return Ordinary(
        name="flac",
        words=words | {HAS_ART: ("1",)} if has_picture else words,
        sample_rate=rate_hz,
        channels=(packed >> 41 & 7) + 1,
        length=length_s,
        bitrate=int(float(size_bytes - place) * 8 / length_s) if length_s else 0,
        bits_per_sample=(packed >> 36 & 31) + 1,
    )


def read_vorbis(fd: int, size_bytes: int) -> Ordinary:
    """Raises Extraordinary."""
    head = os.pread(fd, _HEAD_BYTES, 0)
    flags, _, serial, packet, place = _first_packet(head, 0, size_bytes)
    if not flags & _FIRST or flags & _CONTINUED or len(packet) < 28 or not packet.startswith(_VORBIS_HEAD):
        raise Extraordinary
    channels, rate_hz, most, nominal, least = _IDENTIFICATION.unpack_from(packet)
    flags, _, serial_of_comments, packet, _ = _first_packet(head, place, size_bytes)
    if flags & _CONTINUED or serial_of_comments != serial or not packet.startswith(_COMMENT_HEAD) or not rate_hz:
        raise Extraordinary
    return Ordinary(
        name="vorbis",
        words=comment_words(_comments(packet[len(_COMMENT_HEAD) :], framing=True)),
        sample_rate=rate_hz,
        channels=channels,
        length=_last_position(fd, size_bytes, serial) / float(rate_hz),
        bitrate=_bitrate(max(0, most), max(0, nominal), max(0, least)),
    )


def _bitrate(most: int, nominal: int, least: int) -> int:
    if nominal == 0:
        return (most + least) // 2
    if most and most < nominal:
        return most
    return max(nominal, least)


def _first_packet(head: bytes, place: int, size_bytes: int) -> tuple[int, int, int, bytes, int]:
    """Flags, position and serial number of the page there, its first packet, which must end on it, and its end."""
    if len(head) < place + _PAGE.size:
        raise Extraordinary
    mark, version, flags, position, serial, _, _, segments = _PAGE.unpack_from(head, place)
    body = place + _PAGE.size + segments
    lacing = head[place + _PAGE.size : body]
    end = body + sum(lacing)
    if mark != b"OggS" or version or len(lacing) < segments or end > size_bytes:
        raise Extraordinary
    length = 0
    for segment in lacing:
        length += segment
        if segment < 255:
            packet = head[body : body + length]
            if len(packet) < length:
                break
            return flags, position, serial, packet, end
    raise Extraordinary


def _last_position(fd: int, size_bytes: int, serial: int) -> int:
    for most in (_TAIL_BYTES, _MOST_TAIL_BYTES):
        tail = os.pread(fd, most, max(0, size_bytes - most))
        if (place := tail.rfind(b"OggS")) >= 0:
            break
    page = tail[place:]
    if place < 0 or len(page) < _PAGE.size:
        raise Extraordinary
    _, version, flags, position, number, _, _, segments = _PAGE.unpack_from(page)
    lacing = page[_PAGE.size : _PAGE.size + segments]
    is_whole = len(lacing) == segments and _PAGE.size + segments + sum(lacing) <= len(page)
    if version or number != serial or position == -1 or not flags & _LAST or not is_whole:
        raise Extraordinary
    return int(position)


def _comments(block: bytes, *, framing: bool) -> list[tuple[str, str]]:
    """A Vorbis comment, which must fill a FLAC block to its end, and be followed by a bit in Ogg."""
    try:
        place = 4 + int.from_bytes(block[:4], "little")
        count, place = int.from_bytes(block[place : place + 4], "little"), place + 4
        pairs = []
        for _ in range(count):
            start = place + 4
            place = start + int.from_bytes(block[place:start], "little")
            key, found, value = block[start:place].partition(b"=")
            if not found or place > len(block) or not _KEY.fullmatch(key):
                raise Extraordinary
            pairs.append((key.decode("ascii"), value.decode("utf-8")))
    except UnicodeDecodeError:
        raise Extraordinary from None
    if (framing and not (block[place : place + 1] or b"\0")[0] & 1) or (not framing and place != len(block)):
        raise Extraordinary
    return pairs


def _check_picture(fd: int, head: bytes, place: int, length: int) -> None:
    """mutagen goes by the lengths within; they are ordinary where they fill the block."""
    mime = 8 + int.from_bytes(_at(fd, head, place + 4, 4), "big")
    if mime > length:
        raise Extraordinary
    described = mime + 4 + int.from_bytes(_at(fd, head, place + mime, 4), "big")
    if described > length:
        raise Extraordinary
    sizes = _at(fd, head, place + described, _PICTURE_SIZES_BYTES)
    if described + len(sizes) + int.from_bytes(sizes[16:], "big") != length:
        raise Extraordinary


def _at(fd: int, head: bytes, place: int, length: int) -> bytes:
    part = head[place : place + length] if place + length <= len(head) else os.pread(fd, length, place)
    if len(part) < length:
        raise Extraordinary
    return part
