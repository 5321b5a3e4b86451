"""Lengths: how long a file plays, as its headers say it, or counted where they do not, or say less than there is."""

import os
from typing import Any, BinaryIO

from mutagen.mp3 import MP3, BitrateMode

from auralisd.errors import TrackUnreadable
from auralisd.tags.bare import Adts
from auralisd.tags.counting import aac_length_s, falls_short, mp3_length_s
from auralisd.tags.sound_bytes import SoundBytes, sound_bytes

_HEADER_BYTES = 40
"""How far into its first frame a header of MP3 says what it is."""


def count_length(opened: Any, file: BinaryIO, path: bytes) -> None:
    """Put the length right in what mutagen made of a file, where it is an estimate or says less than there is."""
    count = mp3_length_s if isinstance(opened, MP3) else aac_length_s if isinstance(opened, Adts) else None
    if count is None:
        return
    fd = file.fileno()
    try:
        if isinstance(opened, MP3) and not _may_say_less(opened.info, os.fstat(fd).st_size):
            return
        sound = sound_bytes(fd, os.path.splitext(path)[1].lower())
        if isinstance(opened, MP3) and _has_header(fd, sound.start) and not _falls_short(opened.info, sound):
            return  # the rest is pictures and words
        opened.info.length = count(fd, sound.start, sound.end) or opened.info.length
    except (TrackUnreadable, OSError, ValueError):
        return  # the estimate stays


def _may_say_less(mp3: Any, there_bytes: int) -> bool:
    """False for nearly all files, and cheap."""
    return mp3.bitrate_mode == BitrateMode.UNKNOWN or falls_short(_counted_bytes(mp3), there_bytes)


def _falls_short(mp3: Any, sound: SoundBytes) -> bool:
    """True where the header knows of the first of several files in one."""
    return falls_short(_counted_bytes(mp3), sound.end - sound.start)


def _counted_bytes(mp3: Any) -> float:
    return float(mp3.length) * float(mp3.bitrate) / 8


def _has_header(fd: int, start: int) -> bool:
    head = os.pread(fd, _HEADER_BYTES, start)
    return any(mark in head for mark in (b"Xing", b"Info", b"VBRI"))
