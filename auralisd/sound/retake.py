"""Retake: a stretch that is in the ring already, rendered once more with another plan and faded over to."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from auralisd.dsp.block import Block
from auralisd.dsp.crossfade import crossfade
from auralisd.sound.crossing import Crossing
from auralisd.sound.ring import FrameRing, Mark
from auralisd.sound.voice import SILENCE, Voice

Marks = Callable[[int], tuple[Mark, ...]]

_LATE_S = 0.1
"""How far the reader may move on while the stretch is rendered."""


class Retaken(NamedTuple):
    """From ring position `at` on it is heard; `rest` is what was rendered already and comes behind that."""

    at: int
    rest: Block


def retake(ring: FrameRing, voice: Voice | Crossing, *, base: int, fade_s: float, marks: Marks) -> Retaken | None:
    """Fade the ring over to `voice`, which begins at ring position `base`, as near to the reader as can be.

    `marks` are those of the frames from a position on.  None when the reader was faster than the voice, or past its
    end.
    """
    fade_frames, late_frames = round(fade_s * ring.rate_hz), round(_LATE_S * ring.rate_hz)
    fresh = _gathered(voice, ring.read_at - base + fade_frames + late_frames)
    while (late := ring.read_at - base) < len(fresh):
        at, new = base + late, fresh[late : late + fade_frames + late_frames]
        old = ring.peek(at, min(fade_frames, len(new)))
        mixed = np.concatenate((crossfade(old, new[: len(old)]), new[len(old) :]))
        if ring.splice(at, mixed, *marks(at)):
            return Retaken(at, fresh[late + len(new) :])
    return None


def _gathered(voice: Voice | Crossing, frames: int) -> Block:
    """At least so many frames, or all there are."""
    blocks, count = [SILENCE], 0
    while count < frames and len(block := voice.render()):
        blocks.append(block)
        count += len(block)
    return np.concatenate(blocks)
