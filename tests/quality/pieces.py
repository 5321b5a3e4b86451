"""The small set that every run is judged on: sounds made in code, and pieces of the demo album."""

from collections.abc import Iterator
from contextlib import closing
from os import fsencode
from pathlib import Path
from typing import Final

import numpy as np
import scipy.signal

from auralisd.decode.decoder import open_track
from auralisd.dsp.block import Block
from auralisd.dsp.channels import to_stereo
from tests.quality.figures import Piece
from tests.sounds import music

SYNTHETIC_S: Final = 8.0
ALBUM_S: Final = 10.0
_RATE_HZ: Final = 44_100
_ALBUM_TRACKS: Final = ("02", "04", "07")
_FROM_S: Final = 8.0


def synthetic() -> Iterator[Piece]:
    """One kind of mix in several conditions, each far from where the plan would have it."""
    mix = music(SYNTHETIC_S)
    low = scipy.signal.butter(1, 800, fs=_RATE_HZ, output="sos")
    high = scipy.signal.butter(1, 400, "highpass", fs=_RATE_HZ, output="sos")
    steps = np.repeat(np.array([0.1, 1.0, 0.3, 0.7], np.float32), len(mix) // 4)[:, None]
    sounds = {
        "mix": mix,
        "quiet mix": mix * np.float32(0.05),
        "loud mix": np.tanh(mix * 4.0).astype(np.float32),
        "dull mix": scipy.signal.sosfilt(low, mix, axis=0).astype(np.float32),
        "thin mix": scipy.signal.sosfilt(high, mix, axis=0).astype(np.float32),
        "mix in steps": mix[: len(steps)] * steps,
        "mono mix": np.repeat(mix[:, :1], 2, axis=1),
    }
    for name, sound in sounds.items():
        yield Piece(name, sound, _RATE_HZ)


def from_album(folder: Path) -> Iterator[Piece]:
    """10 s of the demo album's tracks in FLAC, Vorbis and Opus."""
    for file in sorted(folder.iterdir()):
        if file.name[:2] in _ALBUM_TRACKS:
            sound, rate_hz = decoded(file, from_s=_FROM_S, seconds=ALBUM_S)
            yield Piece(file.stem, sound, rate_hz)


def decoded(file: Path, *, from_s: float = 0.0, seconds: float | None = None) -> tuple[Block, int]:
    """A file, or a part of it, folded to stereo as the product does."""
    with closing(open_track(fsencode(file))) as decoder:
        rate_hz = decoder.format.rate_hz
        decoder.seek(round(from_s * rate_hz))
        left = decoder.frames if seconds is None else round(seconds * rate_hz)
        blocks = []
        while (left is None or left > 0) and len(block := decoder.read(min(left or rate_hz, rate_hz))):
            blocks.append(to_stereo(block))
            left = None if left is None else left - len(block)
    return np.concatenate(blocks), rate_hz
