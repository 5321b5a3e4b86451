"""Programme: goes from stream to stream, for as long as it holds a next one.  Only the render thread uses it.

A stream is begun as soon as the writer has said at which rate the device runs; from then on the tape is recorded block
by block, and at the end of a stream the next one follows.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import msgspec

from auralisd.decode.decoder import Damage, Decoder, open_track
from auralisd.doors.sound import Drained, Planned, Report, Stream
from auralisd.errors import TrackUnreadable
from auralisd.model.plan import MasteringPlan
from auralisd.sound.losses import Losses
from auralisd.sound.orders import Filled, RateGiven, RateWanted, TakenOver
from auralisd.sound.planning import Planning
from auralisd.sound.reel import Ended, Reel
from auralisd.sound.revision import Revision, revised
from auralisd.sound.score import Part
from auralisd.sound.splices import Splices
from auralisd.sound.tape import Tape

_BARREN_S: Final = 0.2
"""How long after an unreadable first stream a next one is waited for."""


ToWriter = RateWanted | Filled | TakenOver


class _Opening(msgspec.Struct):
    """The first stream of a generation, until the writer has said at which rate the device runs."""

    stream: Stream
    plan: MasteringPlan
    decoder: Decoder


class Programme:
    """`report` may be called from any thread."""

    def __init__(self, reel: Reel, *, report: Callable[[Report], None], to_writer: Callable[[ToWriter], None]) -> None:
        self.generation = 0
        self._reel = reel
        self._tape = Tape(reel)
        self._splices = Splices(reel)
        self._planning = Planning()
        self._revision = Revision(reel, self._splices, self._planning, self._tell_plan)
        self._report = report
        self._to_writer = to_writer
        self._over = True
        self._opening: _Opening | None = None
        self._next: Stream | None = None
        self._spare: Decoder | None = None
        self._filled = False
        self._barren_since_s: float | None = None
        self._losses = Losses(report)

    def start(self, generation: int, stream: Stream) -> None:
        """Forget everything and open this stream; the file that is open stays so for a seek in it."""
        self._spare = self._spare or self._reel.give_up_decoder(stream)
        self._forget(generation, over=False)
        self._launch(stream)

    def take_over(self, generation: int, stream: Stream) -> bool:
        """Let this stream come in over what is heard; False where nothing is, or it cannot be: then it is to be
        started, with the file that is open."""
        if self._over or self._opening is not None or not self._filled:
            return False
        self._losses.opened(stream.entry)
        try:
            decoder = open_track(stream.path, partial(self._tell_damage, stream.entry))
        except TrackUnreadable:
            return False  # it is told when it is begun
        before, self.generation = self.generation, generation  # damage is met, and told, from the first look on
        known, plan = self._planning.planned(stream, decoder)
        if not self._splices.take_over(generation, known, decoder, plan):
            self.generation, self._spare = before, decoder
            return False
        self._next = None
        self._losses.forget_unreadable()
        self._to_writer(TakenOver(generation))
        self._tell_plan(known, plan, known.start_frame)
        return True

    def halt(self, generation: int) -> None:
        self._forget(generation, over=True)

    def patience_s(self) -> float | None:
        """How long an order is to be waited for before `give_up`; None: for ever."""
        if self._barren_since_s is None:
            return self._revision.patience_s
        return max(0.0, self._barren_since_s + _BARREN_S - time.monotonic())

    def give_up(self) -> None:
        """Nothing could be decoded, and nothing else came."""
        if self._barren_since_s is None:
            return
        self._barren_since_s = None
        self._over = True
        self._report(Drained(self.generation))

    def follow(self, stream: Stream | None) -> None:
        """This comes after the stream that is recorded, and takes the place of what was to come."""
        if self._over:
            return
        if self._barren_since_s is not None:
            self._launch(stream)
            return
        ahead = self._reel.score.ahead_of(self._reel.ring.read_at)
        if ahead is None:
            self._follow_with(stream)
        elif stream is None or not self._is_as_recorded(stream, ahead):
            self._replace(ahead, stream)
        else:
            self.revise((stream,))

    def rate_given(self, given: RateGiven) -> None:
        """The writer's answer: the opened stream begins, or what was heard goes on at another rate."""
        if given.generation != self.generation:
            return
        if given.at is not None:
            self._begin_again(given.at, given.rate_hz)
        elif self._opening is not None:
            opening, self._opening = self._opening, None
            self._filled = False
            self._reel.rewind(self.generation, given.rate_hz)
            self._tape.begin(opening.stream, opening.decoder, opening.plan, ended=None)
            self._tell_plan(opening.stream, opening.plan, opening.stream.start_frame)

    def may_go_on(self) -> bool:
        """True when there is something to do beside waiting for orders."""
        return self._revision.is_overdue or self._tape.may_record(self._hold_s)

    def go_on(self) -> None:
        """One block further, and at the end of a stream over to the next."""
        if self._revision.is_overdue:
            self._carry_out()
        if self._tape.record(self._hold_s):
            self._tell_filled()
        if self._reel.has_run_out:
            self._go_over(self._reel.ended)

    @property
    def _hold_s(self) -> float:
        """How much of the end of a stream is kept back for the next one to come in over."""
        return 0.0 if self._next is None else self._next.overlap_s

    # --- another treatment ----------------------------------------------------------------------------

    def revise(self, streams: Sequence[Stream], *, at_once: bool = True) -> None:
        """Other things are known or wanted of these entries; `at_once` False: a newer word on them is waiting."""
        if self._over:
            return
        self._revision.note(streams)
        if self._next is not None:
            self._next = revised(self._next, streams)
        if self._opening is not None:
            self._opening.stream = revised(self._opening.stream, streams)
        if at_once:
            self._carry_out()

    def _carry_out(self) -> None:
        if self._opening is not None:
            opening = self._opening
            opening.stream, opening.plan = self._planning.planned(opening.stream, opening.decoder)
            return
        taken_off = self._revision.renew_heard()
        if taken_off is not None:
            self._next = taken_off
        ahead = self._reel.score.ahead_of(self._reel.ring.read_at)
        if ahead is not None and self._revision.is_due(ahead):
            if self._splices.take_back(ahead):
                self._next = ahead.newest
                if self._reel.has_run_out:
                    self._go_over(self._reel.ended)
            else:  # by now it is heard
                self._revision.renew_heard()

    # --- from stream to stream ------------------------------------------------------------------------

    def _forget(self, generation: int, *, over: bool) -> None:
        self.generation = generation
        self._over = over
        self._reel.forget()
        self._revision.forget()
        if self._opening is not None:
            self._opening.decoder.close()
        self._opening = None
        self._next = None
        self._barren_since_s = None
        self._losses.forget_unreadable()

    def _launch(self, stream: Stream | None) -> None:
        """Open the first stream that can be decoded, and ask for the device's rate."""
        self._barren_since_s = None
        while stream is not None:
            decoder = self._opened(stream)
            if decoder is not None:
                self._to_writer(RateWanted(self.generation, decoder.format.rate_hz))
                self._opening = _Opening(*self._planning.planned(stream, decoder), decoder)
                return
            stream, self._next = self._next, None
        self._barren_since_s = time.monotonic()

    def _is_as_recorded(self, stream: Stream, ahead: Part) -> bool:
        """True when both are the same frames of the same queue entry, over as much of the one before; what is known of
        them may differ."""
        one, other = ahead.newest, stream
        if (one.entry, one.path, one.start_frame) != (other.entry, other.path, other.start_frame):
            return False
        return one.overlap_s == other.overlap_s or self._reel.is_coming_in(ahead)

    def _replace(self, ahead: Part, stream: Stream | None) -> None:
        """Something else follows than what was rendered ahead already."""
        if self._splices.take_back(ahead):
            self._next = stream
            if self._reel.has_run_out:
                self._go_over(self._reel.ended)
        elif self._revision.call_off(ahead):
            self._next = stream
        else:  # it is on its way to the ear: it is heard, and `stream` follows it
            self._follow_with(stream)

    def _follow_with(self, stream: Stream | None) -> None:
        """After the last stream on the tape, or on its way there."""
        if self._reel.is_recording or self._opening is not None:
            self._next = stream
        elif stream is not None and self._splices.take_back_end():
            self._next = stream
            self._go_over(self._reel.ended)

    def _begin_again(self, at: int, rate_hz: int) -> None:
        """The device runs at another rate now: the same streams, from the frame at ring position `at` on."""
        part, ended = self._reel.part_heard_next(), self._reel.ended
        fading = None if part is None else self._reel.fading_out(part)
        mark = self._reel.ring.mark_at(at)
        following = None if part is None else self._reel.score.after(part)
        self._losses.once_more(*(each.stream.entry for each in (part, following) if each is not None))
        if following is not None:
            self._next = following.newest
        frame = 0 if mark is None else mark.frame_at(at, self._reel.ring.rate_hz)
        self._filled = False
        self._reel.rewind(self.generation, rate_hz)
        if part is None:
            self._go_over(ended)
            return
        resumed = msgspec.structs.replace(part.newest, start_frame=frame)
        decoder = self._opened(resumed)
        if decoder is None:
            self._go_over(None)
            return
        known, plan = self._planning.planned(resumed, decoder)
        self._tape.go_on(part, known, decoder, plan, is_begin=at == part.begin.at, ended=fading)
        if plan != part.plan:  # what was put off until now
            self._tell_plan(known, plan, frame)

    def _go_over(self, ended: Ended) -> None:
        """Go on with the next stream that can be decoded, or let the music end here."""
        while (stream := self._next) is not None:
            self._next = None
            decoder = self._opened(stream)
            if decoder is not None:
                known, plan = self._planning.planned(stream, decoder)
                self._tape.begin(known, decoder, plan, ended=ended)
                self._tell_plan(known, plan, known.start_frame)
                return
        self._tape.stop(ended)

    def _opened(self, stream: Stream) -> Decoder | None:
        """Its decoder; None, and a report, when it cannot be decoded."""
        spare, self._spare = self._spare, None
        if spare is not None:
            return spare
        self._losses.opened(stream.entry)
        try:
            return open_track(stream.path, partial(self._tell_damage, stream.entry))
        except TrackUnreadable as failure:
            self._losses.tell_unreadable(self.generation, stream, failure)
            return None

    # --- telling --------------------------------------------------------------------------------------

    def _tell_plan(self, stream: Stream, plan: MasteringPlan, frame: int) -> None:
        self._report(Planned(self.generation, stream.entry, plan, frame))

    def _tell_damage(self, entry: int, damage: Damage) -> None:
        """Of the generation of now: a file stays open over a seek."""
        self._losses.tell_damage(self.generation, entry, damage)

    def _tell_filled(self) -> None:
        if not self._filled:
            self._filled = True
            self._to_writer(Filled(self.generation))
