"""Sound bytes: where in a file its sound lies, without what taggers write before, behind and between.

Nothing here parses tags: only their lengths are read, so that even those of many megabytes cost one step.
"""

import itertools
import os
from collections.abc import Iterator
from typing import Literal

import msgspec

from auralisd.errors import TrackUnreadable

_MOST_TAGS = 64
"""More tags than this around one stream are no music file; nor are more chunks than the next."""
_MOST_CHUNKS = 65_536
_MOST_PAGES = 4_096
"""Pages of Ogg headers: pictures of 250 MB."""
_ID3_HEAD_BYTES = 10
_ID3_FOOTER = 0x10
_ID3V1_BYTES = 128
_APE_BYTES = 32
_APE_HAS_HEADER = 1 << 31
_LYRICS_END_BYTES = 15
_PADDING_BYTES = 65_536
_STREAMINFO_BYTES = 34
_LAST_BLOCK = 0x80
_LAST_PACKET = bytes((_LAST_BLOCK,))
_PAGE_BYTES = 27
_OGG_HEADERS = {b"\x01vorbis": 3, b"OpusHead": 2, b"\x7fFLAC": 0}
"""How many packets come before the sound; 0: the last of them says so."""
_MARKS = {
    b".ape": (b"MAC ",),
    b".wv": (b"wvpk",),
    b".tta": (b"TTA1",),
    b".mpc": (b"MPCK", b"MP+"),
    b".aac": (b"\xff\xf1", b"\xff\xf0", b"\xff\xf9", b"\xff\xf8"),
}
"""How streams begin that stand between tags and nothing else."""
_IN_FLAC_PACKET = 13
_RIFF_HEAD_BYTES = 12
_UNKNOWN_SIZE = 0xFFFF_FFFF
_ASF_HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_ASF_DATA_HEAD_BYTES = 50


class SoundBytes(msgspec.Struct, frozen=True):
    """The sound lies in `start`..`end`.  `head` is what else tells what it sounds like; `checksum` that of the decoded
    samples, where the encoder left one."""

    head: bytes
    start: int
    end: int
    checksum: bytes = b""
    paged: bool = False


def sound_bytes(fd: int, suffix: bytes) -> SoundBytes:
    """Where the sound of an open file lies; `suffix` is its ending in lower case.

    Raises TrackUnreadable (`damaged`, `not-audio`) where there is none, OSError from a failing drive.
    """
    size = os.fstat(fd).st_size
    match suffix:
        case b".flac":
            return _in_flac(fd, size)
        case b".mp3":
            start = _after_id3(fd, 0)
            start += _zeros_at(fd, start)
            return _within(b"mp3", start, _before_tags(fd, start, size))
        case b".ogg" | b".oga" | b".opus":
            return _in_ogg(fd, size)
        case b".wav":
            return _in_chunks(fd, size, "little", (b"fmt ", b"data"))
        case b".aiff" | b".aif":
            return _in_chunks(fd, size, "big", (b"COMM", b"SSND"))
        case b".m4a" | b".m4b" | b".mp4":
            return _in_boxes(fd, size)
        case b".wma" | b".asf":
            return _in_asf(fd, size)
    if suffix in _MARKS:
        return _marked(fd, size, _MARKS[suffix])
    raise TrackUnreadable("not-audio", "the ending is not one of music that can be played")


def _within(head: bytes, start: int, end: int, checksum: bytes = b"", *, paged: bool = False) -> SoundBytes:
    if start >= end:
        raise TrackUnreadable("damaged", "the file holds tags and no sound")
    return SoundBytes(head, start, end, checksum, paged)


# --- tags around a stream ----------------------------------------------------------------------------------


def _after_id3(fd: int, start: int) -> int:
    """Behind all ID3v2 tags that begin at `start`."""
    for _ in range(_MOST_TAGS):
        head = os.pread(fd, _ID3_HEAD_BYTES, start)
        if len(head) < _ID3_HEAD_BYTES or not head.startswith(b"ID3"):
            break
        start += _id3_size(head)
    return start


def _id3_size(head: bytes) -> int:
    """Seven bits of each of the last four bytes, without the tag's own head and foot."""
    size = 0
    for octet in head[6:10]:
        size = size << 7 | octet & 0x7F
    return size + _ID3_HEAD_BYTES * (2 if head[5] & _ID3_FOOTER else 1)


def _zeros_at(fd: int, start: int) -> int:
    """Some taggers leave padding that their tag's size does not count."""
    if os.pread(fd, 1, start) != b"\0":
        return 0
    padding = os.pread(fd, _PADDING_BYTES, start)
    return len(padding) - len(padding.lstrip(b"\0"))


def _before_tags(fd: int, start: int, end: int) -> int:
    """Before the ID3v1, APEv2, Lyrics3 and appended ID3v2 tags that end at `end`, in whatever order they stand."""
    for _ in range(_MOST_TAGS):
        size = _tag_before(fd, end)
        if not size or end - size < start:
            break
        end -= size
    return end


def _tag_before(fd: int, end: int) -> int:
    """The size of the tag that ends there, 0 for none."""
    tail = os.pread(fd, _ID3V1_BYTES, max(0, end - _ID3V1_BYTES))
    if len(tail) == _ID3V1_BYTES and tail.startswith(b"TAG"):
        return _ID3V1_BYTES
    if (foot := tail[-_APE_BYTES:]).startswith(b"APETAGEX"):
        flags = int.from_bytes(foot[20:24], "little")
        return int.from_bytes(foot[12:16], "little") + (_APE_BYTES if flags & _APE_HAS_HEADER else 0)
    if (foot := tail[-_LYRICS_END_BYTES:]).endswith(b"LYRICS200") and foot[:6].isdigit():
        return int(foot[:6]) + _LYRICS_END_BYTES
    if (foot := tail[-_ID3_HEAD_BYTES:]).startswith(b"3DI"):
        return _id3_size(foot)
    return 0


# --- FLAC --------------------------------------------------------------------------------------------------


def _in_flac(fd: int, size: int) -> SoundBytes:
    start = _after_id3(fd, 0)
    if os.pread(fd, 4, start) != b"fLaC":
        raise TrackUnreadable("not-audio", "the ending says music, the content does not")
    start += 4
    info = os.pread(fd, _STREAMINFO_BYTES, start + 4)
    for _ in range(_MOST_CHUNKS):
        head = os.pread(fd, 4, start)
        if len(head) < 4:
            break
        start += 4 + int.from_bytes(head[1:], "big")
        if head[0] & _LAST_BLOCK:
            break
    # Rate, channels, bits and length in samples; frame sizes are left out, as not every encoder knows them.
    return _within(b"flac" + info[10:18], start, _before_tags(fd, start, size), info[18:].strip(b"\0"))


# --- Ogg ---------------------------------------------------------------------------------------------------


def _in_ogg(fd: int, size: int) -> SoundBytes:
    packets = _packet_heads(fd)
    first = next(packets, None)
    name = next((mark for mark in _OGG_HEADERS if first is not None and first[0].startswith(mark)), None)
    if first is None or name is None:
        raise TrackUnreadable("not-audio", "this is no Ogg stream of a known kind")
    head, start = first
    count, checksum = _OGG_HEADERS[name], b""
    if name == b"\x7fFLAC":
        info = head[_IN_FLAC_PACKET + 4 :]
        head, checksum = name + info[10:18], info[18:_STREAMINFO_BYTES].strip(b"\0")
    for number, (packet, behind) in enumerate(itertools.chain((first,), packets), start=1):
        start = behind
        if number == count or (not count and number > 1 and packet[:1] >= _LAST_PACKET):
            break
    return _within(head, start, size, checksum, paged=True)


def _packet_heads(fd: int) -> Iterator[tuple[bytes, int]]:
    """The first bytes of each packet, and where the page ends on which it ends; the sound begins on a page of its own.

    Pages of other streams than the first are passed over.
    """
    place, serial, head = 0, b"", b""
    for _ in range(_MOST_PAGES):
        page = os.pread(fd, _PAGE_BYTES + 255 + 128, place)
        if len(page) < _PAGE_BYTES or not page.startswith(b"OggS"):
            return
        lacing = page[_PAGE_BYTES : _PAGE_BYTES + page[26]]
        body = place + _PAGE_BYTES + len(lacing)
        place = body + sum(lacing)
        serial = serial or page[14:18]
        if page[14:18] != serial:
            continue
        at, length = body, 0
        for segment in lacing:
            length += segment
            if segment < 255:
                yield head or os.pread(fd, min(length, 128), at), place
                head, at, length = b"", at + length, 0
        head = head or (os.pread(fd, min(length, 128), at) if length else b"")


# --- RIFF and AIFF -----------------------------------------------------------------------------------------


def _in_chunks(fd: int, size: int, order: Literal["little", "big"], names: tuple[bytes, bytes]) -> SoundBytes:
    """The chunk of the sound, and that which says how the samples are meant."""
    what, sound = names
    if os.pread(fd, 4, 0) not in {b"RIFF", b"RF64", b"FORM"}:
        raise TrackUnreadable("not-audio", "the ending says music, the content does not")
    chunks: dict[bytes, tuple[int, int]] = {}
    for name, place, length in chunks_of(fd, order):
        chunks.setdefault(name, (place, length))
        if what in chunks and sound in chunks:
            break
    if sound not in chunks:
        raise TrackUnreadable("damaged", "the file holds no sound")
    start, length = chunks[sound]
    if length in {0, _UNKNOWN_SIZE}:  # very long, or a stream that was never finished and goes to the file's end
        length = int.from_bytes(os.pread(fd, 8, chunks[b"ds64"][0] + 8), "little") if b"ds64" in chunks else size
    place, meant = chunks.get(what, (0, 0))
    return _within(sound + os.pread(fd, min(meant, 64), place), start, min(size, start + length))


def chunks_of(
    fd: int, order: Literal["little", "big"], place: int = _RIFF_HEAD_BYTES, end: int = 2**63
) -> Iterator[tuple[bytes, int, int]]:
    """Name, place and length of each chunk from `place` on, before `end`."""
    for _ in range(_MOST_CHUNKS):
        head = os.pread(fd, 8, place)
        if len(head) < 8 or place >= end:
            return
        length = int.from_bytes(head[4:], order)
        yield head[:4], place + 8, length
        place += 8 + length + length % 2


# --- MP4, ASF and what stands between tags alone -----------------------------------------------------------


def _in_boxes(fd: int, size: int) -> SoundBytes:
    """The largest box of media; what tells how it is meant moves about with the tags beside it."""
    place, sound = 0, (0, 0)
    for _ in range(_MOST_CHUNKS):
        head = os.pread(fd, 16, place)
        length = int.from_bytes(head[:4], "big") or size - place
        start = 8
        if length == 1:
            length, start = int.from_bytes(head[8:16], "big"), 16
        if len(head) < 8 or length < start:
            break
        if head[4:8] == b"mdat":
            sound = max(sound, (min(size, place + length) - place - start, place + start))
        place += length
    if not sound[0]:
        raise TrackUnreadable("damaged", "the file holds no sound")
    return _within(b"mdat", sound[1], sound[1] + sound[0])


def _in_asf(fd: int, size: int) -> SoundBytes:
    head = os.pread(fd, 24, 0)
    if not head.startswith(_ASF_HEADER):
        raise TrackUnreadable("not-audio", "the ending says music, the content does not")
    data = int.from_bytes(head[16:24], "little")
    length = int.from_bytes(os.pread(fd, 8, data + 16), "little")
    return _within(b"asf", data + _ASF_DATA_HEAD_BYTES, min(size, data + length) if length else size)


def _marked(fd: int, size: int, marks: tuple[bytes, ...]) -> SoundBytes:
    """A stream between tags, which begins with one of these."""
    start = _after_id3(fd, 0)
    head = os.pread(fd, 4, start)
    mark = next((mark for mark in marks if head.startswith(mark)), None)
    if mark is None:
        raise TrackUnreadable("not-audio", "the ending says music, the content does not")
    return _within(mark, start, _before_tags(fd, start, size))
