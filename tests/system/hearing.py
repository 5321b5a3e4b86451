"""What a recording holds: where a known piece lies in it, where it is silent, how loud it is."""

import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.int16]


def noise(seconds: float, *, rate_hz: int = 44_100, seed: int = 1, peak: int = 3000) -> Frames:
    """Stereo noise of which no frame is silent and no stretch occurs twice: every gap and repeat shows."""
    dice = np.random.default_rng(seed)
    values = dice.integers(-peak, peak, size=(round(seconds * rate_hz), 2), dtype=np.int16)
    values[values == 0] = 1
    return values


def _words(frames: Frames) -> NDArray[np.uint32]:
    return np.ascontiguousarray(frames).view(np.uint32).reshape(-1)


def find(recording: Frames, piece: Frames, *, start: int = 0) -> int | None:
    """The first place at or after `start` where the whole piece stands, sample for sample."""
    heard, wanted = _words(recording), _words(piece)
    for place in np.flatnonzero(heard[start : len(heard) - len(wanted) + 1] == wanted[0]) + start:
        if np.array_equal(heard[place : place + len(wanted)], wanted):
            return int(place)
    return None


def sounding(recording: Frames) -> Frames:
    """The recording without its silent frames: what was played, pauses cut out."""
    return recording[np.any(recording != 0, axis=1)]


def first_difference(heard: Frames, wanted: Frames) -> int | None:
    """The first frame at which two pieces differ in their common length; None: nowhere."""
    count = min(len(heard), len(wanted))
    differ = np.flatnonzero(np.any(heard[:count] != wanted[:count], axis=1))
    return int(differ[0]) if len(differ) else None
