"""Casting: which voice gives what lies on the tape, from any of its positions on.  Only the render thread uses it."""

import numpy as np

from auralisd.decode.decoder import Decoder, open_track
from auralisd.dsp.block import Block
from auralisd.dsp.resampler import Resampler
from auralisd.model.plan import MasteringPlan
from auralisd.sound.cache import ChunkCache
from auralisd.sound.crossing import Crossing, needed_from
from auralisd.sound.meters import Meters
from auralisd.sound.ring import FrameRing
from auralisd.sound.score import Part
from auralisd.sound.shelf import Shelf
from auralisd.sound.voice import Voice, entry_point


class Casting:
    """A voice begins on the grid of the one that gave the same part before, so that it may take its place."""

    def __init__(self, ring: FrameRing, cache: ChunkCache) -> None:
        self._ring = ring
        self._cache = cache

    def crossed(
        self, part: Part, leaving: Part, rest: Block, position: int, decoder: Decoder, plan: MasteringPlan
    ) -> Crossing:
        """The voice of `part` from a position of its lap on, over the rest of the one that leaves."""
        if part.lap is None:
            raise ValueError("there is no overlap")
        coming = self.plain_voice(max(part.lap.begins_at, needed_from(part.lap, position)), part, decoder, plan)
        ceiling_dbtp = min(leaving.plan.ceiling_dbtp, plan.ceiling_dbtp)
        return Crossing(part.lap, rest, coming, position=position, ceiling_dbtp=ceiling_dbtp)

    def rest_of(self, part: Part, first: int, end: int) -> Block:
        """A part alone between two ring positions, silence where it is not there.  Raises TrackUnreadable."""
        at = min(max(first, part.begin.origin), end)
        before = np.zeros((at - first, 2), np.float32)
        return np.concatenate((before, self.stretch(part, at, end - at)))

    def stretch(self, part: Part, position: int, frames: int) -> Block:
        """So many frames of a part from a ring position on, as they are without any overlap; silence behind its end.

        Raises TrackUnreadable.
        """
        decoder = open_track(part.stream.path)
        voice = self.plain_voice(position, part, decoder, part.plan, meters=Meters(part.begin.rate_hz))
        blocks, count = [np.empty((0, 2), np.float32)], 0
        try:
            while count < frames and len(block := voice.render()):
                blocks.append(block)
                count += len(block)
        finally:
            voice.close()
        blocks += (voice.resampler.flush(), np.zeros((frames, 2), np.float32))
        return np.concatenate(blocks)[:frames]

    def voice_at(
        self, position: int, part: Part, leaving: Part | None, decoder: Decoder, plan: MasteringPlan
    ) -> Voice | Crossing:
        """A voice that gives the tape from a ring position on, whose last is `part`, behind `leaving`.

        Raises TrackUnreadable where that one sounds too, and cannot be read any more.
        """
        if part.lap is None or leaving is None or position >= part.lap.touches_to:
            return self.plain_voice(position, part, decoder, plan)
        first = needed_from(part.lap, position)
        rest = self.stretch(leaving, first, part.lap.ends_at - first)
        return self.crossed(part, leaving, rest, position, decoder, plan)

    def plain_voice(
        self,
        position: int,
        part: Part,
        decoder: Decoder,
        plan: MasteringPlan,
        *,
        meters: Meters | None = None,
        resampler: Resampler | None = None,
    ) -> Voice:
        """A voice that gives `part` alone, on the same grid as the one that rendered it."""
        begin, ring_hz = part.begin, self._ring.rate_hz
        # Before its beginning on the tape a part is what lies earlier in the track, but for a pause, which begins it.
        wait = max(0, begin.origin - position) if part.lap is None and position >= begin.at else 0
        frame, skip = entry_point(
            frame=begin.frame,
            ring_frames=position + wait - begin.origin,
            source_hz=begin.rate_hz,
            ring_hz=ring_hz,
        )
        return Voice(
            decoder,
            plan,
            part.meters if meters is None else meters,
            start_frame=frame,
            ring_rate_hz=ring_hz,
            skip_ring_frames=skip,
            wait_ring_frames=wait,
            resampler=resampler,
            shelf=Shelf(self._cache, decoder.signature, plan, track=part.stream.track, rate_hz=decoder.format.rate_hz),
        )
