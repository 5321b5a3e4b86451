"""Opening: which library decodes a file.  libsndfile goes first; PyAV takes what it cannot, or would cut short."""

import os
from collections.abc import Callable
from functools import partial
from typing import Final

from auralisd.decode.mp3 import after_id3, tells_no_length
from auralisd.decode.regular import name_of, open_regular
from auralisd.decode.remedy import PYAV_REMEDY
from auralisd.decode.sndfile import SndfileSource
from auralisd.decode.source import Source
from auralisd.errors import TrackUnreadable

_MARKS: Final = (
    (4, b"ftyp", "MP4 (AAC, ALAC)"),
    (0, bytes.fromhex("3026b2758e66cf11"), "WMA"),
    (0, b"MAC ", "Monkey's Audio"),
    (0, b"wvpk", "WavPack"),
    (0, b"TTA1", "True Audio"),
    (0, b"MPCK", "Musepack"),
    (0, b"MP+", "Musepack"),
    (0, b"\xff\xf1", "AAC"),
    (0, b"\xff\xf9", "AAC"),
)
"""How a file begins that only PyAV decodes."""


_RESCUED: Final = frozenset({"MP3", "FLAC"})

Rescue = Callable[[], Source | None]
"""The same file through another library, once the first one has lost its way; None where there is none."""


def open_source(path: bytes) -> tuple[Source, Rescue]:
    """Raises TrackUnreadable as `decoder.open_track`."""
    fd = open_regular(path)
    try:
        if tells_no_length(fd) and (decoded_by_ffmpeg := _ffmpeg()) is not None:
            return decoded_by_ffmpeg(fd, path), _no_rescue
        try:
            source = SndfileSource(fd, path)
        except TrackUnreadable as refusal:
            if refusal.code not in {"not-audio", "damaged"}:
                raise
            return _second_opinion(fd, path, refusal), _no_rescue
        return source, partial(_rescue, source, path) if source.container in _RESCUED else _no_rescue
    finally:
        os.close(fd)


def _second_opinion(fd: int, path: bytes, refusal: TrackUnreadable) -> Source:
    """What PyAV makes of a file that libsndfile refuses."""
    decoded_by_ffmpeg = _ffmpeg()
    if decoded_by_ffmpeg is None:
        if (kind := _kind(fd)) is not None:
            raise TrackUnreadable("unreadable", f"{name_of(path)}: to decode {kind}, {PYAV_REMEDY}") from refusal
        raise refusal
    try:
        return decoded_by_ffmpeg(fd, path)
    except TrackUnreadable as second:
        if second.code != "not-audio":
            raise
        if (kind := _kind(fd)) is not None:
            raise TrackUnreadable("damaged", f"{name_of(path)}: what {kind} needs to be decoded is missing") from second
        raise refusal from second


def _no_rescue() -> None:
    return None


def _rescue(source: SndfileSource, path: bytes) -> Source | None:
    """libmpg123 gives up where much is damaged, and libFLAC looks for what follows in one way only."""
    decoded_by_ffmpeg = _ffmpeg()
    return None if decoded_by_ffmpeg is None else decoded_by_ffmpeg(source.fd, path)


def _ffmpeg() -> Callable[[int, bytes], Source] | None:
    """PyAV is an optional part of 25 MB: it is loaded when the first file needs it; None where it is not there."""
    try:
        from auralisd.decode.ffmpeg import FfmpegSource
    except (ImportError, OSError):
        return None
    return FfmpegSource


def _kind(fd: int) -> str | None:
    head = os.pread(fd, 16, after_id3(fd))
    return next((kind for at, mark, kind in _MARKS if head[at:].startswith(mark)), None)
