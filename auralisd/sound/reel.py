"""Reel: what is on the tape, what is being rendered for it, and what lies between the two.

Only the render thread uses it; tape.py records on it, and splices.py changes what is on it already.
"""

import itertools

from auralisd.decode.decoder import Decoder, open_track, signature_now
from auralisd.doors.sound import Finished, Stream, Unreadable
from auralisd.dsp.resampler import Resampler
from auralisd.model.plan import MasteringPlan
from auralisd.sound.cache import ChunkCache
from auralisd.sound.casting import Casting
from auralisd.sound.crossing import Crossing
from auralisd.sound.meters import Meters
from auralisd.sound.ring import STOPS, FrameRing, Mark
from auralisd.sound.score import Part, Score
from auralisd.sound.tail import Tail
from auralisd.sound.voice import Voice

Ended = Finished | Unreadable | None


class Reel:
    """`voice` renders the last part of the score, None: nothing is rendered; what it gave waits in `tail`.

    `has_run_out`: the stream is rendered to its end, and what follows was not said yet; `stopping` is the mark of the
    end of the music, until it is laid.
    """

    def __init__(self, ring: FrameRing, cache: ChunkCache) -> None:
        self.ring = ring
        self.score = Score()
        self.casting = Casting(ring, cache)
        self.tail = Tail()
        self.voice: Voice | Crossing | None = None
        self.has_run_out = False
        self.stopping: Mark | None = None
        self.generation = 0
        self.serials = itertools.count()

    @property
    def is_recording(self) -> bool:
        """True while a stream is being rendered."""
        return self.voice is not None

    @property
    def ended(self) -> Ended:
        """How the last part ended."""
        return self.score.last.ended if self.score.last is not None else None

    @property
    def end_at(self) -> int:
        """Where that lies which is rendered next."""
        return self.ring.write_at + self.tail.frames

    def rewind(self, generation: int, rate_hz: int) -> None:
        """An empty tape, at this rate."""
        self.forget()
        self.ring.begin(generation, rate_hz=rate_hz)
        self.generation = generation

    def forget(self) -> None:
        """What is on the tape belongs to nobody any more."""
        self.silence()
        self.score = Score()

    def silence(self) -> None:
        """Let go of the voice and of what it gave, but for what is on the tape."""
        if self.voice is not None:
            self.voice.close()
        self.voice = None
        self.tail.clear()
        self.has_run_out = False
        self.stopping = None

    def give_up_decoder(self, stream: Stream) -> Decoder | None:
        """The decoder of that very entry, where it is the one that is decoded: one that sought before knows where
        its frames lie, which takes a long MP3 a tenth of a second to find out."""
        part, voice = self.score.last, self.voice
        if part is None or voice is None or (part.stream.entry, part.stream.path) != (stream.entry, stream.path):
            return None
        decoder = voice.lend_decoder()
        if decoder.signature != signature_now(stream.path):
            return None
        self.voice = None
        return decoder

    def part_heard_next(self) -> Part | None:
        """The part in which the reader stands; None at the end of the music and before its beginning."""
        mark = self.ring.mark_at(self.ring.read_at)
        index = self.score.index_at(self.ring.read_at)
        return self.score.parts[index] if index >= 0 and mark is not None and mark.kind != STOPS else None

    def is_coming_in(self, part: Part) -> bool:
        """True when the part is heard already, over the end of the one before it."""
        return part.lap is not None and self.ring.read_at >= part.lap.touches_from

    def fading_out(self, part: Part) -> Ended:
        """How that has ended over which the part came in, while it still sounds."""
        leaving = None if part.lap is None or self.ring.read_at > part.lap.ends_at else self.score.before(part)
        return None if leaving is None else leaving.ended

    def decoder_of(self, part: Part) -> Decoder:
        """The decoder that renders a part, or a new one.  Raises TrackUnreadable."""
        if self.voice is not None and part is self.score.last:
            return self.voice.lend_decoder()
        return open_track(part.stream.path)

    def give_back(self, decoder: Decoder | None) -> None:
        """A decoder that `decoder_of` gave, and that no other voice took over."""
        if decoder is not None and not (self.voice is not None and self.voice.is_of(decoder)):
            decoder.close()

    def enter(
        self,
        stream: Stream,
        decoder: Decoder,
        plan: MasteringPlan,
        mark: Mark,
        *,
        resampler: Resampler | None = None,
    ) -> None:
        part = Part(stream, plan, Meters(mark.rate_hz, mark.frame), mark, mark.at)
        self.voice = self.casting.plain_voice(mark.at, part, decoder, plan, resampler=resampler)
        self.ring.mark(mark)
        self.score.parts.append(part)

    def mark(
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
            serial=next(self.serials) if serial is None else serial,
            at=at,
            kind=kind,
            generation=self.generation,
            entry=stream.entry,
            origin=at,
            frame=stream.start_frame,
            rate_hz=decoder.format.rate_hz,
            frames=decoder.frames,
            ended=ended,
        )
