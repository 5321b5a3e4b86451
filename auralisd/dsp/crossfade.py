"""Crossfades between two renders of the same stretch of a track."""

import numpy as np

from auralisd.dsp.block import Block


def crossfade(old: Block, new: Block) -> Block:
    """Go from `old` to `new` over their whole length, along a raised cosine.

    Equal gain, not equal power: two renders of one source add in amplitude, and an equal-power fade would lift
    the level by up to 3 dB in its middle.  Where both are equal, the result is equal to the bit.
    """
    if old.shape != new.shape:
        raise ValueError(f"both sides of a crossfade have one shape, not {old.shape} and {new.shape}")
    frames = len(old)
    share = (0.5 - 0.5 * np.cos(np.pi * (np.arange(frames) + 0.5) / max(frames, 1))).astype(np.float32)
    mixed: Block = old + (new - old) * share[:, None]
    return mixed
