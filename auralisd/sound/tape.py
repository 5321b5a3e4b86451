"""Tape: the write side of the ring, and the voice that is being recorded on it.  Only the render thread uses it.

It knows which entry lies where, so that what is not heard yet can be taken back: another next stream, another plan, or
a device that came back at another rate.
"""

import itertools
import logging
from typing import Final

from auralisd.decode.decoder import Decoder, open_track
from auralisd.doors.sound import Finished, Stream, Unreadable
from auralisd.dsp.block import Block
from auralisd.model.plan import MasteringPlan
from auralisd.sound.cache import ChunkCache
from auralisd.sound.meters import Meters
from auralisd.sound.retake import retake, voice_at
from auralisd.sound.ring import BEGINS, CONTINUES, STOPS, FrameRing, Mark
from auralisd.sound.score import Part, Score
from auralisd.sound.shelf import Shelf
from auralisd.sound.voice import SILENCE, Voice

log = logging.getLogger(__name__)

BLOCK_FRAMES: Final = 16_384

_BURST_S: Final = 1.0
"""A full ring is filled up again once so much of it was heard, so that the thread wakes about once a second."""

Ended = Finished | Unreadable | None


class Tape:
    def __init__(self, ring: FrameRing, cache: ChunkCache) -> None:
        self.ring = ring
        self._cache = cache
        self.score = Score()
        self._serials = itertools.count()
        self._generation = 0
        self._voice: Voice | None = None
        self._pending: Block = SILENCE

    @property
    def is_recording(self) -> bool:
        """True while a stream is being rendered."""
        return self._voice is not None

    @property
    def ended(self) -> Ended:
        """How the last part ended."""
        return self.score.last.ended if self.score.last is not None else None

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
        """Let go of the voice; what it gave stays on the tape."""
        if self._voice is not None:
            self._voice.close()
        self._voice = None
        self._pending = SILENCE

    def begin(self, stream: Stream, decoder: Decoder, plan: MasteringPlan, *, ended: Ended) -> None:
        """From the end of what is written on, the tape holds this stream; `ended` tells of the one before."""
        mark = self._mark(BEGINS, stream, decoder, ended=ended)
        self.score.forget_before(self.ring.read_at - self.ring.rate_hz)
        self._enter(stream, decoder, plan, mark)

    def go_on(self, part: Part, stream: Stream, decoder: Decoder, plan: MasteringPlan, *, is_begin: bool) -> None:
        """The same stream again on a tape that was rewound, from `stream.start_frame` on."""
        kind = BEGINS if is_begin else CONTINUES
        self._enter(stream, decoder, plan, self._mark(kind, stream, decoder, serial=part.begin.serial))

    def stop(self, ended: Ended) -> None:
        """The music ends here."""
        mark = Mark(next(self._serials), self.ring.write_at, STOPS, self._generation, ended=ended)
        self.ring.mark(mark)

    def may_record(self) -> bool:
        """True when there is a voice and room for its next block; else the ring tells when there is."""
        if self._voice is None:
            return False
        piece = min(len(self._pending), BLOCK_FRAMES)
        burst = max(piece, round(_BURST_S * self.ring.rate_hz))  # at low rates a block is longer than a burst
        return not piece or self.ring.ask_room(piece) or self.ring.ask_room(burst)

    def record(self) -> int:
        """One block further: how many frames were added; the voice is gone once it has given everything."""
        if self._voice is None:
            return 0
        if not len(self._pending):
            self._pending = self._voice.render()
            if not len(self._pending):
                self._end(self._voice)
                return 0
        piece = self._pending[:BLOCK_FRAMES]
        if not self.ring.ask_room(len(piece)):
            return 0
        self.ring.append(piece)
        self._pending = self._pending[len(piece) :]
        return len(piece)

    def part_heard_next(self) -> Part | None:
        """The part in which the reader stands; None at the end of the music and before its beginning."""
        mark = self.ring.mark_at(self.ring.read_at)
        index = self.score.index_at(self.ring.read_at)
        return self.score.parts[index] if index >= 0 and mark is not None and mark.kind != STOPS else None

    def take_back(self, part: Part) -> bool:
        """Take the last part off the tape again; False when its first frames are on their way to the ear."""
        if not self.ring.cut(part.begin.at):
            return False
        self.silence()
        self.score.parts.pop()
        return True

    def take_back_end(self) -> bool:
        """Something follows after all; False when the end was told already."""
        return self.ring.cut(self.ring.write_at)

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

        What lay behind the part is off the tape then.
        """
        voice = self._voice_at(base, part, decoder, plan)
        at = retake(self.ring, part, voice, base=base, fade_s=fade_s, serial=next(self._serials))
        takes_turn = self._voice is None or not self._voice.is_of(decoder)
        if at is None:
            if takes_turn:
                voice.close()
            return None
        if takes_turn:
            self.silence()
        self.score.keep_up_to(part)
        part.ended = None
        self._voice = voice
        self._pending = SILENCE
        return at

    def treat_rest(self, plan: MasteringPlan) -> int:
        """What is on the tape stays, and the rest of the last part is rendered so: from where on."""
        at, part, voice = self.ring.write_at, self.score.last, self._voice
        if part is not None and voice is not None:
            self._voice = self._voice_at(at, part, voice.lend_decoder(), plan)
            self._pending = SILENCE
        return at

    def _voice_at(self, position: int, part: Part, decoder: Decoder, plan: MasteringPlan) -> Voice:
        shelf = self._shelf(part.stream, decoder, plan)
        return voice_at(position, part, decoder, plan, ring_rate_hz=self.ring.rate_hz, shelf=shelf)

    def _shelf(self, stream: Stream, decoder: Decoder, plan: MasteringPlan) -> Shelf:
        return Shelf(self._cache, decoder.signature, plan, track=stream.track, rate_hz=decoder.format.rate_hz)

    def _enter(self, stream: Stream, decoder: Decoder, plan: MasteringPlan, mark: Mark) -> None:
        meters = Meters(mark.rate_hz, mark.frame)
        self._voice = Voice(
            decoder,
            plan,
            meters,
            start_frame=mark.frame,
            ring_rate_hz=self.ring.rate_hz,
            shelf=self._shelf(stream, decoder, plan),
        )
        self._pending = SILENCE
        self.ring.mark(mark)
        self.score.parts.append(Part(stream, plan, meters, mark))

    def _mark(
        self, kind: str, stream: Stream, decoder: Decoder, *, serial: int | None = None, ended: Ended = None
    ) -> Mark:
        at = self.ring.write_at
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

    def _end(self, voice: Voice) -> None:
        """The stream is on the tape to its last frame."""
        part = self.score.parts[-1]
        entry = part.stream.entry
        if voice.failure is None:
            part.ended = Finished(self._generation, entry, voice.position)
        else:
            log.warning("track unreadable entry=%d code=%s reason=%s", entry, voice.failure.code, voice.failure)
            part.ended = Unreadable(self._generation, entry, voice.failure.code, voice.position)
        self.silence()
