"""Retake: a stretch that is in the ring already, rendered once more with another plan and faded over to."""

import numpy as np

from auralisd.decode.decoder import Decoder
from auralisd.dsp.block import Block
from auralisd.dsp.crossfade import crossfade
from auralisd.model.plan import MasteringPlan
from auralisd.sound.ring import CONTINUES, FrameRing, Mark
from auralisd.sound.score import Part
from auralisd.sound.shelf import Shelf
from auralisd.sound.voice import SILENCE, Voice, entry_point

_LATE_S = 0.1
"""How far the reader may move on while the stretch is rendered."""


def voice_at(
    position: int, part: Part, decoder: Decoder, plan: MasteringPlan, *, ring_rate_hz: int, shelf: Shelf
) -> Voice:
    """A voice that gives `part` from a ring position on, on the same grid as the one that rendered it."""
    frame, skip = entry_point(
        frame=part.begin.frame,
        ring_frames=position - part.begin.origin,
        source_hz=part.begin.rate_hz,
        ring_hz=ring_rate_hz,
    )
    return Voice(
        decoder,
        plan,
        part.meters,
        start_frame=frame,
        ring_rate_hz=ring_rate_hz,
        skip_ring_frames=skip,
        shelf=shelf,
    )


def retake(ring: FrameRing, part: Part, voice: Voice, *, base: int, fade_s: float, serial: int) -> int | None:
    """Fade the ring over to `voice`, which begins at ring position `base`, as near to the reader as can be.

    The position from which on it is heard; None when the reader was faster than the voice, or past its end.
    """
    fade_frames = round(fade_s * ring.rate_hz)
    fresh = _gathered(voice, fade_frames + round(_LATE_S * ring.rate_hz))
    while (late := ring.read_at - base) < len(fresh):
        at, new = base + late, fresh[late:]
        old = ring.peek(at, min(fade_frames, len(new)))
        mixed = np.concatenate((crossfade(old, new[: len(old)]), new[len(old) :]))
        if ring.splice(at, mixed, _mark(part.begin, at, serial)):
            return at
    return None


def _gathered(voice: Voice, frames: int) -> Block:
    """At least so many frames, or all there are."""
    blocks, count = [SILENCE], 0
    while count < frames and len(block := voice.render()):
        blocks.append(block)
        count += len(block)
    return np.concatenate(blocks)


def _mark(begin: Mark, at: int, serial: int) -> Mark:
    """The part goes on at `at`, or still begins there."""
    if at == begin.at:
        return begin
    return Mark(
        serial,
        at,
        CONTINUES,
        begin.generation,
        entry=begin.entry,
        origin=begin.origin,
        frame=begin.frame,
        rate_hz=begin.rate_hz,
        frames=begin.frames,
    )
