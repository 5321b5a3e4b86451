"""Splices: what is on the reel already is taken back, rendered once more, or given up for something else.

Only the render thread uses it.
"""

import logging
from typing import Final

import msgspec

from auralisd.decode.decoder import Decoder, open_track
from auralisd.doors.sound import Stream, Unreadable
from auralisd.dsp.truepeak import BIN_FRAMES
from auralisd.errors import TrackUnreadable
from auralisd.model.plan import MasteringPlan
from auralisd.sound.crossing import needed_from
from auralisd.sound.lap import Lap, fade_s
from auralisd.sound.markings import begin_among, from_position
from auralisd.sound.meters import Meters
from auralisd.sound.reel import Reel
from auralisd.sound.retake import retake
from auralisd.sound.ring import BEGINS, Mark
from auralisd.sound.score import Part

log = logging.getLogger(__name__)

TAKE_OVER_FADE_S: Final = 0.020
"""From what was rendered ahead to the same song as it fades out."""


class Splices:
    def __init__(self, reel: Reel) -> None:
        self._reel = reel

    def take_back(self, part: Part) -> bool:
        """Take the last part off the tape again; False when its first frames are on their way to the ear."""
        written_to = self._reel.ring.write_at
        at = min(part.begin.at if part.lap is None else part.lap.touches_from, written_to)
        if not self._reel.ring.cut(at):
            return False
        self._reel.silence()
        self._reel.score.parts.pop()
        if part.lap is None and part.begin.at <= written_to:
            self._reel.has_run_out = True
        else:  # the last one is not all there
            self._resume(at)
        return True

    def take_back_end(self) -> bool:
        """Something follows after all; False when the end was told already."""
        ring, is_laid = self._reel.ring, self._reel.stopping is None
        if not self._take_back_flushed() and is_laid and not ring.cut(ring.write_at):
            return False
        self._reel.stopping = None
        self._reel.has_run_out = True
        return True

    def _take_back_flushed(self) -> bool:
        """What the resampler gave for want of more comes from it once more, now that there is more; False when there
        is nothing of that, or the reader is past it."""
        renewed = self._reel.tail.renew()
        if renewed is None or not self._reel.ring.cut(self._reel.end_at - renewed[1]):
            return False
        self._reel.tail.clear()
        self._reel.tail.left = renewed[0]
        return True

    def _resume(self, at: int) -> None:
        """Go on with the last part, as if nothing had been rendered of it from `at` on."""
        part = self._reel.score.parts[-1]
        part.ended = None
        try:
            decoder = open_track(part.stream.path)
        except TrackUnreadable as failure:
            frame = part.begin.frame_at(at, self._reel.ring.rate_hz)
            part.ended = Unreadable(self._reel.generation, part.stream.entry, failure.code, frame)
            self._reel.has_run_out = True
            return
        self._reel.voice = self._reel.casting.voice_at(at, part, None, decoder, part.plan)

    def retake(self, part: Part, decoder: Decoder, plan: MasteringPlan, *, base: int, fade_s: float) -> int | None:
        """Render `part` once more from ring position `base` on: from where it is heard, None when it was too late.

        The decoder is the voice's or closed then, and what lay behind the part is off the tape.  Raises
        TrackUnreadable, of the part before it in an overlap.
        """
        leaving = self._reel.score.before(part) if part.lap is not None else None
        try:
            voice = self._reel.casting.voice_at(base, part, leaving, decoder, plan)
        except TrackUnreadable:
            self._reel.give_back(decoder)
            raise
        serials = [next(self._reel.serials) for _ in range(3)]

        def marks(at: int) -> tuple[Mark, ...]:
            return from_position(part, leaving, at, iter(serials))

        taken = retake(self._reel.ring, voice, base=base, fade_s=fade_s, marks=marks)
        takes_turn = self._reel.voice is None or not self._reel.voice.is_of(decoder)
        if taken is None:
            if takes_turn:
                voice.close()
            return None
        if takes_turn:
            self._reel.silence()
        self._reel.tail.clear()
        self._reel.tail.add(taken.rest)
        self._reel.has_run_out, self._reel.stopping = False, None
        part.begin = begin_among(marks(taken.at), part.begin)
        self._reel.score.keep_up_to(part)
        part.ended = None
        self._reel.voice = voice
        return taken.at

    def treat_rest(self, plan: MasteringPlan) -> int:
        """What is on the tape stays, and the rest of the last part is rendered so: from where on."""
        at, part, voice = self._reel.ring.write_at, self._reel.score.last, self._reel.voice
        if part is not None and voice is not None:
            leaving = self._reel.score.before(part)
            self._reel.voice = self._reel.casting.voice_at(at, part, leaving, voice.lend_decoder(), plan)
            self._reel.tail.clear()
        return at

    def take_over(self, generation: int, stream: Stream, decoder: Decoder, plan: MasteringPlan) -> bool:
        """Let a stream of another generation come in over what is heard, from the next frame that the reader takes on;
        False where nothing is heard, or the stream is too short to be faded."""
        leaving, rate_hz, base = self._reel.part_heard_next(), self._reel.ring.rate_hz, self._reel.ring.read_at
        coming_s = None if decoder.frames is None else decoder.frames / decoder.format.rate_hz
        seconds = fade_s(stream.overlap_s, leaving_s=None, coming_s=coming_s)
        frames = round(seconds * rate_hz) // BIN_FRAMES * BIN_FRAMES
        if leaving is None or not frames:
            return False
        lap = Lap(base, base + frames, rate_hz)
        try:
            rest = self._reel.casting.rest_of(leaving, needed_from(lap, base), lap.ends_at)
        except TrackUnreadable as failure:
            log.warning("no crossfade entry=%d reason=%s", stream.entry, failure)
            return False
        bare = self._reel.mark(BEGINS, stream, decoder, at=base)
        begin = msgspec.structs.replace(bare, generation=generation)
        part = Part(stream, plan, Meters(begin.rate_hz, begin.frame), begin, base, lap)
        voice = self._reel.casting.crossed(part, leaving, rest, base, decoder, plan)

        def marks(at: int) -> tuple[Mark, ...]:
            return (msgspec.structs.replace(begin, at=at),)

        taken = retake(self._reel.ring, voice, base=base, fade_s=TAKE_OVER_FADE_S, marks=marks)
        if taken is None:
            return False
        self._reel.silence()
        self._reel.tail.add(taken.rest)
        self._reel.generation = generation
        part.begin = marks(taken.at)[0]
        self._reel.score.parts = [leaving, part]
        self._reel.voice = voice
        return True
