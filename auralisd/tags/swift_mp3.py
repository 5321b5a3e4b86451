"""Swift, for MP3: an ID3v2.3 or 2.4 tag of plain frames, and behind it frames of sound.  See `swift`."""

import functools
import os
import re
import struct
from collections.abc import Callable, Iterator
from typing import Any

from auralisd.tags.fields import MUSICBRAINZ, TEXT_FRAMES, Frames, Words, frame_words
from auralisd.tags.swift import Extraordinary, Ordinary
from auralisd.tags.swift_mpeg import Octets, read_sound

_HEAD_BYTES = 8_192
_TAIL_BYTES = 160
"""An ID3v1 tag, or the end of an APEv2 tag, before which an ID3v1 tag may stand."""
_MOST_TEXT_BYTES = 16_384
_PICTURE_HEAD_BYTES = 512
_MOST_FRAMES = 1_000
_ID3 = struct.Struct(">3sBBB4s")
_FRAME = struct.Struct(">4sIH")
_EMPTY = bytes(10)
_NAME = re.compile(rb"[A-Z][A-Z0-9]{3}")
_YEAR = re.compile(r"([0-9]{4})(-[0-9]{2}-[0-9]{2})?\Z")
_LATIN_1, _UTF_16, _UTF_8 = 0, 1, 3
_BOMS = (b"\xff\xfe", b"\xfe\xff")
_TIMES = frozenset({"TDRC", "TDRL", "TDOR"})
_OLD_TIMES = frozenset({"TDAT", "TIME", "TORY"})
"""mutagen makes one time of these and the year."""
_READ = TEXT_FRAMES | {"TXXX", "COMM", "UFID", "APIC", "TYER"}
_NOT_READ = _OLD_TIMES | {"USLT", "SYLT"}


def read_mp3(fd: int, size_bytes: int) -> Ordinary:
    """Raises Extraordinary."""
    if b"TAG" in os.pread(fd, _TAIL_BYTES, max(0, size_bytes - _TAIL_BYTES)):
        raise Extraordinary  # ID3v1, APEv2 and Lyrics3 fill in what ID3v2 does not say
    head = os.pread(fd, _HEAD_BYTES, 0)
    words, start = Words(), 0
    if head.startswith(b"ID3"):
        tag = _Tag(fd, head, size_bytes)
        words, start = tag.words(), tag.end
    return read_sound(Octets(fd, head), start, size_bytes, words)


# --- the tag -------------------------------------------------------------------------------------------------


class _Tag:
    """An ID3v2 tag at the beginning of a file."""

    def __init__(self, fd: int, head: bytes, size_bytes: int) -> None:
        if len(head) < _ID3.size:
            raise Extraordinary
        _, self._version, _, flags, size = _ID3.unpack_from(head)
        self.end = _ID3.size + _syncsafe(int.from_bytes(size, "big"))
        if self._version not in {3, 4} or flags or max(size) > 127 or self.end > size_bytes:
            raise Extraordinary
        self._bytes = Octets(fd, head)
        self._frames: dict[str, list[str]] = {}
        self._texts: dict[str, list[str]] = {}
        self._comments: dict[tuple[bytes, str], list[str]] = {}
        self._mbid: bytes | None = None
        self._has_art = False
        self._seen: set[str] = set()
        self._sizes_differ = False

    def words(self) -> Words:
        for name, place, length in self._places():
            self._take(name, place, length)
        if self._sizes_differ and not self._sizes_are_syncsafe():
            raise Extraordinary
        if (years := self._frames.pop("TYER", None)) is not None:
            self._take_year(years)
        comments = [(description, text) for (_, description), text in self._comments.items()]
        return frame_words(Frames(self._frames, self._texts, comments, self._mbid, False, self._has_art))

    def _places(self) -> Iterator[tuple[str, int, int]]:
        """Name, place and length of each frame that is looked at."""
        place = _ID3.size
        for _ in range(_MOST_FRAMES):
            head = self._bytes.at(place, min(_FRAME.size, self.end - place))
            if len(head) < _FRAME.size or not head[:4].strip(b"\0"):
                return
            octets, length, flags = _FRAME.unpack(head)
            if self._version == 4 and length > 127:
                self._sizes_differ, length = True, _syncsafe(length)
            place += _FRAME.size
            if not _NAME.fullmatch(octets) or place + length > self.end:
                raise Extraordinary
            name = octets.decode("ascii")
            if length and (name in _NOT_READ or (flags and name in _READ)):
                raise Extraordinary
            if length and name in _READ:
                yield name, place, length
            place += length
        raise Extraordinary

    def _sizes_are_syncsafe(self) -> bool:
        """Some programs write plain numbers.  Known frames are counted both ways, as mutagen does."""
        safe, plain = self._known_frames(_syncsafe), self._known_frames(int)
        return plain[0] < safe[0] or (plain[0] == safe[0] and not (safe[1] >= 1 and plain[1] <= 1))

    def _known_frames(self, size_of: Callable[[int], int]) -> tuple[int, int]:
        from mutagen import id3

        count, place, most = 0, _ID3.size, self.end - _FRAME.size
        while place < most:
            head = self._bytes.at(place, _FRAME.size)
            if head == _EMPTY:
                return count, -((self.end - place) % _FRAME.size)
            name, size, _ = _FRAME.unpack(head)
            place += _FRAME.size + size_of(size)
            count += name.decode("ascii", "replace") in id3.Frames
        return count, place - self.end

    def _take(self, name: str, place: int, length: int) -> None:
        if name == "APIC":
            _check_picture(self._bytes.at(place, min(length, _PICTURE_HEAD_BYTES)))
            self._has_art = True
            return
        if length > _MOST_TEXT_BYTES:
            raise Extraordinary
        body = self._bytes.at(place, length)
        if name == "UFID":
            self._take_owner(body)
        elif name == "TXXX":
            self._take_described(body)
        elif name == "COMM":
            self._take_comment(body)
        elif name in self._frames:
            raise Extraordinary  # mutagen puts two together
        else:
            self._frames[name] = self._meant(name, self._values(body[0], body[1:]))

    def _take_described(self, body: bytes) -> None:
        description, rest = _until_end(body[0], body[1:])
        if not rest.strip(b"\0") or description in self._seen:
            raise Extraordinary
        self._seen.add(description)
        self._texts.setdefault(description.lower(), []).extend(self._values(body[0], rest))

    def _take_comment(self, body: bytes) -> None:
        language = body[1:4]
        description, rest = _until_end(body[0], body[4:])
        if not rest.strip(b"\0") or (language, description) in self._comments or not language.isascii():
            raise Extraordinary
        self._comments[language, description] = self._values(body[0], rest)

    def _take_owner(self, body: bytes) -> None:
        owner, found, value = body.partition(b"\0")
        if owner.decode("latin-1") == MUSICBRAINZ:
            if self._mbid is not None or not found:
                raise Extraordinary
            self._mbid = value

    def _take_year(self, years: list[str]) -> None:
        if len(years) != 1:
            raise Extraordinary
        if "TDRC" not in self._frames and (found := _YEAR.match(years[0])):
            self._frames["TDRC"] = [_time(found[1] + (found[2] or ""))]

    def _values(self, encoding: int, octets: bytes) -> list[str]:
        """The texts of a frame, each up to its end."""
        values = []
        while octets:
            text, octets = _until_end(encoding, octets)
            values.append(text)
            if self._version == 3 and not octets.strip(b"\0"):
                break
        return values

    def _meant(self, name: str, values: list[str]) -> list[str]:
        if name == "TCON":
            return list(_genres(tuple(values)))
        return [_time(value) for value in values] if name in _TIMES else values


def _until_end(encoding: int, octets: bytes) -> tuple[str, bytes]:
    """The text before the first NUL, and what is behind that."""
    try:
        if encoding in {_LATIN_1, _UTF_8}:
            text, _, rest = octets.partition(b"\0")
            return text.decode("utf-8" if encoding == _UTF_8 else "latin-1"), rest
        if encoding == _UTF_16 and octets.startswith(_BOMS):
            end = octets.find(b"\0\0")
            while end % 2 and end > 0:
                end = octets.find(b"\0\0", end + 1)
            return (octets[:end] if end >= 0 else octets).decode("utf-16"), octets[end + 2 :] if end >= 0 else b""
    except UnicodeDecodeError:
        pass
    raise Extraordinary


def _check_picture(head: bytes) -> None:
    """mutagen drops one that it cannot read to the picture itself."""
    _, found, rest = head[1:].partition(b"\0")
    encoding, described = head[0], rest[1:]
    if not found or not described or encoding not in {_LATIN_1, _UTF_16, _UTF_8}:
        raise Extraordinary
    end = b"\0\0" if encoding == _UTF_16 else b"\0"
    if end not in described:
        raise Extraordinary
    _until_end(encoding, described)


@functools.lru_cache(1_024)
def _genres(values: tuple[str, ...]) -> tuple[str, ...]:
    """What mutagen makes of them: "(17)Rock" is Rock."""
    from mutagen import id3

    reader: Any = id3.TCON
    frame = reader(encoding=_UTF_8, text=list(values))
    frame.genres = frame.genres
    return tuple(frame.genres)


@functools.lru_cache(1_024)
def _time(text: str) -> str:
    from mutagen import id3

    reader: Any = id3.ID3TimeStamp
    return str(reader(text))


def _syncsafe(number: int) -> int:
    """Seven bits of each of four bytes."""
    return number & 0x7F | (number >> 8 & 0x7F) << 7 | (number >> 16 & 0x7F) << 14 | (number >> 24 & 0x7F) << 21
