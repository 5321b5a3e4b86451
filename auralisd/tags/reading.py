"""Reading tags: one reader for each ending, because asking every reader in turn takes twice as long."""

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO, Literal

import mutagen
from mutagen.aiff import AIFF
from mutagen.apev2 import APEv2
from mutagen.asf import ASF
from mutagen.flac import FLAC, FLACNoHeaderError
from mutagen.monkeysaudio import MonkeysAudio
from mutagen.mp3 import MP3, HeaderNotFoundError
from mutagen.mp4 import MP4
from mutagen.oggflac import OggFLAC
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE
from mutagen.wavpack import WavPack

from auralisd.errors import TrackUnreadable
from auralisd.model.audio import MAX_CHANNELS, MAX_RATE_HZ, MIN_RATE_HZ
from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.tags.boxes import asf_pairs, mp4_pairs
from auralisd.tags.fields import HAS_ART, Words, chunk_words, comment_words, id3_words, tags_of
from auralisd.tags.gains import GAIN_KEYS
from auralisd.tags.opening import facts_of, open_regular
from auralisd.tags.signature import signature_of
from auralisd.tags.sound_bytes import chunks_of

_APE_MARK = b"APETAGEX"
_APE_TAIL_BYTES = 32 + 128
ID3_KINDS = frozenset({"mp3", "wav", "aiff"})
_OPUS_RATE_HZ = 48_000
_ape: Any = APEv2
_AIFF_TEXTS = frozenset({b"NAME", b"AUTH", b"ANNO"})
_MOST_TEXT_BYTES = 4_096

_LONGEST_S = 366 * 24 * 3600.0
"""Headers that name more name nonsense: a damaged Ogg page may claim a million years, which no column holds."""

_DRIVE_FAILS = frozenset({errno.EIO, errno.ENXIO, errno.ESTALE, errno.ETIMEDOUT, errno.ENOTCONN})


def read_track(path: bytes) -> tuple[FileFacts, StreamFacts, Tags]:
    """What a file says of itself, and its facts from before it was read: a change meanwhile shows at the next look.

    Raises TrackUnreadable with the codes of `open_regular`, `not-audio` (the ending lies) or `damaged`.
    """
    with open_regular(path) as file:
        facts = facts_of(os.fstat(file.fileno()))
        name, opened = open_tagged(file, path)
        stream = _stream_facts(name, opened.info, _signature(file, path))
        return facts, stream, tags_of(_words(name, opened, file))


def open_tagged(file: BinaryIO, path: bytes) -> tuple[str, Any]:
    """The kind of a music file and mutagen's view of it, by the ending of its path.  Raises TrackUnreadable."""
    match os.path.splitext(path)[1].lower():
        case b".flac":
            return "flac", _load(FLAC, file)
        case b".mp3":
            return "mp3", _load(MP3, file)
        case b".wav":
            return "wav", _load(WAVE, file)
        case b".aiff" | b".aif":
            return "aiff", _load(AIFF, file)
        case b".ogg" | b".oga" | b".opus":
            name, reader = _ogg_kind(file)
            return name, _load(reader, file)
        case b".m4a" | b".m4b" | b".mp4":
            opened = _load(MP4, file)
            return "alac" if opened.info.codec == "alac" else "aac", opened
        case b".wma" | b".asf":
            return "wma", _load(ASF, file)
        case b".ape":
            return "ape", _load(MonkeysAudio, file)
        case b".wv":
            return "wavpack", _load(WavPack, file)
    raise TrackUnreadable("not-audio", "the ending is not one of music that can be played")


def _ogg_kind(file: BinaryIO) -> tuple[str, Callable[..., Any]]:
    """What an Ogg stream carries stands in its first page."""
    page = file.read(128)
    file.seek(0)
    if page.startswith(b"OggS"):
        for mark, name, reader in (
            (b"\x01vorbis", "vorbis", OggVorbis),
            (b"OpusHead", "opus", OggOpus),
            (b"\x7fFLAC", "flac", OggFLAC),
        ):
            if mark in page:
                return name, reader
    raise TrackUnreadable("not-audio", "this is no Ogg stream of a known kind")


def _load(reader: Callable[..., Any], file: BinaryIO) -> Any:
    try:
        return reader(fileobj=file)
    except (HeaderNotFoundError, FLACNoHeaderError):
        raise TrackUnreadable("not-audio", "the ending says music, the content does not") from None
    except mutagen.MutagenError as error:
        _raise_if_unreadable(error)
        file.seek(0)
        code = "damaged" if file.read(4) in {b"RIFF", b"FORM", b"OggS", b"fLaC"} else "not-audio"
        raise TrackUnreadable(code, "the headers cannot be read") from None
    except Exception:  # noqa: BLE001  the border: a parser meets bytes from anywhere and fails in its own ways
        raise TrackUnreadable("damaged", "the headers cannot be read") from None


def _raise_if_unreadable(error: BaseException) -> None:
    """A failing drive is not a damaged file."""
    cause = error.__cause__ or error.__context__
    if isinstance(cause, OSError) and cause.errno in _DRIVE_FAILS:
        raise TrackUnreadable("unreadable", "the file cannot be read") from None


def _signature(file: BinaryIO, path: bytes) -> bytes:
    """None is told of a file that is odd but can be read: it is nobody's duplicate."""
    try:
        return signature_of(file.fileno(), path)
    except TrackUnreadable as fault:
        if fault.code == "unreadable":
            raise
        return b""


def _stream_facts(name: str, stream: Any, signature: bytes) -> StreamFacts:
    rate_hz = _OPUS_RATE_HZ if name == "opus" else _whole(getattr(stream, "sample_rate", 0))
    channels = _whole(getattr(stream, "channels", 0))
    if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ or not 1 <= channels <= MAX_CHANNELS:
        raise TrackUnreadable("damaged", "the headers name a rate or a number of channels that cannot be")
    length_s = getattr(stream, "length", 0) or 0
    return StreamFacts(
        format=name,
        duration_us=int(length_s * 1_000_000) or None if 0 < length_s <= _LONGEST_S else None,
        rate_hz=rate_hz,
        channels=channels,
        bits=None if name == "aac" else _whole(getattr(stream, "bits_per_sample", 0)) or None,
        bitrate=_whole(getattr(stream, "bitrate", 0)) or None,
        signature=signature,
    )


def _whole(number: Any) -> int:
    return int(number or 0)


def _words(name: str, opened: Any, file: BinaryIO) -> Words:
    if name == "mp3":
        return _mp3_words(opened.tags, file)
    if name in ID3_KINDS:
        return _chunk_words(file, name) | id3_words(opened.tags)
    words = comment_words(_pairs(name, opened.tags))
    return words | {HAS_ART: ("1",)} if getattr(opened, "pictures", None) else words


def _pairs(name: str, tags: Any) -> Iterable[tuple[str, object]]:
    """Pairs of a name and a value, of whatever kind of tags these are."""
    if not tags:
        return ()
    match name:
        case "aac" | "alac":
            return mp4_pairs(tags)
        case "wma":
            return asf_pairs(tags)
        case "ape" | "wavpack":
            pairs: Iterable[tuple[str, object]] = tags.items()
            return pairs
    return ((key, value) for key, value in tags)


def _mp3_words(tags: Any, file: BinaryIO) -> Words:
    """ID3 goes first; APEv2 fills in, as some files have nothing else, and mp3gain writes nowhere else."""
    words = id3_words(tags)
    if "title" in words and any(key in words for key in GAIN_KEYS):
        return words
    return _ape_words(file) | words


def _ape_words(file: BinaryIO) -> Words:
    try:
        # The tag's last 32 bytes begin with the mark; an ID3v1 tag of 128 bytes may follow.  Looked for here, since the
        # reader's own search costs half as much again as all the rest.
        file.seek(max(0, file.seek(0, os.SEEK_END) - _APE_TAIL_BYTES))
        if _APE_MARK not in file.read():
            return {}  # nearly all files have none
        file.seek(0)
        return comment_words(_ape(fileobj=file).items())
    except mutagen.MutagenError as error:
        _raise_if_unreadable(error)
        return {}
    except OSError:
        raise TrackUnreadable("unreadable", "the file cannot be read") from None
    except Exception:  # noqa: BLE001  the border, as in `_load`; the music itself was read
        return {}


def _chunk_words(file: BinaryIO, name: str) -> Words:
    try:
        return chunk_words(_text_chunks(file, name))
    except OSError:
        raise TrackUnreadable("unreadable", "the file cannot be read") from None


def _text_chunks(file: BinaryIO, name: str) -> Iterator[tuple[bytes, bytes]]:
    """The small chunks of a RIFF or AIFF file, and those within its LIST of INFO."""
    fd = file.fileno()
    order: Literal["little", "big"] = "little" if name == "wav" else "big"
    for chunk, place, length in chunks_of(fd, order):
        if chunk == b"LIST" and os.pread(fd, 4, place) == b"INFO":
            for inner, at, size in chunks_of(fd, order, place + 4, place + length):
                yield inner, os.pread(fd, min(size, _MOST_TEXT_BYTES), at)
        elif chunk in _AIFF_TEXTS:
            yield chunk, os.pread(fd, min(length, _MOST_TEXT_BYTES), place)
