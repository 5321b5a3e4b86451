"""Tape: records streams on the reel, one behind the other or over the end of the other.  Only the render thread uses
it.

It knows which entry lies where, so that what is not heard yet can be taken back (splices.py).
"""

import logging
from typing import Final

import msgspec
import numpy as np

from auralisd.decode.decoder import Decoder
from auralisd.doors.sound import Finished, Stream, Unreadable
from auralisd.dsp.blend import reach_frames
from auralisd.dsp.truepeak import BIN_FRAMES
from auralisd.errors import TrackUnreadable
from auralisd.model.plan import MasteringPlan
from auralisd.sound.crossing import Crossing, needed_from
from auralisd.sound.lap import Lap, fade_s, lap_before
from auralisd.sound.markings import of_overlap
from auralisd.sound.meters import Meters
from auralisd.sound.reel import Ended, Reel
from auralisd.sound.ring import AHEAD_S, BEGINS, CONTINUES, STOPS, Mark
from auralisd.sound.score import Part
from auralisd.sound.voice import Voice

log = logging.getLogger(__name__)

BLOCK_FRAMES: Final = 16_384

_BURST_S: Final = 1.0
"""A full ring is filled up again once so much of it was heard, so that the thread wakes about once a second."""

_APPROACH_FRAMES: Final = 3 * BLOCK_FRAMES
"""So long before it must be, what is rendered is held: a voice gives a block at once, and a chain that ends two."""


class Tape:
    def __init__(self, reel: Reel) -> None:
        self._reel = reel

    def begin(self, stream: Stream, decoder: Decoder, plan: MasteringPlan, *, ended: Ended) -> None:
        """After what is recorded the tape holds this stream, over its end or behind it as the stream wants; `ended`
        tells of the one before."""
        self._reel.has_run_out = False
        self._reel.score.forget_before(self._reel.ring.read_at - self._reel.ring.rate_hz)
        if self._continues(stream, decoder):
            left, self._reel.tail.left = self._reel.tail.left, None
            self._reel.tail.go_further()
            owed = 0 if left is None else left.owed_frames
            mark = self._reel.mark(BEGINS, stream, decoder, at=self._reel.end_at + owed, ended=ended)
            self._reel.enter(stream, decoder, plan, mark, resampler=left)
            return
        self._reel.tail.let_go()
        self._reel.tail.go_further()
        lap = self._lap_with(stream, decoder)
        if lap is None or not self._cross(lap, stream, decoder, plan):
            pause_s = 0.0 if self._reel.score.last is None else max(0.0, -stream.overlap_s)
            wait = round(pause_s * self._reel.ring.rate_hz)
            mark = self._reel.mark(BEGINS, stream, decoder, at=self._reel.end_at, ended=ended)
            self._reel.enter(stream, decoder, plan, msgspec.structs.replace(mark, origin=mark.at + wait))

    def go_on(
        self, part: Part, stream: Stream, decoder: Decoder, plan: MasteringPlan, *, is_begin: bool, ended: Ended
    ) -> None:
        """The same stream again on a tape that was rewound, from `stream.start_frame` on; `ended` tells of the one that
        it came in over."""
        kind, serial = (BEGINS, part.begin.serial) if is_begin else (CONTINUES, None)
        mark = self._reel.mark(kind, stream, decoder, at=self._reel.end_at, serial=serial, ended=ended)
        self._reel.enter(stream, decoder, plan, mark)

    def stop(self, ended: Ended) -> None:
        """The music ends with what is recorded."""
        self._reel.has_run_out = False
        self._reel.stopping = Mark(next(self._reel.serials), 0, STOPS, self._reel.generation, ended=ended)

    def may_record(self, hold_s: float = 0.0) -> bool:
        """True when there is something to do and room for it; else the ring tells when there is.

        `hold_s`: so much of the end of the stream is kept back, for another one to come in over it.
        """
        hold = self._hold_frames(hold_s)
        if self._reel.voice is not None and self._reel.tail.frames <= hold:
            return True
        piece = self._releasable(hold)
        if not piece:
            return self._reel.has_run_out or self._reel.stopping is not None
        burst = max(piece, round(_BURST_S * self._reel.ring.rate_hz))  # at low rates a block is longer than a burst
        return self._reel.ring.ask_room(piece) or self._reel.ring.ask_room(burst)

    def record(self, hold_s: float = 0.0) -> bool:
        """One block further: True when there is more on the tape for the reader, or its end."""
        hold = self._hold_frames(hold_s)
        if self._reel.voice is not None and self._reel.tail.frames <= hold:
            block = self._reel.voice.render()
            self._reel.tail.add(block)
            if not len(block):
                self._end(self._reel.voice)
                return False
        if self._reel.stopping is not None and not self._reel.tail.frames:
            self._reel.tail.let_go()
        piece = self._reel.tail.first(self._releasable(hold))
        if len(piece):
            if not self._reel.ring.ask_room(len(piece)):
                return False
            self._reel.ring.append(piece)
            self._reel.tail.drop(len(piece))
        elif self._reel.stopping is not None:
            self._reel.ring.mark(msgspec.structs.replace(self._reel.stopping, at=self._reel.ring.write_at))
            self._reel.stopping = None
        else:
            return False
        return True

    def _releasable(self, hold: int) -> int:
        return max(0, min(BLOCK_FRAMES, self._reel.tail.frames - hold))

    def _hold_frames(self, hold_s: float) -> int:
        part, voice = self._reel.score.last, self._reel.voice
        if hold_s <= 0.0 or part is None or voice is None:
            return 0
        length, rate_hz = part.begin.frames, part.begin.rate_hz
        if length is None:  # its end comes when it comes; but the ring is filled first
            is_near = self._reel.ring.write_at - part.from_at >= AHEAD_S * self._reel.ring.rate_hz
        else:
            hold_s = fade_s(hold_s, leaving_s=length / rate_hz, coming_s=None)
            is_near = length - voice.at < hold_s * rate_hz + _APPROACH_FRAMES
        if not hold_s or not is_near:
            return 0
        return round(hold_s * self._reel.ring.rate_hz) + reach_frames(self._reel.ring.rate_hz) + BIN_FRAMES

    def _end(self, voice: Voice | Crossing) -> None:
        """The stream is rendered to its last frame."""
        part = self._reel.score.parts[-1]
        entry = part.stream.entry
        if voice.failure is None:
            part.ended = Finished(self._reel.generation, entry, voice.position)
        else:
            log.warning("track unreadable entry=%d code=%s reason=%s", entry, voice.failure.code, voice.failure)
            part.ended = Unreadable(self._reel.generation, entry, voice.failure.code, voice.position)
        voice.close()
        self._reel.tail.left = voice.resampler
        self._reel.voice = None
        self._reel.has_run_out = True

    # --- one stream behind another, or over it ------------------------------------------------------------

    def _continues(self, stream: Stream, decoder: Decoder) -> bool:
        """True when the stream joins the last one at its last frame, and the resampler goes on with it."""
        left = self._reel.tail.left
        same = left is not None and left.source_hz == decoder.format.rate_hz
        return same and stream.overlap_s >= 0.0 and not self._fade_s(stream, decoder)

    def _lap_with(self, stream: Stream, decoder: Decoder) -> Lap | None:
        """Where this stream may come in over what is held of the last one."""
        leaving, rate_hz = self._reel.score.last, self._reel.ring.rate_hz
        seconds = self._fade_s(stream, decoder)
        if leaving is None or not seconds:
            return None
        # A stream that was begun in the overlap is in it from its first frame.
        is_whole = leaving.from_at == self._reel.ring.write_at
        most = round(seconds * rate_hz) if is_whole else self._reel.tail.frames - reach_frames(rate_hz)
        return lap_before(self._reel.end_at, seconds=seconds, most_frames=most, rate_hz=rate_hz)

    def _fade_s(self, stream: Stream, decoder: Decoder) -> float:
        """How long this stream and the last one may overlap."""
        leaving = self._reel.score.last
        if leaving is None or not isinstance(leaving.ended, Finished):
            return 0.0
        coming_s = None if decoder.frames is None else decoder.frames / decoder.format.rate_hz
        return fade_s(stream.overlap_s, leaving_s=leaving.ended.frames / leaving.begin.rate_hz, coming_s=coming_s)

    def _cross(self, lap: Lap, stream: Stream, decoder: Decoder, plan: MasteringPlan) -> bool:
        """Let the stream come in over what is held; False when the one that leaves is not to be read any more."""
        at, leaving = self._reel.ring.write_at, self._reel.score.parts[-1]
        missing = at - needed_from(lap, at)
        before = np.zeros((missing, 2), np.float32)
        if at > lap.touches_from:
            try:
                before = self._reel.casting.stretch(leaving, at - missing, missing)
            except TrackUnreadable as failure:
                log.warning("no crossfade entry=%d reason=%s", stream.entry, failure)
                return False
        bare = self._reel.mark(BEGINS, stream, decoder, at=at)
        begin, end = of_overlap(bare, lap, leaving, self._reel.serials)
        part = Part(stream, plan, Meters(begin.rate_hz, begin.frame), begin, lap.begins_at, lap)
        held = np.concatenate((before, self._reel.tail.take_all()))
        self._reel.voice = self._reel.casting.crossed(part, leaving, held, at, decoder, plan)
        self._reel.ring.mark(begin, end)
        self._reel.score.parts.append(part)
        return True
