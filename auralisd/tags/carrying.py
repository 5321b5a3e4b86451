"""Carrying: tags and art of one file into another that was made of it.

What tells players to turn the source up or down (ReplayGain, R128, iTunes) is left behind: the new sound is another.
"""

import base64
import binascii
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import mutagen
from mutagen.apev2 import APEBinaryValue, APEv2
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, COMM, ID3, TXXX, UFID, USLT, Frames
from mutagen.mp4 import MP4Cover, MP4Tags
from mutagen.oggopus import OggOpus
from mutagen.wave import WAVE

from auralisd.errors import NotWritten, TrackUnreadable
from auralisd.tags import words
from auralisd.tags.opening import open_regular
from auralisd.tags.reading import open_tagged, pairs_of

_PICTURE = "metadata_block_picture"
_APE_COVER = "Cover Art (Front)"
_FRONT_COVER = 3
_NOT_CARRIED = frozenset(
    {_PICTURE, "coverart", "coverartmime", "encoder", "itunsmpb", "waveformatextensible_channel_mask"}
)
_OF_THE_SOUND = frozenset({"RVA2", "RVAD", "RGAD", "TLEN", "TSSE", "TENC", "TSIZ", "ASPI", "SEEK", "MCDI", "RBUF"})
"""Frames that say something of the source's sound or file."""
_MUSICBRAINZ_OWNER = "http://musicbrainz.org"
_UTF8 = 3
_MOST_FLAC_PICTURE_BYTES = 2**24 - 4096
"""A block of a FLAC file counts its bytes in 24 bits; some are for what the picture is."""
_NUMBERS_AND_TOTALS = {name: frame for frame, names in words.COUNTED.items() for name in names}


class Carried(msgspec.Struct, frozen=True):
    """`comments` are pairs of a name in lower case and a value, in their order; `frames` the ID3 frames, where the
    source has them."""

    comments: tuple[tuple[str, str], ...] = ()
    pictures: tuple[Picture, ...] = ()
    frames: tuple[Any, ...] = ()


def read_carried(path: bytes) -> Carried:
    """All that a file says of its music.  Raises TrackUnreadable."""
    with open_regular(path) as file:
        name, opened = open_tagged(file, path)
        if isinstance(opened.tags, ID3):
            return _of_id3(opened.tags)
        pairs = list(pairs_of(name, opened.tags))
        pictures = [*getattr(opened, "pictures", ()), *_pictures_in(pairs), *_covers(opened.tags)]
        return Carried(tuple(_comments(pairs)), tuple(pictures))


def write_carried(path: bytes, suffix: str, carried: Carried) -> None:
    """Tag a new FLAC, Opus or WAV file (`suffix` says which).  Raises NotWritten."""
    try:
        with open(path, "r+b") as file:
            match suffix:
                case ".flac":
                    _tag_flac(FLAC(fileobj=file), file, carried)
                case ".opus":
                    _tag_opus(OggOpus(fileobj=file), file, carried)
                case ".wav":
                    _tag_wav(WAVE(fileobj=file), file, carried)
    except (OSError, mutagen.MutagenError) as failure:
        raise NotWritten("not-written", "the tags cannot be written; check the folder and its space") from failure


def carry(source: bytes, target: bytes, suffix: str) -> None:
    """Both in one.  A source whose tags cannot be read has none to carry.  Raises NotWritten."""
    try:
        carried = read_carried(source)
    except TrackUnreadable:
        return
    write_carried(target, suffix, carried)


# --- Vorbis comments ---------------------------------------------------------------------------------------


def _comments(pairs: Iterable[tuple[str, object]]) -> Iterator[tuple[str, str]]:
    for key, value in pairs:
        is_carried = (name := key.lower()) not in _NOT_CARRIED and not words.is_loudness(name)
        if is_carried and not isinstance(value, APEBinaryValue):
            yield from ((name, text) for text in str(value).split("\0"))


def _pictures_in(pairs: Iterable[tuple[str, object]]) -> Iterator[Picture]:
    for key, value in pairs:
        if key.lower() == _PICTURE:
            try:
                yield Picture(base64.b64decode(str(value)))
            except (binascii.Error, ValueError, mutagen.MutagenError):
                continue  # no picture, whatever it says


def _covers(tags: Any) -> Iterator[Picture]:
    """Of MP4's boxes and of APEv2, where a name stands before the picture."""
    if isinstance(tags, MP4Tags):
        for cover in tags.get("covr", ()):
            yield _cover("image/png" if cover.imageformat == MP4Cover.FORMAT_PNG else "image/jpeg", bytes(cover))
    elif isinstance(tags, APEv2) and isinstance(front := tags.get(_APE_COVER), APEBinaryValue):
        data = bytes(front.value or b"").partition(b"\0")[2]
        yield _cover("image/png" if data.startswith(b"\x89PNG") else "image/jpeg", data)


def _cover(mime: str, data: bytes) -> Picture:
    picture = Picture()
    picture.type, picture.mime, picture.data = _FRONT_COVER, mime, data
    return picture


def _tag_flac(file: Any, place: Any, carried: Carried) -> None:
    if file.tags is None:
        file.add_tags()
    file.tags.extend(carried.comments)
    for picture in carried.pictures:
        if len(picture.data) <= _MOST_FLAC_PICTURE_BYTES:
            file.add_picture(picture)
    place.seek(0)
    file.save(fileobj=place)


def _tag_opus(file: Any, place: Any, carried: Carried) -> None:
    file.tags.extend(carried.comments)
    for picture in carried.pictures:
        file.tags.append((_PICTURE, base64.b64encode(picture.write()).decode("ascii")))
    place.seek(0)
    file.save(fileobj=place)


# --- ID3 ---------------------------------------------------------------------------------------------------


def _of_id3(tags: Any) -> Carried:
    frames = tuple(frame for frame in (tags.values() if tags else ()) if _is_carried(frame))
    comments = tuple(comment for frame in frames for comment in _comments_of(frame))
    return Carried(comments, tuple(_picture(frame) for frame in frames if frame.FrameID == "APIC"), frames)


def _is_carried(frame: Any) -> bool:
    """Also iTunes' own comments (iTunNORM, iTunSMPB) are about the source's sound."""
    described = frame.desc if frame.FrameID in {"TXXX", "COMM"} else ""
    return frame.FrameID not in _OF_THE_SOUND and not words.is_loudness(described) and described != "iTunSMPB"


def _comments_of(frame: Any) -> Iterable[tuple[str, str]]:
    kind = frame.FrameID
    if kind in words.COUNTED:
        numbers = str(frame.text[0]).split("/") if frame.text else []
        return [(name, number) for name, number in zip(words.COUNTED[kind], numbers, strict=False) if number]
    if kind in words.ID3_TO_VORBIS:
        texts = frame.genres if kind == "TCON" else frame.text
        return [(words.ID3_TO_VORBIS[kind], str(text)) for text in texts]
    match kind:
        case "TXXX" if name := words.comment_of(frame.desc):
            return [(name, str(text)) for text in frame.text]
        case "COMM" if not frame.desc:
            return [("comment", str(text)) for text in frame.text]
        case "USLT":
            return [("lyrics", frame.text)]
        case "UFID" if frame.owner == _MUSICBRAINZ_OWNER:
            return [("musicbrainz_trackid", frame.data.decode("ascii", "replace"))]
    return []


def _picture(frame: Any) -> Picture:
    picture = Picture()
    picture.type, picture.mime, picture.desc, picture.data = frame.type, frame.mime, frame.desc, frame.data
    return picture


def _tag_wav(file: Any, place: Any, carried: Carried) -> None:
    file.add_tags()
    for frame in carried.frames or _frames_of(carried):
        file.tags.add(frame)
    place.seek(0)
    file.save(fileobj=place)


def _frames_of(carried: Carried) -> Iterator[Any]:
    """ID3 frames for Vorbis comments: one frame for each name, with all its values."""
    values: dict[str, list[str]] = {}
    for name, value in carried.comments:
        values.setdefault(name, []).append(value)
    for frame, (number, total) in words.COUNTED.items():
        if number in values:
            yield Frames[frame](encoding=_UTF8, text="/".join([*values[number][:1], *values.get(total, [])[:1]]))
    for name, texts in values.items():
        if name not in _NUMBERS_AND_TOTALS:
            yield _frame(name, texts)
    for picture in carried.pictures:
        yield APIC(encoding=_UTF8, mime=picture.mime, type=picture.type, desc=picture.desc, data=picture.data)


def _frame(name: str, texts: list[str]) -> Any:
    match name:
        case "comment" | "description":
            return COMM(encoding=_UTF8, lang="und", desc="" if name == "comment" else name, text=texts)
        case "lyrics" | "unsyncedlyrics":
            return USLT(encoding=_UTF8, lang="und", desc="", text="\n".join(texts))
        case "musicbrainz_trackid":
            return UFID(owner=_MUSICBRAINZ_OWNER, data=texts[0].encode("ascii", "replace"))
        case _ if name in words.VORBIS_TO_ID3:
            return Frames[words.VORBIS_TO_ID3[name]](encoding=_UTF8, text=texts)
        case _:
            return TXXX(encoding=_UTF8, desc=words.description_of(name), text=texts)
