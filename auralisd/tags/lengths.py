"""Lengths: how long a file plays, as its headers say it, or counted where they do not, or say less than there is."""

import os
from typing import Any, BinaryIO

from mutagen.mp3 import MP3, BitrateMode

from auralisd.errors import TrackUnreadable
from auralisd.tags.bare import Adts
from auralisd.tags.counting import aac_length_s, falls_short, mp3_length_s
from auralisd.tags.sound_bytes import sound_bytes


def count_length(opened: Any, file: BinaryIO, path: bytes) -> None:
    """Put the length right in what mutagen made of a file, where it is an estimate or says less than there is."""
    count = mp3_length_s if isinstance(opened, MP3) else aac_length_s if isinstance(opened, Adts) else None
    if count is None:
        return
    fd = file.fileno()
    try:
        if isinstance(opened, MP3) and not _says_less(opened.info, os.fstat(fd).st_size):
            return
        sound = sound_bytes(fd, os.path.splitext(path)[1].lower())
        if isinstance(opened, MP3) and not _says_less(opened.info, sound.end - sound.start):
            return  # the rest is pictures and words
        opened.info.length = count(fd, sound.start, sound.end) or opened.info.length
    except (TrackUnreadable, OSError, ValueError):
        return  # the estimate stays


def _says_less(mp3: Any, there: int) -> bool:
    """True when no header says the length, or one that knows of fewer bytes: several files in one."""
    says = float(mp3.length) * float(mp3.bitrate) / 8
    return mp3.bitrate_mode == BitrateMode.UNKNOWN or falls_short(says, there)
