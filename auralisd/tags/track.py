"""A track: what a music file says of itself, and the signature of its sound."""

import os
from typing import Any

from auralisd.errors import TrackUnreadable
from auralisd.model.audio import MAX_CHANNELS, MAX_RATE_HZ, MIN_RATE_HZ
from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.tags.fields import tags_of
from auralisd.tags.opening import facts_of, open_regular
from auralisd.tags.signature import signature_of
from auralisd.tags.swift import Ordinary, read_flac, read_vorbis
from auralisd.tags.swift_mp3 import read_mp3

_OPUS_RATE_HZ = 48_000
_LONGEST_S = 366 * 24 * 3600.0
"""Headers that name more name nonsense: a damaged Ogg page may claim a million years, which no column holds."""


def read_track(path: bytes) -> tuple[FileFacts, StreamFacts, Tags]:
    """What a file says of itself, and its facts from before it was read: a change meanwhile shows at the next look.

    Raises TrackUnreadable with the codes of `open_regular`, `not-audio` (the ending lies) or `damaged`.
    """
    with open_regular(path) as file:
        facts = facts_of(os.fstat(file.fileno()))
        if (ordinary := read_ordinary(file.fileno(), path, facts.size_bytes)) is not None:
            signature = _signature(file.fileno(), path)
            return facts, stream_facts(ordinary.name, ordinary, signature), tags_of(ordinary.words)
        # Imported here because most workers never need mutagen, and it takes longer to load than a thousand files.
        from auralisd.tags.reading import read_tagged

        name, info, words = read_tagged(file, path)
        return facts, stream_facts(name, info, _signature(file.fileno(), path)), tags_of(words)


def read_ordinary(fd: int, path: bytes, size_bytes: int) -> Ordinary | None:
    """What the file says of itself, as mutagen would tell it; None where only mutagen knows."""
    try:
        match os.path.splitext(path)[1].lower():
            case b".flac":
                return read_flac(fd, size_bytes)
            case b".mp3":
                return read_mp3(fd, size_bytes)
            case b".ogg" | b".oga":
                return read_vorbis(fd, size_bytes)
    except Exception:  # noqa: BLE001  whatever it is, mutagen says what it means
        return None
    return None


def _signature(fd: int, path: bytes) -> bytes:
    """None is told of a file that is odd but can be read: it is nobody's duplicate."""
    try:
        return signature_of(fd, path)
    except TrackUnreadable as fault:
        if fault.code == "unreadable":
            raise
        return b""


def stream_facts(name: str, stream: Any, signature: bytes) -> StreamFacts:
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
