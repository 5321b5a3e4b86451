"""The render thread: decodes, masters and keeps the ring full.

It sleeps on its inbox alone: orders of control, the writer's answers, and room in the ring all arrive there, so that
nothing is polled and the newest order is met between two blocks.  A stream is begun as soon as the writer has said at
which rate; from then on the thread goes from stream to stream by itself, for as long as it holds a next one.
"""

import logging
import queue
import time
from collections import deque
from collections.abc import Callable
from typing import Final, assert_never

import msgspec

from auralisd.decode.decoder import Decoder, open_track
from auralisd.doors.clock import Heard, frame_now
from auralisd.doors.sound import (
    AskMeters,
    Drained,
    Halt,
    KeepProfile,
    MetersRead,
    Planned,
    QueueNext,
    Quit,
    Report,
    SetTaste,
    Start,
    Stream,
    Unreadable,
)
from auralisd.errors import TrackUnreadable
from auralisd.model.plan import MasteringPlan
from auralisd.model.taste import Taste
from auralisd.sound.orders import Filled, RateGiven, RateWanted, RoomFound
from auralisd.sound.planning import planned
from auralisd.sound.ring import FrameRing
from auralisd.sound.score import Part
from auralisd.sound.tape import Ended, Tape

log = logging.getLogger(__name__)

OfOneStream = Start | Halt | QueueNext | RateGiven
RenderOrder = OfOneStream | SetTaste | KeepProfile | AskMeters | Quit | RoomFound

TASTE_FADE_S: Final = 0.040
PROFILE_FADE_S: Final = 2.0

_BARREN_S: Final = 0.2
"""How long after an unreadable first stream a next one is waited for."""


class _Opening(msgspec.Struct):
    """The first stream of a generation, until the writer has said at which rate the device runs."""

    stream: Stream
    plan: MasteringPlan
    decoder: Decoder


class Renderer:
    """`heard` is what the writer published last; `report` may be called from any thread."""

    def __init__(
        self,
        ring: FrameRing,
        *,
        report: Callable[[Report], None],
        to_writer: Callable[[RateWanted | Filled], None],
        heard: Callable[[], Heard],
    ) -> None:
        self.inbox: queue.SimpleQueue[RenderOrder] = queue.SimpleQueue()
        self._tape = Tape(ring)
        self._report = report
        self._to_writer = to_writer
        self._heard = heard
        self._waiting: deque[RenderOrder] = deque()
        self._taste = Taste()
        self._generation = 0
        self._over = True
        self._opening: _Opening | None = None
        self._next: Stream | None = None
        self._filled = False
        self._barren_since_s: float | None = None
        self._unreadable: set[int] = set()

    def run(self) -> None:
        """Until Quit."""
        while not isinstance(order := self._next_order(), Quit):
            if order is None:
                self._go_on()
            else:
                self._obey(order)

    # --- orders ---------------------------------------------------------------------------------------

    def _next_order(self) -> RenderOrder | None:
        """The oldest order, or None when there is something to render instead."""
        while not self.inbox.empty():
            order = self.inbox.get()
            if isinstance(order, Start | Halt):  # what was said of older streams does not matter any more
                self._waiting = deque(older for older in self._waiting if not isinstance(older, OfOneStream))
            self._waiting.append(order)
        if self._waiting:
            return self._waiting.popleft()
        if self._tape.may_record():
            return None
        left_s = None
        if self._barren_since_s is not None:
            left_s = max(0.0, self._barren_since_s + _BARREN_S - time.monotonic())
        try:
            return self.inbox.get(timeout=left_s)
        except queue.Empty:
            self._give_up()
            return None

    def _obey(self, order: RenderOrder) -> None:
        match order:
            case Start():
                self._forget(order.generation, over=False)
                self._launch(order.stream)
            case Halt():
                self._forget(order.generation, over=True)
            case QueueNext():
                self._queue_next(order)
            case SetTaste():
                self._set_taste(order.taste)
            case KeepProfile():
                self._keep_profile(order)
            case AskMeters():
                self._report(self._meters_read(order.request))
            case RateGiven():
                self._begin(order)
            case RoomFound() | Quit():
                pass  # it woke us, which is all
            case _:
                assert_never(order)

    def _forget(self, generation: int, *, over: bool) -> None:
        self._generation = generation
        self._over = over
        self._tape.forget()
        if self._opening is not None:
            self._opening.decoder.close()
        self._opening = None
        self._next = None
        self._barren_since_s = None
        self._unreadable.clear()

    def _queue_next(self, order: QueueNext) -> None:
        if order.generation != self._generation or self._over:
            return
        if self._barren_since_s is not None:
            self._launch(order.stream)
            return
        ahead = self._tape.score.ahead_of(self._tape.ring.read_at)
        if ahead is None:
            self._follow_with(order.stream)
        elif order.stream is None or not _same(order.stream, ahead.stream):
            self._replace(ahead, order.stream)

    def _replace(self, ahead: Part, stream: Stream | None) -> None:
        """Something else follows than what was rendered ahead already."""
        if self._tape.take_back(ahead):
            self._next = stream
            self._go_over(self._tape.ended)
        else:  # it is on its way to the ear: it is heard, and `stream` follows it
            self._follow_with(stream)

    def _follow_with(self, stream: Stream | None) -> None:
        """After the last stream on the tape, or on its way there."""
        if self._tape.is_recording or self._opening is not None:
            self._next = stream
        elif stream is not None and self._tape.take_back_end():
            self._next = stream
            self._go_over(self._tape.ended)

    # --- from stream to stream ------------------------------------------------------------------------

    def _launch(self, stream: Stream | None) -> None:
        """Open the first stream that can be decoded, and ask for the device's rate."""
        self._barren_since_s = None
        while stream is not None:
            decoder = self._opened(stream)
            if decoder is not None:
                self._to_writer(RateWanted(self._generation, decoder.format.rate_hz))
                self._opening = _Opening(*planned(stream, decoder, self._taste), decoder)
                return
            stream, self._next = self._next, None
        self._barren_since_s = time.monotonic()

    def _give_up(self) -> None:
        """Nothing could be decoded, and nothing else came."""
        self._barren_since_s = None
        self._over = True
        self._report(Drained(self._generation))

    def _begin(self, given: RateGiven) -> None:
        if given.generation != self._generation:
            return
        if given.at is not None:
            self._begin_again(given.at, given.rate_hz)
        elif self._opening is not None:
            opening, self._opening = self._opening, None
            self._filled = False
            self._tape.rewind(self._generation, given.rate_hz)
            self._tape.begin(opening.stream, opening.decoder, opening.plan, ended=None)
            self._tell_plan(opening.stream, opening.plan, opening.stream.start_frame)

    def _begin_again(self, at: int, rate_hz: int) -> None:
        """The device runs at another rate now: the same streams, from the frame at ring position `at` on."""
        part, ended = self._tape.part_heard_next(), self._tape.ended
        mark = self._tape.ring.mark_at(at)
        following = None if part is None else self._tape.score.after(part)
        if following is not None:
            self._next = following.stream
        frame = 0 if mark is None else mark.frame_at(at, self._tape.ring.rate_hz)
        self._filled = False
        self._tape.rewind(self._generation, rate_hz)
        if part is None:
            self._go_over(ended)
            return
        resumed = msgspec.structs.replace(part.stream, start_frame=frame)
        decoder = self._opened(resumed)
        if decoder is None:
            self._go_over(None)
        else:
            self._tape.go_on(part, resumed, decoder, part.plan, is_begin=at == part.begin.at)

    def _go_on(self) -> None:
        """One block further, and at the end of a stream over to the next."""
        if not self._tape.is_recording:
            return
        if self._tape.record():
            self._tell_filled()
        elif not self._tape.is_recording:
            self._go_over(self._tape.ended)

    def _go_over(self, ended: Ended) -> None:
        """Go on with the next stream that can be decoded, or let the music end here."""
        while (stream := self._next) is not None:
            self._next = None
            decoder = self._opened(stream)
            if decoder is not None:
                known, plan = planned(stream, decoder, self._taste)
                self._tape.begin(known, decoder, plan, ended=ended)
                self._tell_plan(known, plan, known.start_frame)
                return
        self._tape.stop(ended)
        self._tell_filled()

    def _opened(self, stream: Stream) -> Decoder | None:
        """Its decoder; None, and a report, when it cannot be decoded."""
        try:
            return open_track(stream.path)
        except TrackUnreadable as failure:
            log.warning("track unreadable entry=%d code=%s reason=%s", stream.entry, failure.code, failure)
            if stream.entry not in self._unreadable:
                self._unreadable.add(stream.entry)
                self._report(Unreadable(self._generation, stream.entry, failure.code, stream.start_frame))
            return None

    # --- another treatment ----------------------------------------------------------------------------

    def _set_taste(self, taste: Taste) -> None:
        self._taste = taste
        if not any(isinstance(later, SetTaste | Start | Halt) for later in self._waiting):
            self._treat_anew(TASTE_FADE_S)

    def _keep_profile(self, order: KeepProfile) -> None:
        """The rest of a provisionally planned track is heard as the full measurement says."""
        for part in self._tape.score.parts:
            part.stream = _profiled(part.stream, order)
        if self._next is not None:
            self._next = _profiled(self._next, order)
        if self._opening is not None:
            self._opening.stream = _profiled(self._opening.stream, order)
        part_heard = self._tape.part_heard_next()
        ahead = self._tape.score.ahead_of(self._tape.ring.read_at)
        if self._opening is not None or (part_heard is not None and _is_outdated(part_heard, order)):
            self._treat_anew(PROFILE_FADE_S)
        elif ahead is not None and _is_outdated(ahead, order):
            self._replace(ahead, ahead.stream)

    def _treat_anew(self, fade_s: float) -> None:
        """Render what is heard next once more, as taste and profile are now, and fade over to it."""
        if self._over:
            return
        if self._opening is not None:
            decoder = self._opening.decoder
            self._opening = _Opening(*planned(self._opening.stream, decoder, self._taste), decoder)
        # The second attempt is for a border that was passed during the first one.
        elif not (self._retake(fade_s) or self._retake(fade_s)):
            self._treat_rest()

    def _retake(self, fade_s: float) -> bool:
        """True when it is done, or when nothing is left that could be treated."""
        base, part = self._tape.ring.read_at, self._tape.part_heard_next()
        if part is None:
            return True
        try:
            decoder = self._tape.decoder_of(part)
        except TrackUnreadable as failure:
            log.warning("change of taste waits for the next track reason=%s", failure)
            return True
        known, plan = planned(part.stream, decoder, self._taste)
        following = self._tape.score.after(part)
        if plan.transparent and part.plan.transparent:
            self._treated(part, known, plan, base)
            return True
        at = self._tape.retake(part, decoder, plan, base=base, fade_s=fade_s)
        if at is None:
            return False
        if following is not None:
            self._next = following.stream
        self._treated(part, known, plan, at)
        return True

    def _treat_rest(self) -> None:
        """The reader is too fast for a fade: what follows is treated as asked."""
        part = self._tape.score.last
        if part is not None and self._tape.is_recording:
            known, plan = planned(part.stream, self._tape.decoder_of(part), self._taste)
            self._treated(part, known, plan, self._tape.treat_rest(plan))

    def _treated(self, part: Part, stream: Stream, plan: MasteringPlan, at: int) -> None:
        part.stream = stream
        part.plan = plan
        self._tell_plan(stream, plan, part.begin.frame_at(at, self._tape.ring.rate_hz))

    # --- telling --------------------------------------------------------------------------------------

    def _tell_plan(self, stream: Stream, plan: MasteringPlan, frame: int) -> None:
        self._report(Planned(self._generation, stream.entry, plan, frame))

    def _tell_filled(self) -> None:
        if not self._filled:
            self._filled = True
            self._to_writer(Filled(self._generation))

    def _meters_read(self, request: int) -> MetersRead:
        heard = self._heard()
        part = self._tape.score.find(heard.generation, heard.entry)
        if part is None:
            return MetersRead(request)
        return part.meters.at(frame_now(heard, time.monotonic_ns()), request)


def _same(one: Stream, other: Stream) -> bool:
    """True when both are the same frames of the same queue entry; what is known of them may differ."""
    return (one.entry, one.path, one.start_frame) == (other.entry, other.path, other.start_frame)


def _profiled(stream: Stream, order: KeepProfile) -> Stream:
    return msgspec.structs.replace(stream, profile=order.profile) if stream.track == order.track else stream


def _is_outdated(part: Part, order: KeepProfile) -> bool:
    return part.stream.track == order.track and part.plan.state == "provisional"
