"""Music files for tests: real, tiny, tagged."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from mutagen.flac import FLAC
from mutagen.mp3 import EasyMP3
from mutagen.oggvorbis import OggVorbis

_FORMATS = {
    ".flac": ("FLAC", "PCM_16"),
    ".wav": ("WAV", "PCM_16"),
    ".aiff": ("AIFF", "PCM_16"),
    ".ogg": ("OGG", "VORBIS"),
    ".opus": ("OGG", "OPUS"),
    ".mp3": ("MP3", "MPEG_LAYER_III"),
}


def write_music(
    path: Path,
    *,
    title: str = "Aria",
    artist: str = "Ada",
    album: str = "Album",
    track: int = 1,
    seconds: float = 0.2,
    rate_hz: int = 48_000,
) -> Path:
    """A sine wave of any of our formats, with tags where the format holds them; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    times_s = np.arange(int(seconds * rate_hz)) / rate_hz
    sine = (0.1 * np.sin(2 * np.pi * (300 + 10 * track) * times_s)).astype(np.float32)
    file_format, subtype = _FORMATS[path.suffix]
    soundfile.write(path, np.column_stack([sine, sine]), rate_hz, format=file_format, subtype=subtype)
    tag(path, title=title, artist=artist, album=album, track=track)
    return path


def tag(path: Path, *, title: str, artist: str = "Ada", album: str = "Album", track: int = 1, **more: str) -> None:
    """Write tags in place, as an editor does; `more` are others, by the names that mutagen has for them."""
    words = {"title": title, "artist": artist, "album": album, "tracknumber": f"{track}/12", "genre": "Test", **more}
    write_tags(path, words)


def write_tags(path: Path, words: Mapping[str, str | list[str]]) -> None:
    """These, and leave all others; nothing where we know no editor for the format."""
    editors: dict[str, Any] = {".flac": FLAC, ".ogg": OggVorbis, ".mp3": EasyMP3}
    if (editor := editors.get(path.suffix)) is not None:
        file = editor(path)
        for key, value in words.items():
            file[key] = value
        file.save()


def copies(seed: Path, folder: Path, count: int) -> list[Path]:
    """Many files with the same content."""
    folder.mkdir(parents=True, exist_ok=True)
    content = seed.read_bytes()
    paths = [folder / f"{number:05}{seed.suffix}" for number in range(count)]
    for path in paths:
        path.write_bytes(content)
    return paths


def odd_name(folder: Path, suffix: bytes = b".flac") -> Path:
    """A path that is no text and holds a line feed."""
    return Path(os.fsdecode(bytes(folder) + b"/caf\xe9\nnew line" + suffix))
