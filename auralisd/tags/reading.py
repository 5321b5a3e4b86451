"""Reading tags with mutagen: one reader for each ending, because asking every reader in turn takes twice as long."""

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO, Literal

import mutagen
from mutagen.aiff import AIFF
from mutagen.apev2 import APEv2
from mutagen.asf import ASF
from mutagen.flac import FLAC, FLACNoHeaderError
from mutagen.id3 import ID3
from mutagen.monkeysaudio import MonkeysAudio
from mutagen.mp3 import MP3, HeaderNotFoundError
from mutagen.mp4 import MP4
from mutagen.musepack import Musepack
from mutagen.oggflac import OggFLAC
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE
from mutagen.wavpack import WavPack

from auralisd.errors import TrackUnreadable
from auralisd.tags.bare import Adts, Tta
from auralisd.tags.boxes import asf_pairs, mp4_pairs
from auralisd.tags.fields import HAS_ART, Words, chunk_words, comment_words, id3_words
from auralisd.tags.gains import GAIN_KEYS
from auralisd.tags.lengths import count_length
from auralisd.tags.sound_bytes import chunks_of

_READERS: Mapping[bytes, tuple[str, Callable[..., Any]]] = {
    b".flac": ("flac", FLAC),
    b".mp3": ("mp3", MP3),
    b".wav": ("wav", WAVE),
    b".aiff": ("aiff", AIFF),
    b".aif": ("aiff", AIFF),
    b".wma": ("wma", ASF),
    b".asf": ("wma", ASF),
    b".ape": ("ape", MonkeysAudio),
    b".wv": ("wavpack", WavPack),
    b".tta": ("tta", Tta),
    b".mpc": ("musepack", Musepack),
    b".aac": ("aac", Adts),
}
"""By endings that say all; the others hold one of several kinds."""
_APE_MARK = b"APETAGEX"
_APE_TAIL_BYTES = 32 + 128
_CHUNKED = frozenset({"wav", "aiff"})
_ape: Any = APEv2
_AIFF_TEXTS = frozenset({b"NAME", b"AUTH", b"ANNO"})
_MOST_TEXT_BYTES = 4_096

_DRIVE_FAILS = frozenset({errno.EIO, errno.ENXIO, errno.ESTALE, errno.ETIMEDOUT, errno.ENOTCONN})


def read_tagged(file: BinaryIO, path: bytes) -> tuple[str, Any, Words]:
    """The kind of a music file, mutagen's `info` of it and the words of its tags.

    Raises TrackUnreadable with the codes `not-audio` (the ending lies), `damaged` or `unreadable`.
    """
    name, opened = open_tagged(file, path)
    count_length(opened, file, path)
    return name, opened.info, _words(name, opened, file)


def open_tagged(file: BinaryIO, path: bytes) -> tuple[str, Any]:
    """The kind of a music file and mutagen's view of it, by the ending of its path.  Raises TrackUnreadable."""
    suffix = os.path.splitext(path)[1].lower()
    match suffix:
        case b".ogg" | b".oga" | b".opus":
            name, reader = _ogg_kind(file)
            return name, _load(reader, file)
        case b".m4a" | b".m4b" | b".mp4":
            opened = _load(MP4, file)
            return "alac" if opened.info.codec == "alac" else "aac", opened
    if suffix not in _READERS:
        raise TrackUnreadable("not-audio", "the ending is not one of music that can be played")
    name, reader = _READERS[suffix]
    return name, _load(reader, file)


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


def _words(name: str, opened: Any, file: BinaryIO) -> Words:
    if name == "mp3":
        return _mp3_words(opened.tags, file)
    if name in _CHUNKED:
        return _chunk_words(file, name) | id3_words(opened.tags)
    if isinstance(opened.tags, ID3):
        return id3_words(opened.tags)
    words = comment_words(pairs_of(name, opened.tags))
    return words | {HAS_ART: ("1",)} if getattr(opened, "pictures", None) else words


def pairs_of(name: str, tags: Any) -> Iterable[tuple[str, object]]:
    """Pairs of a name and a value, of whatever kind of tags these are."""
    if not tags:
        return ()
    match name:
        case "aac" | "alac":
            return mp4_pairs(tags)
        case "wma":
            return asf_pairs(tags)
        case "ape" | "wavpack" | "musepack":
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
