"""Lengths: how long a file plays, as its headers say it, or counted where they do not, or say less than there is."""

import os
from typing import Any, BinaryIO

from mutagen.mp3 import MP3, BitrateMode

from auralisd.errors import TrackUnreadable
from auralisd.tags.bare import Adts
from auralisd.tags.counting import aac_length_s, mp3_length_s
from auralisd.tags.sound_bytes import sound_bytes

_SLACK, _SLACK_BYTES = 0.02, 65_536
"""Of the bytes that an MP3's header counts."""


def length_s(opened: Any, file: BinaryIO, path: bytes) -> float:
    """Of a file as mutagen opened it; 0.0 where nothing says it."""
    said_s = float(getattr(opened.info, "length", 0) or 0)
    count = mp3_length_s if isinstance(opened, MP3) else aac_length_s if isinstance(opened, Adts) else None
    if count is None:
        return said_s
    fd = file.fileno()
    try:
        if isinstance(opened, MP3) and not _says_less(opened.info, os.fstat(fd).st_size):
            return said_s
        sound = sound_bytes(fd, os.path.splitext(path)[1].lower())
        if isinstance(opened, MP3) and not _says_less(opened.info, sound.end - sound.start):
            return said_s  # the rest is pictures and words
        return count(fd, sound.start, sound.end) or said_s
    except (TrackUnreadable, OSError, ValueError):
        return said_s


def _says_less(mp3: Any, there: int) -> bool:
    """True when no header says the length, or one that knows of fewer bytes: several files in one."""
    says = float(mp3.length) * float(mp3.bitrate) / 8
    return mp3.bitrate_mode == BitrateMode.UNKNOWN or says * (1 + _SLACK) + _SLACK_BYTES < there
