"""The render thread: decodes, masters and keeps the ring full.

It sleeps on its inbox alone: orders of control, the writer's answers, and room in the ring all arrive there, so that
nothing is polled and the newest order is met between two blocks.
"""

import queue
import time
from collections import deque
from collections.abc import Callable
from typing import assert_never

from auralisd.doors.clock import Heard, frame_now
from auralisd.doors.sound import AskCache, AskMeters, Halt, MetersRead, QueueNext, Quit, Report, Revise, Start
from auralisd.sound.cache import ChunkCache
from auralisd.sound.orders import RateGiven, RoomFound
from auralisd.sound.programme import Programme, ToWriter
from auralisd.sound.reel import Reel
from auralisd.sound.ring import FrameRing

OfOneStream = Start | Halt | QueueNext | Revise | RateGiven
RenderOrder = OfOneStream | AskMeters | AskCache | Quit | RoomFound


class Renderer:
    """`heard` is what the writer published last; `report` may be called from any thread."""

    def __init__(
        self,
        ring: FrameRing,
        *,
        cache: ChunkCache,
        report: Callable[[Report], None],
        to_writer: Callable[[ToWriter | Start], None],
        heard: Callable[[], Heard],
    ) -> None:
        self.inbox: queue.SimpleQueue[RenderOrder] = queue.SimpleQueue()
        self._cache = cache
        self._to_writer = to_writer
        self._reel = Reel(ring, cache)
        self._programme = Programme(self._reel, report=report, to_writer=to_writer)
        self._report = report
        self._heard = heard
        self._waiting: deque[RenderOrder] = deque()

    def run(self) -> None:
        """Until Quit."""
        while not isinstance(order := self._next_order(), Quit):
            if order is None:
                self._programme.go_on()
            else:
                self._obey(order)

    def _next_order(self) -> RenderOrder | None:
        """The oldest order, or None when there is something to render instead."""
        while not self.inbox.empty():
            order = self.inbox.get()
            if isinstance(order, Start | Halt):  # what was said of older streams does not matter any more
                self._waiting = deque(older for older in self._waiting if not isinstance(older, OfOneStream))
            self._waiting.append(order)
        if self._waiting:
            return self._waiting.popleft()
        if self._programme.may_go_on():
            return None
        try:
            return self.inbox.get(timeout=self._programme.patience_s())
        except queue.Empty:
            self._programme.give_up()
            return None

    def _obey(self, order: RenderOrder) -> None:
        match order:
            case Start():
                self._start(order)
            case Halt():
                self._programme.halt(order.generation)
            case QueueNext():
                if order.generation == self._programme.generation:
                    self._programme.follow(order.stream)
            case Revise():
                self._revise(order)
            case AskMeters():
                self._report(self._meters_read(order.request))
            case AskCache():
                freed = self._cache.clear(order.track) if order.clear else 0
                self._report(self._cache.read(order.request, track=order.track, freed_bytes=freed))
            case RateGiven():
                self._programme.rate_given(order)
            case RoomFound() | Quit():
                pass  # it woke us, which is all
            case _:
                assert_never(order)

    def _start(self, order: Start) -> None:
        if order.stream.overlap_s > 0.0:  # nobody has told the writer yet
            if self._programme.take_over(order.generation, order.stream):
                return
            self._to_writer(order)
        self._programme.start(order.generation, order.stream)

    def _revise(self, order: Revise) -> None:
        if order.generation == self._programme.generation:
            later = any(isinstance(waiting, Revise) for waiting in self._waiting)
            self._programme.revise(order.streams, at_once=not later)

    def _meters_read(self, request: int) -> MetersRead:
        heard = self._heard()
        part = self._reel.score.find(heard.generation, heard.entry)
        if part is None:
            return MetersRead(request)
        return part.meters.at(frame_now(heard, time.monotonic_ns()), request)
