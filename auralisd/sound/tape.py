"""Tape: the write side of the ring, and the voice that is being recorded on it.  Only the render thread uses it.

It knows which entry lies where, so that what is not heard yet can be taken back: another next stream, another plan, or
a device that came back at another rate.
"""

import itertools
import logging
from typing import Final

import msgspec
import numpy as np

from auralisd.decode.decoder import Decoder, open_track
from auralisd.doors.sound import Finished, Stream, Unreadable
from auralisd.dsp.blend import reach_frames
from auralisd.dsp.resampler import Resampler
from auralisd.dsp.truepeak import BIN_FRAMES
from auralisd.errors import TrackUnreadable
from auralisd.model.plan import MasteringPlan
from auralisd.sound.cache import ChunkCache
from auralisd.sound.casting import Casting
from auralisd.sound.crossing import Crossing, needed_from
from auralisd.sound.lap import Lap, fade_s, lap_before
from auralisd.sound.markings import begin_among, from_position, of_overlap
from auralisd.sound.meters import Meters
from auralisd.sound.retake import retake
from auralisd.sound.ring import AHEAD_S, BEGINS, CONTINUES, STOPS, FrameRing, Mark
from auralisd.sound.score import Part, Score
from auralisd.sound.tail import Tail
from auralisd.sound.voice import Voice

log = logging.getLogger(__name__)

BLOCK_FRAMES: Final = 16_384

_BURST_S: Final = 1.0
"""A full ring is filled up again once so much of it was heard, so that the thread wakes about once a second."""

_APPROACH_FRAMES: Final = 3 * BLOCK_FRAMES
"""So long before it must be, what is rendered is held: a voice gives a block at once, and a chain that ends two."""

TAKE_OVER_FADE_S: Final = 0.020
"""From what was rendered ahead to the same song as it fades out."""

Ended = Finished | Unreadable | None


class Tape:
    def __init__(self, ring: FrameRing, cache: ChunkCache) -> None:
        self.ring = ring
        self.score = Score()
        self._serials = itertools.count()
        self._generation = 0
        self._voice: Voice | Crossing | None = None
        self._casting = Casting(ring, cache)
        self._tail = Tail()
        self._has_run_out = False
        self._stopping: Mark | None = None

    @property
    def is_recording(self) -> bool:
        """True while a stream is being rendered."""
        return self._voice is not None

    @property
    def has_run_out(self) -> bool:
        """True when the stream is rendered to its end, and what follows was not said yet."""
        return self._has_run_out

    @property
    def ended(self) -> Ended:
        """How the last part ended."""
        return self.score.last.ended if self.score.last is not None else None

    # --- recording ------------------------------------------------------------------------------------

    def rewind(self, generation: int, rate_hz: int) -> None:
        """An empty tape, at this rate."""
        self.forget()
        self.ring.begin(generation, rate_hz=rate_hz)
        self._generation = generation

    def forget(self) -> None:
        """What is on the tape belongs to nobody any more."""
        self.silence()
        self.score = Score()

    def silence(self) -> None:
        """Let go of the voice and of what it gave, but for what is on the tape."""
        if self._voice is not None:
            self._voice.close()
        self._voice = None
        self._tail.clear()
        self._has_run_out = False
        self._stopping = None

    def begin(self, stream: Stream, decoder: Decoder, plan: MasteringPlan, *, ended: Ended) -> None:
        """After what is recorded the tape holds this stream, over its end or behind it as the stream wants; `ended`
        tells of the one before."""
        self._has_run_out = False
        self.score.forget_before(self.ring.read_at - self.ring.rate_hz)
        if self._continues(stream, decoder):
            left, self._tail.left = self._tail.left, None
            owed = 0 if left is None else left.owed_frames
            mark = self._mark(BEGINS, stream, decoder, at=self._end_at + owed, ended=ended)
            self._enter(stream, decoder, plan, mark, resampler=left)
            return
        self._tail.let_go()
        lap = self._lap_with(stream, decoder)
        if lap is None or not self._cross(lap, stream, decoder, plan):
            wait = round(max(0.0, -stream.overlap_s) * self.ring.rate_hz) if self.score.last is not None else 0
            mark = self._mark(BEGINS, stream, decoder, at=self._end_at, ended=ended)
            self._enter(stream, decoder, plan, msgspec.structs.replace(mark, origin=mark.at + wait))

    def go_on(self, part: Part, stream: Stream, decoder: Decoder, plan: MasteringPlan, *, is_begin: bool) -> None:
        """The same stream again on a tape that was rewound, from `stream.start_frame` on."""
        kind = BEGINS if is_begin else CONTINUES
        mark = self._mark(kind, stream, decoder, at=self._end_at, serial=part.begin.serial)
        self._enter(stream, decoder, plan, mark)

    def stop(self, ended: Ended) -> None:
        """The music ends with what is recorded."""
        self._has_run_out = False
        self._stopping = Mark(next(self._serials), 0, STOPS, self._generation, ended=ended)

    def may_record(self, hold_s: float = 0.0) -> bool:
        """True when there is something to do and room for it; else the ring tells when there is.

        `hold_s`: so much of the end of the stream is kept back, for another one to come in over it.
        """
        hold = self._hold_frames(hold_s)
        if self._voice is not None and self._tail.frames <= hold:
            return True
        piece = self._releasable(hold)
        if not piece:
            return self._has_run_out or self._stopping is not None
        burst = max(piece, round(_BURST_S * self.ring.rate_hz))  # at low rates a block is longer than a burst
        return self.ring.ask_room(piece) or self.ring.ask_room(burst)

    def record(self, hold_s: float = 0.0) -> bool:
        """One block further: True when there is more on the tape for the reader, or its end."""
        hold = self._hold_frames(hold_s)
        if self._voice is not None and self._tail.frames <= hold:
            block = self._voice.render()
            self._tail.add(block)
            if not len(block):
                self._end(self._voice)
                return False
        if self._stopping is not None and not self._tail.frames:
            self._tail.let_go()
        piece = self._tail.first(self._releasable(hold))
        if len(piece):
            if not self.ring.ask_room(len(piece)):
                return False
            self.ring.append(piece)
            self._tail.drop(len(piece))
        elif self._stopping is not None:
            self.ring.mark(msgspec.structs.replace(self._stopping, at=self.ring.write_at))
            self._stopping = None
        else:
            return False
        return True

    @property
    def _end_at(self) -> int:
        """Where that lies which is rendered next."""
        return self.ring.write_at + self._tail.frames

    def _releasable(self, hold: int) -> int:
        return max(0, min(BLOCK_FRAMES, self._tail.frames - hold))

    def _hold_frames(self, hold_s: float) -> int:
        part, voice = self.score.last, self._voice
        if hold_s <= 0.0 or part is None or voice is None:
            return 0
        length, rate_hz = part.begin.frames, part.begin.rate_hz
        if length is None:  # its end comes when it comes; but the ring is filled first
            is_near = self.ring.write_at - part.from_at >= AHEAD_S * self.ring.rate_hz
        else:
            hold_s = fade_s(hold_s, leaving_s=length / rate_hz, coming_s=None)
            is_near = length - voice.at < hold_s * rate_hz + _APPROACH_FRAMES
        if not hold_s or not is_near:
            return 0
        return round(hold_s * self.ring.rate_hz) + reach_frames(self.ring.rate_hz) + BIN_FRAMES

    def _continues(self, stream: Stream, decoder: Decoder) -> bool:
        """True when the stream joins the last one at its last frame, and the resampler goes on with it."""
        left = self._tail.left
        same = left is not None and left.source_hz == decoder.format.rate_hz
        return same and stream.overlap_s >= 0.0 and not self._fade_s(stream, decoder)

    # --- one stream over another ------------------------------------------------------------------------

    def _lap_with(self, stream: Stream, decoder: Decoder) -> Lap | None:
        """Where this stream may come in over what is held of the last one."""
        leaving, rate_hz = self.score.last, self.ring.rate_hz
        seconds = self._fade_s(stream, decoder)
        if leaving is None or not seconds:
            return None
        # A stream that was begun in the overlap is in it from its first frame.
        is_whole = leaving.from_at == self.ring.write_at
        most = round(seconds * rate_hz) if is_whole else self._tail.frames - reach_frames(rate_hz)
        return lap_before(self._end_at, seconds=seconds, most_frames=most, rate_hz=rate_hz)

    def _fade_s(self, stream: Stream, decoder: Decoder) -> float:
        """How long this stream and the last one may overlap."""
        leaving = self.score.last
        if leaving is None or not isinstance(leaving.ended, Finished):
            return 0.0
        coming_s = None if decoder.frames is None else decoder.frames / decoder.format.rate_hz
        return fade_s(stream.overlap_s, leaving_s=leaving.ended.frames / leaving.begin.rate_hz, coming_s=coming_s)

    def _cross(self, lap: Lap, stream: Stream, decoder: Decoder, plan: MasteringPlan) -> bool:
        """Let the stream come in over what is held; False when the one that leaves is not to be read any more."""
        at, leaving = self.ring.write_at, self.score.parts[-1]
        missing = at - needed_from(lap, at)
        before = np.zeros((missing, 2), np.float32)
        if at > lap.touches_from:
            try:
                before = self._casting.stretch(leaving, at - missing, missing)
            except TrackUnreadable as failure:
                log.warning("no crossfade entry=%d reason=%s", stream.entry, failure)
                return False
        bare = self._mark(BEGINS, stream, decoder, at=at)
        begin, end = of_overlap(bare, lap, leaving, self._serials)
        part = Part(stream, plan, Meters(begin.rate_hz, begin.frame), begin, lap.begins_at, lap)
        held = np.concatenate((before, self._tail.take_all()))
        self._voice = self._casting.crossed(part, leaving, held, at, decoder, plan)
        self.ring.mark(begin, end)
        self.score.parts.append(part)
        return True

    def take_over(self, generation: int, stream: Stream, decoder: Decoder, plan: MasteringPlan) -> bool:
        """Let a stream of another generation come in over what is heard, from the next frame that the reader takes on;
        False where nothing is heard, or the stream is too short to be faded."""
        leaving, rate_hz, base = self.part_heard_next(), self.ring.rate_hz, self.ring.read_at
        coming_s = None if decoder.frames is None else decoder.frames / decoder.format.rate_hz
        seconds = fade_s(stream.overlap_s, leaving_s=None, coming_s=coming_s)
        frames = round(seconds * rate_hz) // BIN_FRAMES * BIN_FRAMES
        if leaving is None or not frames:
            return False
        lap = Lap(base, base + frames, rate_hz)
        try:
            rest = self._casting.rest_of(leaving, needed_from(lap, base), lap.ends_at)
        except TrackUnreadable as failure:
            log.warning("no crossfade entry=%d reason=%s", stream.entry, failure)
            return False
        bare = self._mark(BEGINS, stream, decoder, at=base)
        begin = msgspec.structs.replace(bare, generation=generation)
        part = Part(stream, plan, Meters(begin.rate_hz, begin.frame), begin, base, lap)
        voice = self._casting.crossed(part, leaving, rest, base, decoder, plan)

        def marks(at: int) -> tuple[Mark, ...]:
            return (msgspec.structs.replace(begin, at=at),)

        taken = retake(self.ring, voice, base=base, fade_s=TAKE_OVER_FADE_S, marks=marks)
        if taken is None:
            return False
        self.silence()
        self._tail.add(taken.rest)
        self._generation = generation
        part.begin = marks(taken.at)[0]
        self.score.parts = [leaving, part]
        self._voice = voice
        return True

    # --- what is on the tape already --------------------------------------------------------------------

    def part_heard_next(self) -> Part | None:
        """The part in which the reader stands; None at the end of the music and before its beginning."""
        mark = self.ring.mark_at(self.ring.read_at)
        index = self.score.index_at(self.ring.read_at)
        return self.score.parts[index] if index >= 0 and mark is not None and mark.kind != STOPS else None

    def is_coming_in(self, part: Part) -> bool:
        """True when the part is heard already, over the end of the one before it."""
        return part.lap is not None and self.ring.read_at >= part.lap.touches_from

    def take_back(self, part: Part) -> bool:
        """Take the last part off the tape again; False when its first frames are on their way to the ear."""
        written_to = self.ring.write_at
        at = min(part.begin.at if part.lap is None else part.lap.touches_from, written_to)
        if not self.ring.cut(at):
            return False
        self.silence()
        self.score.parts.pop()
        if part.lap is None and part.begin.at <= written_to:
            self._has_run_out = True
        else:  # the last one is not all there
            self._resume(at)
        return True

    def take_back_end(self) -> bool:
        """Something follows after all; False when the end was told already."""
        if not self._take_back_flushed() and self._stopping is None and not self.ring.cut(self.ring.write_at):
            return False
        self._stopping = None
        self._has_run_out = True
        return True

    def _take_back_flushed(self) -> bool:
        """What the resampler gave for want of more comes from it once more, now that there is more; False when there
        is nothing of that, or the reader is past it."""
        renewed = self._tail.renew()
        if renewed is None or not self.ring.cut(self._end_at - renewed[1]):
            return False
        self._tail.clear()
        self._tail.left = renewed[0]
        return True

    def _resume(self, at: int) -> None:
        """Go on with the last part, as if nothing had been rendered of it from `at` on."""
        part = self.score.parts[-1]
        part.ended = None
        try:
            decoder = open_track(part.stream.path)
        except TrackUnreadable as failure:
            frame = part.begin.frame_at(at, self.ring.rate_hz)
            part.ended = Unreadable(self._generation, part.stream.entry, failure.code, frame)
            self._has_run_out = True
            return
        self._voice = self._casting.voice_at(at, part, None, decoder, part.plan)

    def decoder_of(self, part: Part) -> Decoder:
        """The decoder that renders a part, or a new one.  Raises TrackUnreadable."""
        if self._voice is not None and part is self.score.last:
            return self._voice.lend_decoder()
        return open_track(part.stream.path)

    def give_back(self, decoder: Decoder | None) -> None:
        """A decoder that `decoder_of` gave, and that no other voice took over."""
        if decoder is not None and not (self._voice is not None and self._voice.is_of(decoder)):
            decoder.close()

    def retake(self, part: Part, decoder: Decoder, plan: MasteringPlan, *, base: int, fade_s: float) -> int | None:
        """Render `part` once more from ring position `base` on: from where it is heard, None when it was too late.

        What lay behind the part is off the tape then.  Raises TrackUnreadable, of the part before it in an overlap.
        """
        leaving = self.score.before(part) if part.lap is not None else None
        voice = self._casting.voice_at(base, part, leaving, decoder, plan)
        serials = [next(self._serials) for _ in range(3)]

        def marks(at: int) -> tuple[Mark, ...]:
            return from_position(part, leaving, at, iter(serials))

        taken = retake(self.ring, voice, base=base, fade_s=fade_s, marks=marks)
        takes_turn = self._voice is None or not self._voice.is_of(decoder)
        if taken is None:
            if takes_turn:
                voice.close()
            return None
        if takes_turn:
            self.silence()
        self._tail.clear()
        self._tail.add(taken.rest)
        self._has_run_out, self._stopping = False, None
        part.begin = begin_among(marks(taken.at), part.begin)
        self.score.keep_up_to(part)
        part.ended = None
        self._voice = voice
        return taken.at

    def treat_rest(self, plan: MasteringPlan) -> int:
        """What is on the tape stays, and the rest of the last part is rendered so: from where on."""
        at, part, voice = self.ring.write_at, self.score.last, self._voice
        if part is not None and voice is not None:
            self._voice = self._casting.voice_at(at, part, self.score.before(part), voice.lend_decoder(), plan)
            self._tail.clear()
        return at

    # --- the end of a part and the beginning of the next ---------------------------------------------------

    def _enter(
        self,
        stream: Stream,
        decoder: Decoder,
        plan: MasteringPlan,
        mark: Mark,
        *,
        resampler: Resampler | None = None,
    ) -> None:
        part = Part(stream, plan, Meters(mark.rate_hz, mark.frame), mark, mark.at)
        self._voice = self._casting.plain_voice(mark.at, part, decoder, plan, resampler=resampler)
        self.ring.mark(mark)
        self.score.parts.append(part)

    def _mark(
        self,
        kind: str,
        stream: Stream,
        decoder: Decoder,
        *,
        at: int,
        serial: int | None = None,
        ended: Ended = None,
    ) -> Mark:
        return Mark(
            serial=next(self._serials) if serial is None else serial,
            at=at,
            kind=kind,
            generation=self._generation,
            entry=stream.entry,
            origin=at,
            frame=stream.start_frame,
            rate_hz=decoder.format.rate_hz,
            frames=decoder.frames,
            ended=ended,
        )

    def _end(self, voice: Voice | Crossing) -> None:
        """The stream is rendered to its last frame."""
        part = self.score.parts[-1]
        entry = part.stream.entry
        if voice.failure is None:
            part.ended = Finished(self._generation, entry, voice.position)
        else:
            log.warning("track unreadable entry=%d code=%s reason=%s", entry, voice.failure.code, voice.failure)
            part.ended = Unreadable(self._generation, entry, voice.failure.code, voice.position)
        voice.close()
        self._tail.left = voice.resampler
        self._voice = None
        self._has_run_out = True
