"""The album as files: encoded, tagged, with a cover, and whole or not there at all."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray

from auralisd.demo import pieces
from auralisd.demo.cover import cover_png
from auralisd.demo.instruments import Samples
from auralisd.demo.tagging import write_tags
from auralisd.disk import to_disk

ALBUM: Final = "First Light"
ARTIST: Final = "Auralis Ensemble"
COMPOSER: Final = "auralisd"
DATE: Final = "2026"

# Another number composes the album anew where an older one was kept.
_EDITION: Final = "1"
_EDITION_FILE: Final = ".edition"
# libsndfile's Vorbis encoder needs stack in proportion to what it is given at once.
_BLOCK_FRAMES: Final = 1 << 15


class Track(NamedTuple):
    """One file of the album; `container` and `coding` are libsndfile's names."""

    number: int
    title: str
    genre: str
    suffix: str
    container: str
    coding: str

    @property
    def file_name(self) -> str:
        return f"{self.number:02} {self.title}{self.suffix}"


TRACKS: Final = (
    Track(1, "Before Dawn", "Ambient", ".flac", "FLAC", "PCM_24"),
    Track(2, "Window, Closed", "Folk", ".flac", "FLAC", "PCM_16"),
    Track(3, "Window, Open", "Folk", ".flac", "FLAC", "PCM_16"),
    Track(4, "Cellar Dub", "Dub", ".ogg", "OGG", "VORBIS"),
    Track(5, "Tin Parade", "March", ".mp3", "MP3", "MPEG_LAYER_III"),
    Track(6, "Old Wireless", "Waltz", ".aiff", "AIFF", "PCM_16"),
    Track(7, "Evening Post", "Lo-Fi", ".opus", "OGG", "OPUS"),
)


def compose(folder: Path, *, report: Callable[[str], None]) -> Path:
    """Have the album in `folder`, composing it where it is not there yet; gives the album's own folder.

    Takes about ten seconds of one core.  An interrupted run leaves nothing that looks like an album.  `report` is told
    each title.  Raises OSError where the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    album = folder / ALBUM
    with (folder / ".composing.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_whole(album):
            _compose_into_place(album, report)
    return album


def _is_whole(album: Path) -> bool:
    # The album is renamed into place with its edition in it, so the one word stands for all files.
    edition = album / _EDITION_FILE
    return edition.is_file() and edition.read_text() == _EDITION


def _compose_into_place(album: Path, report: Callable[[str], None]) -> None:
    for abandoned in album.parent.glob(".composing-*"):
        shutil.rmtree(abandoned)
    with TemporaryDirectory(dir=album.parent, prefix=".composing-") as scratch:
        made = Path(scratch) / "album"
        made.mkdir()
        _write_files(made, report)
        if album.exists():
            album.rename(Path(scratch) / "older edition")
        made.rename(album)


def _write_files(made: Path, report: Callable[[str], None]) -> None:
    cover = cover_png()
    (made / "cover.png").write_bytes(cover)
    recordings = _recordings()
    for track in TRACKS:
        report(f"{track.number}/{len(TRACKS)} {track.title}")
        samples, rate_hz = next(recordings)
        path = made / track.file_name
        _encode(path, track, samples, rate_hz)
        write_tags(path, _words(track), cover)
    (made / _EDITION_FILE).write_text(_EDITION)
    for path in made.iterdir():
        to_disk(path)


def _words(track: Track) -> dict[str, str]:
    return {
        "title": track.title,
        "artist": ARTIST,
        "albumartist": ARTIST,
        "album": ALBUM,
        "tracknumber": f"{track.number}/{len(TRACKS)}",
        "discnumber": "1/1",
        "date": DATE,
        "genre": track.genre,
        "composer": COMPOSER,
    }


def _recordings() -> Iterator[pieces.Recording]:
    """The recordings in the album's order, each made when it is asked for."""
    yield pieces.before_dawn()
    window, rate_hz = pieces.window()
    cut = round(pieces.WINDOW_CUT_BEATS * 60.0 / pieces.WINDOW_BEATS_PER_MINUTE * rate_hz)
    yield window[:, :cut], rate_hz
    yield window[:, cut:], rate_hz
    yield pieces.cellar_dub()
    yield pieces.tin_parade()
    yield pieces.old_wireless()
    yield pieces.evening_post()


def _encode(path: Path, track: Track, samples: Samples, rate_hz: int) -> None:
    frames = sixteen_bits(samples, seed=track.number) if track.coding == "PCM_16" else samples
    with soundfile.SoundFile(
        path, "w", rate_hz, channels=len(samples), subtype=track.coding, format=track.container
    ) as file:
        for start in range(0, frames.shape[1], _BLOCK_FRAMES):
            file.write(np.ascontiguousarray(frames[:, start : start + _BLOCK_FRAMES].T))


def sixteen_bits(samples: Samples, *, seed: int) -> NDArray[np.int16]:
    """Round to 16 bits with triangular dither."""
    dither = np.random.default_rng(seed).random((2, *samples.shape)).sum(axis=0) - 1.0
    return np.asarray(np.clip(np.round(samples * 32767.0 + dither), -32768, 32767), dtype=np.int16)
