"""Music files for tests: real, tiny, tagged."""

import os
from pathlib import Path

import numpy as np
import soundfile
from mutagen.flac import FLAC
from mutagen.id3 import TALB, TCON, TIT2, TPE1, TRCK
from mutagen.mp3 import MP3
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
    path: Path, *, title: str = "Aria", artist: str = "Ada", album: str = "Album", track: int = 1, seconds: float = 0.2
) -> Path:
    """A sine wave of any of our formats, with tags where the format holds them; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rate_hz = 48_000
    times_s = np.arange(int(seconds * rate_hz)) / rate_hz
    sine = (0.1 * np.sin(2 * np.pi * (300 + 10 * track) * times_s)).astype(np.float32)
    file_format, subtype = _FORMATS[path.suffix]
    soundfile.write(path, np.column_stack([sine, sine]), rate_hz, format=file_format, subtype=subtype)
    tag(path, title=title, artist=artist, album=album, track=track)
    return path


def tag(path: Path, *, title: str, artist: str = "Ada", album: str = "Album", track: int = 1) -> None:
    """Write tags in place, as an editor does."""
    words = {"title": title, "artist": artist, "album": album, "tracknumber": f"{track}/12", "genre": "Test"}
    match path.suffix:
        case ".flac":
            _write_words(FLAC(path), words)
        case ".ogg":
            _write_words(OggVorbis(path), words)
        case ".mp3":
            mp3 = MP3(path)
            if mp3.tags is None:
                mp3.add_tags()
            for frame in (
                TIT2(3, [title]),
                TPE1(3, [artist]),
                TALB(3, [album]),
                TRCK(3, [f"{track}/12"]),
                TCON(3, ["Test"]),
            ):
                mp3.tags.add(frame)
            mp3.save()


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


def _write_words(file: FLAC | OggVorbis, words: dict[str, str]) -> None:
    for key, value in words.items():
        file[key] = value
    file.save()
