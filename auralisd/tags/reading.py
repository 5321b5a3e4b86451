"""Reading tags: one reader for each ending, because asking every reader in turn takes twice as long."""

import errno
import os
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

import mutagen
from mutagen.aiff import AIFF
from mutagen.apev2 import APEv2
from mutagen.flac import FLAC, FLACNoHeaderError
from mutagen.mp3 import MP3, HeaderNotFoundError
from mutagen.oggflac import OggFLAC
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

from auralisd.errors import TrackUnreadable
from auralisd.model.audio import MAX_CHANNELS, MAX_RATE_HZ, MIN_RATE_HZ
from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.tags.cleaning import clean_number, clean_values
from auralisd.tags.gains import GAIN_KEYS, tagged_gain
from auralisd.tags.opening import facts_of, open_regular

_APE_MARK = b"APETAGEX"
_APE_TAIL_BYTES = 32 + 128
ID3_KINDS = frozenset({"mp3", "wav", "aiff"})
_OPUS_RATE_HZ = 48_000
_ape: Any = APEv2
_MUSICBRAINZ_OWNER = "UFID:http://musicbrainz.org"

_LONGEST_S = 366 * 24 * 3600.0
"""Headers that name more name nonsense: a damaged Ogg page may claim a million years, which no column holds."""

_DRIVE_FAILS = frozenset({errno.EIO, errno.ENXIO, errno.ESTALE, errno.ETIMEDOUT, errno.ENOTCONN})

_VORBIS_KEYS = {
    "title": ("title",),
    "artists": ("artist",),
    "album": ("album",),
    "album_artist": ("albumartist", "album artist"),
    "track_number": ("tracknumber",),
    "disc_number": ("discnumber",),
    "date": ("date", "year"),
    "genres": ("genre",),
    "composers": ("composer",),
    "mbid": ("musicbrainz_trackid",),
}
_ID3_KEYS = {
    "title": ("TIT2",),
    "artists": ("TPE1",),
    "album": ("TALB",),
    "album_artist": ("TPE2",),
    "track_number": ("TRCK",),
    "disc_number": ("TPOS",),
    "date": ("TDRC",),
    "genres": ("TCON",),
    "composers": ("TCOM",),
}


def read_track(path: bytes) -> tuple[FileFacts, StreamFacts, Tags]:
    """What a file says of itself, and its facts from before it was read: a change meanwhile shows at the next look.

    Raises TrackUnreadable with the codes of `open_regular`, `not-audio` (the ending lies) or `damaged`.
    """
    with open_regular(path) as file:
        facts = facts_of(os.fstat(file.fileno()))
        name, opened = open_tagged(file, path)
        stream = _stream_facts(name, opened.info)
        words = _id3_words(opened.tags) if name in ID3_KINDS else _vorbis_words(opened.tags)
        if name == "mp3" and not any(words.get(key) for key in GAIN_KEYS):
            words |= _ape_gains(file)
        return facts, stream, _tags(words)


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


def _stream_facts(name: str, stream: Any) -> StreamFacts:
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
        bits=_whole(getattr(stream, "bits_per_sample", 0)) or None,
        bitrate=_whole(getattr(stream, "bitrate", 0)) or None,
    )


def _whole(number: Any) -> int:
    return int(number or 0)


def _vorbis_words(tags: Any) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, value in tags or ():
        found.setdefault(key.lower(), []).append(value)
    words = {field: clean_values(_first(found, keys)) for field, keys in _VORBIS_KEYS.items()}
    return words | {key: clean_values(found[key]) for key in GAIN_KEYS if key in found}


def _id3_words(tags: Any) -> dict[str, tuple[str, ...]]:
    if tags is None:
        return {}
    words = {field: clean_values(_frame_texts(tags, keys[0])) for field, keys in _ID3_KEYS.items()}
    owner = tags.get(_MUSICBRAINZ_OWNER)
    words["mbid"] = clean_values([owner.data.decode("ascii", "replace")] if owner is not None else ())
    texts = {frame.desc.lower(): frame.text for frame in tags.getall("TXXX")}
    return words | {key: clean_values(texts[key]) for key in GAIN_KEYS if key in texts}


def _ape_gains(file: BinaryIO) -> dict[str, tuple[str, ...]]:
    """What mp3gain writes stands behind the music, in a tag of another kind."""
    try:
        # The tag's last 32 bytes begin with the mark; an ID3v1 tag of 128 bytes may follow.  Looked for here, since the
        # reader's own search costs half as much again as all the rest.
        file.seek(max(0, file.seek(0, os.SEEK_END) - _APE_TAIL_BYTES))
        if _APE_MARK not in file.read():
            return {}  # nearly all files have none
        file.seek(0)
        items = {key.lower(): str(value) for key, value in _ape(fileobj=file).items()}
    except mutagen.MutagenError as error:
        _raise_if_unreadable(error)
        return {}
    except OSError:
        raise TrackUnreadable("unreadable", "the file cannot be read") from None
    except Exception:  # noqa: BLE001  the border, as in `_load`; the music itself was read
        return {}
    return {key: clean_values([items[key]]) for key in GAIN_KEYS if key in items}


def _frame_texts(tags: Any, key: str) -> Iterable[object]:
    frame = tags.get(key)
    if frame is None:
        return ()
    texts: Iterable[object] = frame.genres if key == "TCON" else frame.text
    return texts


def _first(found: dict[str, list[str]], keys: tuple[str, ...]) -> list[str]:
    return next((found[key] for key in keys if key in found), [])


def _tags(words: dict[str, tuple[str, ...]]) -> Tags:
    def one(field: str) -> str | None:
        return next(iter(words.get(field, ())), None)

    return Tags(
        title=one("title"),
        artists=words.get("artists", ()),
        album=one("album"),
        album_artist=one("album_artist"),
        track_number=clean_number(one("track_number")),
        disc_number=clean_number(one("disc_number")),
        date=one("date"),
        genres=words.get("genres", ()),
        composers=words.get("composers", ()),
        mbid=one("mbid"),
        track_gain=tagged_gain("track", one),
        album_gain=tagged_gain("album", one),
    )
