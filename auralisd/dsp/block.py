"""Blocks of sound and how they are made safe to compute with."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Block = NDArray[np.float32]
"""Interleaved sound: shape (frames, channels), C-contiguous, full scale is ±1."""

Planes = NDArray[np.float32]
"""The same sound channel by channel: shape (channels, frames)."""

LOUDEST: Final = 1.0e4
"""+80 dBFS.  No recording is louder; a damaged file may hold any 32 bits, and the transforms must not overflow."""


def make_sane(sound: NDArray[np.float32]) -> None:
    """Replace in place what is not a number or infinite by silence, and hold the rest within ±`LOUDEST`."""
    # Written so that NaN, for which every comparison is false, takes the slow branch.
    if sound.size and not (sound.max() <= LOUDEST and sound.min() >= -LOUDEST):
        np.nan_to_num(sound, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        np.clip(sound, -LOUDEST, LOUDEST, out=sound)


def planes_of(block: Block) -> Planes:
    """A copy channel by channel."""
    return np.ascontiguousarray(block.T)


def decibels(amplitude: float) -> float:
    """Amplitude in dB; −inf for silence."""
    return 20.0 * float(np.log10(amplitude)) if amplitude > 0.0 else float("-inf")


def amplitude(decibel: float) -> float:
    """The linear factor of a level in dB."""
    return float(10.0 ** (decibel / 20.0))
