"""The render thread: decodes, masters and keeps the ring full.

It sleeps on its inbox alone: orders of control, the writer's answers, and room in the ring all arrive there, so that
nothing is polled and the newest order is met between two blocks.  A stream is begun as soon as the writer has said at
which rate; from then on the thread goes from stream to stream by itself, for as long as it holds a next one.
"""

import itertools
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
    Finished,
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
from auralisd.dsp.block import Block
from auralisd.errors import TrackUnreadable
from auralisd.mastering.planner import plan
from auralisd.model.plan import MasteringPlan
from auralisd.model.taste import Taste
from auralisd.sound.excerpts import provisional_profile
from auralisd.sound.meters import Meters
from auralisd.sound.orders import Filled, RateGiven, RateWanted, RoomFound
from auralisd.sound.retake import retake, voice_at
from auralisd.sound.ring import BEGINS, CONTINUES, STOPS, FrameRing, Mark
from auralisd.sound.score import Part, Score
from auralisd.sound.voice import SILENCE, Voice

log = logging.getLogger(__name__)

RenderOrder = Start | QueueNext | Halt | SetTaste | KeepProfile | AskMeters | Quit | RateGiven | RoomFound

BLOCK_FRAMES: Final = 16_384
TASTE_FADE_S: Final = 0.040
PROFILE_FADE_S: Final = 2.0

_BURST_S: Final = 1.0
"""A full ring is filled up again once so much of it was heard, so that the thread wakes about once a second."""

_BARREN_S: Final = 0.2
"""How long after an unreadable first stream a next one is waited for."""


class _Opening(msgspec.Struct):
    """The first stream of a generation, until the writer has said at which rate the device runs."""

    stream: Stream
    decoder: Decoder
    plan: MasteringPlan


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
        self._ring = ring
        self._report = report
        self._to_writer = to_writer
        self._heard = heard
        self._waiting: deque[RenderOrder] = deque()
        self._serials = itertools.count()
        self._taste = Taste()
        self._generation = 0
        self._over = True
        self._score = Score()
        self._opening: _Opening | None = None
        self._voice: Voice | None = None
        self._next: Stream | None = None
        self._pending: Block = SILENCE
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
            self._waiting.append(self.inbox.get())
        if self._waiting:
            return self._waiting.popleft()
        if self._may_go_on():
            return None
        left_s = None if self._barren_since_s is None else self._barren_since_s + _BARREN_S - time.monotonic()
        try:
            return self.inbox.get(timeout=left_s if left_s is None else max(0.0, left_s))
        except queue.Empty:
            self._give_up()
            return RoomFound()

    def _obey(self, order: RenderOrder) -> None:
        match order:
            case Start():
                self._start(order)
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

    def _start(self, order: Start) -> None:
        self._forget(order.generation, over=False)
        if not any(isinstance(later, Start | Halt) for later in self._waiting):
            self._launch(order.stream)

    def _forget(self, generation: int, *, over: bool) -> None:
        self._generation = generation
        self._over = over
        self._silence_voice()
        if self._opening is not None:
            self._opening.decoder.close()
        self._opening = None
        self._score = Score()
        self._next = None
        self._filled = False
        self._barren_since_s = None
        self._unreadable.clear()

    def _silence_voice(self) -> None:
        if self._voice is not None:
            self._voice.close()
        self._voice = None
        self._pending = SILENCE

    # --- from stream to stream ------------------------------------------------------------------------

    def _launch(self, stream: Stream | None) -> None:
        """Open the first stream that can be decoded, and ask for the device's rate."""
        while stream is not None:
            try:
                decoder = open_track(stream.path)
            except TrackUnreadable as failure:
                self._tell_unreadable(stream, failure)
                stream, self._next = self._next, None
                continue
            self._to_writer(RateWanted(self._generation, decoder.format.rate_hz))
            known = self._known(stream, decoder)
            self._opening = _Opening(known, decoder, self._plan(known))
            self._barren_since_s = None
            return
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
            self._empty_ring(given.rate_hz)
            self._enter(opening.stream, opening.decoder, opening.plan, frame=opening.stream.start_frame)

    def _begin_again(self, at: int, rate_hz: int) -> None:
        """The device runs at another rate now: the same streams, from the frame at ring position `at` on."""
        index = self._score.index_at(at)
        mark = self._ring.mark_at(at)
        if index < 0 or mark is None:
            return
        part, later = self._score.parts[index], self._score.parts[index + 1 :]
        frame = mark.frame_at(at, self._ring.rate_hz) if mark.kind != STOPS else None
        self._silence_voice()
        self._next = later[0].stream if later else self._next
        self._empty_ring(rate_hz)
        if frame is None:
            self._go_over(part.ended)
            return
        kind = BEGINS if at == part.begin.at else CONTINUES
        resumed = msgspec.structs.replace(part.stream, start_frame=frame)
        try:
            decoder = open_track(resumed.path)
        except TrackUnreadable as failure:
            self._tell_unreadable(resumed, failure)
            self._go_over(None)
            return
        self._enter(resumed, decoder, part.plan, frame=frame, kind=kind, serial=part.begin.serial)

    def _empty_ring(self, rate_hz: int) -> None:
        self._ring.begin(self._generation, rate_hz=rate_hz)
        self._score = Score()
        self._filled = False

    def _enter(
        self,
        stream: Stream,
        decoder: Decoder,
        plan: MasteringPlan,
        *,
        frame: int,
        kind: str = BEGINS,
        serial: int | None = None,
        ended: Finished | Unreadable | None = None,
    ) -> None:
        """From the end of what is written on, the ring holds this stream."""
        at = self._ring.write_at
        rate_hz = decoder.format.rate_hz
        mark = Mark(
            serial=next(self._serials) if serial is None else serial,
            at=at,
            kind=kind,
            generation=self._generation,
            entry=stream.entry,
            origin=at,
            frame=frame,
            rate_hz=rate_hz,
            frames=decoder.frames,
            ended=ended,
        )
        meters = Meters(rate_hz)
        self._voice = Voice(decoder, plan, meters, start_frame=frame, ring_rate_hz=self._ring.rate_hz)
        self._ring.mark(mark)
        self._score.forget_before(self._ring.read_at - self._ring.rate_hz)
        self._score.parts.append(Part(stream, plan, meters, mark))
        self._report(Planned(self._generation, stream.entry, plan, frame))

    def _go_on(self) -> None:
        """One block further."""
        if self._voice is None:
            return
        if not len(self._pending):
            self._pending = self._voice.render()
            if not len(self._pending):
                self._end(self._voice)
                return
        piece = self._pending[:BLOCK_FRAMES]
        if self._ring.ask_room(len(piece)):
            self._ring.append(piece)
            self._pending = self._pending[len(piece) :]
            self._tell_filled()

    def _may_go_on(self) -> bool:
        if self._voice is None:
            return False
        piece = min(len(self._pending), BLOCK_FRAMES)
        return not piece or self._ring.ask_room(piece) or self._ring.ask_room(round(_BURST_S * self._ring.rate_hz))

    def _end(self, voice: Voice) -> None:
        """The stream is in the ring to its last frame."""
        part = self._score.parts[-1]
        entry = part.stream.entry
        if voice.failure is None:
            part.ended = Finished(self._generation, entry, voice.position)
        else:
            log.warning("track unreadable entry=%d code=%s reason=%s", entry, voice.failure.code, voice.failure)
            part.ended = Unreadable(self._generation, entry, voice.failure.code, voice.position)
        self._silence_voice()
        self._go_over(part.ended)

    def _go_over(self, ended: Finished | Unreadable | None) -> None:
        """Go on with the next stream that can be decoded, or let the music end here."""
        while (stream := self._next) is not None:
            self._next = None
            try:
                decoder = open_track(stream.path)
            except TrackUnreadable as failure:
                self._tell_unreadable(stream, failure)
                continue
            known = self._known(stream, decoder)
            self._enter(known, decoder, self._plan(known), frame=known.start_frame, ended=ended)
            return
        at = self._ring.write_at
        self._ring.mark(Mark(next(self._serials), at, STOPS, self._generation, ended=ended))
        self._tell_filled()

    def _queue_next(self, order: QueueNext) -> None:
        if order.generation != self._generation or self._over:
            return
        stream = order.stream
        if self._barren_since_s is not None:
            self._launch(stream)
            return
        ahead = self._score.ahead_of(self._ring.read_at)
        if ahead is not None:
            if stream is None or not _same(stream, ahead.stream):
                self._replace(ahead, stream)
        elif self._voice is not None or self._opening is not None:
            self._next = stream
        elif stream is not None and self._ring.cut(self._ring.write_at):
            self._next = stream
            self._go_over(self._score.parts[-1].ended)

    def _replace(self, ahead: Part, stream: Stream | None) -> None:
        """Something else follows than what was rendered ahead already."""
        self._next = stream
        if not self._ring.cut(ahead.begin.at):
            return  # the first frames are on their way to the ear: it is heard, and `stream` follows it
        self._silence_voice()
        self._score.parts.pop()
        self._go_over(self._score.parts[-1].ended)

    # --- another treatment ----------------------------------------------------------------------------

    def _set_taste(self, taste: Taste) -> None:
        self._taste = taste
        if not any(isinstance(later, SetTaste | Start | Halt) for later in self._waiting):
            self._treat_anew(TASTE_FADE_S)

    def _treat_anew(self, fade_s: float) -> None:
        """Render what is heard next once more, as taste and profile are now, and fade over to it."""
        if self._opening is not None:
            self._opening.stream = self._known(self._opening.stream, self._opening.decoder)
            self._opening.plan = self._plan(self._opening.stream)
            return
        # The second attempt is for a border that was passed during the first one.
        if not (self._retake(fade_s) or self._retake(fade_s)):
            self._treat_rest()

    def _retake(self, fade_s: float) -> bool:
        """True when it is done, or when nothing is left that could be treated."""
        base = self._ring.read_at
        mark = self._ring.mark_at(base)
        index = self._score.index_at(base)
        if index < 0 or mark is None or mark.kind == STOPS:
            return True
        part = self._score.parts[index]
        ours = self._voice is not None and part is self._score.last
        try:
            decoder = self._voice.decoder if self._voice is not None and ours else open_track(part.stream.path)
        except TrackUnreadable as failure:
            log.warning("change of taste waits for the next track reason=%s", failure)
            return True
        known = self._known(part.stream, decoder)
        plan = self._plan(known)
        voice = voice_at(base, part, decoder, plan, ring_rate_hz=self._ring.rate_hz)
        at = retake(self._ring, part, voice, base=base, fade_s=fade_s, serial=next(self._serials))
        if at is None:
            if not ours:
                voice.close()
            return False
        if not ours:
            self._silence_voice()
        self._take_over(index, voice)
        self._treated(part, known, plan, at)
        return True

    def _take_over(self, index: int, voice: Voice) -> None:
        """Part `index` is being rendered again; what was rendered behind it follows later."""
        dropped = self._score.parts[index + 1 :]
        del self._score.parts[index + 1 :]
        if dropped:
            self._next = dropped[0].stream
        self._score.parts[index].ended = None
        self._voice = voice
        self._pending = SILENCE

    def _treat_rest(self) -> None:
        """The reader is too fast for a fade: what is in the ring stays, and what follows is treated as asked."""
        if self._voice is None:
            return
        at, part, decoder = self._ring.write_at, self._score.parts[-1], self._voice.decoder
        known = self._known(part.stream, decoder)
        plan = self._plan(known)
        self._voice = voice_at(at, part, decoder, plan, ring_rate_hz=self._ring.rate_hz)
        self._pending = SILENCE
        self._treated(part, known, plan, at)

    def _treated(self, part: Part, stream: Stream, plan: MasteringPlan, at: int) -> None:
        part.stream = stream
        part.plan = plan
        self._report(Planned(self._generation, stream.entry, plan, part.begin.frame_at(at, self._ring.rate_hz)))

    def _keep_profile(self, order: KeepProfile) -> None:
        """The rest of a provisional plan's track is heard as the full measurement says."""
        for part in self._score.parts:
            part.stream = _profiled(part.stream, order)
        if self._next is not None:
            self._next = _profiled(self._next, order)
        if self._opening is not None:
            self._opening.stream = _profiled(self._opening.stream, order)
            self._opening.plan = self._plan(self._opening.stream)
            return
        ahead = self._score.ahead_of(self._ring.read_at)
        index = self._score.index_at(self._ring.read_at)
        if index >= 0 and _is_outdated(self._score.parts[index], order):
            self._treat_anew(PROFILE_FADE_S)
        elif ahead is not None and _is_outdated(ahead, order):
            self._replace(ahead, ahead.stream)

    def _known(self, stream: Stream, decoder: Decoder) -> Stream:
        """With a profile to plan by: its own, or a provisional one when the taste needs any."""
        if stream.profile is not None or self._taste.transparent:
            return stream
        return msgspec.structs.replace(stream, profile=provisional_profile(decoder))

    def _plan(self, stream: Stream) -> MasteringPlan:
        if stream.profile is None:  # the taste needs none
            return MasteringPlan(preset=self._taste.preset, intensity=self._taste.intensity, state="off")
        return plan(stream.profile, self._taste)

    # --- telling --------------------------------------------------------------------------------------

    def _tell_filled(self) -> None:
        if not self._filled:
            self._filled = True
            self._to_writer(Filled(self._generation))

    def _tell_unreadable(self, stream: Stream, failure: TrackUnreadable) -> None:
        log.warning("track unreadable entry=%d code=%s reason=%s", stream.entry, failure.code, failure)
        if stream.entry not in self._unreadable:
            self._unreadable.add(stream.entry)
            self._report(Unreadable(self._generation, stream.entry, failure.code, stream.start_frame))

    def _meters_read(self, request: int) -> MetersRead:
        heard = self._heard()
        part = self._score.find(heard.generation, heard.entry)
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
