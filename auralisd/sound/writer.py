"""The writer thread: the only one that touches the device.

It keeps a *fill* of sound in the device and sleeps in between; volume, pause, seek and stop act here, so none of them
waits for the ring.  After each write it publishes the clock and tells which marks have been heard.  A device that is
lost is never asked again by itself: the frame is kept, and the next Start or Release tries again from there.
"""

import logging
import queue
import time
from collections.abc import Callable
from typing import Final, assert_never

from auralisd.doors.clock import ClockWriter, Heard
from auralisd.doors.sound import Halt, Hold, Quit, Release, Report, SetVolume, Start
from auralisd.errors import OutputLost
from auralisd.output.device import Output
from auralisd.sound.fill import Fill
from auralisd.sound.herald import Herald
from auralisd.sound.orders import Filled, RateGiven, RateWanted
from auralisd.sound.ring import STOPS, FrameRing
from auralisd.sound.speaker import MOST_PERIODS, Speaker

log = logging.getLogger(__name__)

WriterOrder = Start | Hold | Release | Halt | SetVolume | Quit | RateWanted | Filled

IDLE_S: Final = 5.0
"""A device that plays nothing for so long is closed, so that others may have it."""

DRAIN_GRACE_S: Final = 0.2
"""How long after its last frame the music may still go on, should the next stream come late."""


SLACK_S: Final = 0.001

LATE_S: Final = 0.030
"""A thread that was woken so late will be again: half of the least fill is gone by then."""


class Writer:
    """`on_rate` answers the render thread; `report` may be called from any thread."""

    def __init__(
        self,
        output: Output,
        ring: FrameRing,
        *,
        clock: ClockWriter,
        report: Callable[[Report], None],
        on_rate: Callable[[RateGiven], None],
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.inbox: queue.SimpleQueue[WriterOrder] = queue.SimpleQueue()
        self._ring = ring
        self._herald = Herald(ring, clock=clock, report=report, now_ns=now_ns)
        self._on_rate = on_rate
        self._now_ns = now_ns
        self._speaker = Speaker(output)
        self._fill = Fill()
        self._generation = 0
        self._filled = False
        self._holding = True
        self._rate_asked_hz = 0
        self._heard_at = 0
        self._ended_at_ns: int | None = None
        self._due_ns: int | None = None
        self._idle_since_ns = now_ns()
        self._starving = False

    @property
    def heard(self) -> Heard:
        """What was published last; any thread may look."""
        return self._herald.heard

    def run(self) -> None:
        """Until Quit."""
        sleep_s: float | None = None
        while not isinstance(order := self._next_order(sleep_s), Quit):
            try:
                if order is not None:
                    self._obey(order)
                sleep_s = self._turn()
            except OutputLost as loss:
                self._lose(loss)
                sleep_s = None
        self._speaker.close()

    # --- orders ---------------------------------------------------------------------------------------

    def _next_order(self, timeout_s: float | None) -> WriterOrder | None:
        try:
            return self.inbox.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def _obey(self, order: WriterOrder) -> None:
        match order:
            case Start():
                self._begin(order.generation, holding=not order.playing)
            case Halt():
                self._begin(order.generation, holding=True)
                self._tell_device("paused" if self._speaker.opened else "closed")
            case RateWanted():
                self._give_rate(order)
            case Filled():
                self._take_up(order.generation)
            case Hold():
                self._hold()
            case Release():
                self._release()
            case SetVolume():
                self._speaker.set_gain(0.0 if order.muted else order.volume)
            case Quit():
                pass
            case _:
                assert_never(order)

    def _begin(self, generation: int, *, holding: bool) -> None:
        """Silence at once; what comes next is of the new generation."""
        self._herald.stand_still()
        self._generation = generation
        self._filled = False
        self._holding = holding
        self._ended_at_ns = None
        self._starving = False
        self._idle_since_ns = self._now_ns()
        self._speaker.drop()

    def _give_rate(self, wanted: RateWanted) -> None:
        if wanted.generation != self._generation:
            return
        try:
            if self._rate_asked_hz != wanted.rate_hz:
                self._close()
                self._rate_asked_hz = wanted.rate_hz
            if not self._holding and self._speaker.opened is None:
                self._open(wanted.rate_hz)
        finally:
            # Without a device the ring is filled all the same, at the stream's own rate.
            rate_hz = self._speaker.rate_hz if self._speaker.opened else wanted.rate_hz
            self._on_rate(RateGiven(wanted.generation, rate_hz))

    def _take_up(self, generation: int) -> None:
        """The ring holds the first frames."""
        if generation != self._generation:
            return
        self._filled = True
        self._publish(self._ring.read_at)
        if not self._holding and self._speaker.opened is None:  # the stream took so long that it was closed
            self._open(self._rate_asked_hz)
        self._match_rates()

    def _hold(self) -> None:
        if self._holding:
            return
        self._holding = True
        self._idle_since_ns = self._now_ns()
        if self._speaker.opened is None:
            return
        if not self._speaker.is_silent:
            self._look()
            if not self._speaker.hold():
                self._take_back()
        self._publish(self._heard_at)
        self._tell_device("paused")

    def _release(self) -> None:
        if not self._holding and self._speaker.opened is not None:
            return
        self._holding = False
        if self._speaker.opened is not None:
            self._speaker.release()
            self._tell_device("running")
        elif self._rate_asked_hz:
            self._open(self._rate_asked_hz)
            self._match_rates()

    def _match_rates(self) -> None:
        """A device that came back at another rate needs the ring to be filled anew."""
        if self._filled and self._speaker.opened is not None and self._speaker.rate_hz != self._ring.rate_hz:
            self._filled = False
            self._on_rate(RateGiven(self._generation, self._speaker.rate_hz, self._ring.read_at))

    # --- the device -----------------------------------------------------------------------------------

    def _open(self, rate_hz: int) -> None:
        opened = self._speaker.open(rate_hz)
        log.info(
            "device opened name=%s rate_hz=%d format=%s period=%d buffer=%d",
            *(opened.device, opened.rate_hz, opened.sample_format, opened.period_frames, opened.buffer_frames),
        )
        self._tell_device("running")

    def _close(self) -> None:
        """Give the device back; what was not heard is played when it is opened again."""
        if self._speaker.opened is None:
            return
        self._take_back()
        self._speaker.close()
        self._tell_device("closed")

    def _lose(self, loss: OutputLost) -> None:
        log.warning("device lost code=%s reason=%s", loss.code, loss)
        self._ring.rewind(self._heard_at)
        self._speaker.close()
        self._holding = True
        self._herald.stand_still()
        self._tell_device("lost", code=loss.code, note=str(loss))

    def _take_back(self) -> None:
        """Drop what the device holds, and read it again later."""
        if not self._speaker.is_silent:
            self._look()
            self._ring.rewind(self._heard_at)
        self._speaker.drop()

    # --- a turn ---------------------------------------------------------------------------------------

    def _turn(self) -> float | None:
        """Do what is due: how long to sleep after it, None for until the next order."""
        if self._speaker.opened is None or self._holding or not self._filled:
            self._due_ns = None
            return self._idle_s()
        unheard = self._look()
        begins = self._speaker.is_silent
        unheard += self._feed(unheard)
        if begins:
            self._look()  # the first frame is on its way to the ear
        self._publish(self._heard_at)
        if self._ended_at_ns is not None and self._now_ns() - self._ended_at_ns >= DRAIN_GRACE_S * 1e9:
            self._drain()
        return self._sleep_s(unheard)

    def _idle_s(self) -> float | None:
        """A device that plays nothing is closed in the end: how long until then."""
        if self._speaker.opened is None:
            return None
        left_s = IDLE_S - (self._now_ns() - self._idle_since_ns) / 1e9
        if left_s > 0.0:
            return left_s
        self._close()
        return None

    def _look(self) -> int:
        """Note what is heard, and tell the marks that were passed: the frames not heard yet."""
        unheard = self._speaker.unheard_frames()
        if not self._speaker.is_silent:
            # A device's own report wavers by some milliseconds; what was heard stays heard.
            self._heard_at = max(self._heard_at, self._speaker.heard(unheard))
            if self._herald.marks(self._heard_at, self._generation):
                self._ended_at_ns = self._now_ns()
        return unheard

    def _feed(self, unheard: int) -> int:
        """Fill the device up: the frames written."""
        period, target = self._speaker.period_frames, self._target_frames()
        if unheard > target - period:
            return 0
        self._judge_punctuality()
        periods = min(MOST_PERIODS, (target + period - unheard) // period)
        at, readable = self._ring.read_at, self._ring.readable(self._generation)
        whole = min(periods, readable // period) * period
        if whole:
            self._starving = False
            return self._play(self._ring.read(self._speaker.block(whole), self._generation), at)
        if readable and self._last_stretch():
            count = self._ring.read(self._speaker.block(readable), self._generation)
            return self._play(count, at, silence=-count % period)
        if self._ring.has_ended(self._generation):
            return self._play(0, at, silence=periods * period)
        return self._starve(at, unheard)

    def _play(self, count: int, at: int, silence: int = 0) -> int:
        dry = self._speaker.play(count, ring_at=at, silence=silence)
        if dry:
            self._count_underrun()
        return count + silence

    def _starve(self, at: int, unheard: int) -> int:
        """The render thread is late: the last period in the device is followed by silence, not by an underrun."""
        period = self._speaker.period_frames
        if unheard > period:
            return 0
        if not self._starving:
            self._starving = True
            self._count_underrun()
        return self._play(0, at, silence=period)

    def _last_stretch(self) -> bool:
        """True when no more frames will follow those that are in the ring."""
        marks = self._ring.marks
        return bool(marks) and marks[-1].kind == STOPS

    def _drain(self) -> None:
        if not self._ring.finish(self._ring.read_at):
            self._ended_at_ns = None
            return
        self._begin(self._generation, holding=True)
        self._herald.drained(self._generation)
        self._tell_device("paused")

    def _judge_punctuality(self) -> None:
        """A wakeup that comes late eats into what keeps the device from running dry."""
        now_ns = self._now_ns()
        late = self._due_ns is not None and now_ns - self._due_ns > LATE_S * 1e9
        if self._fill.grow(now_ns / 1e9) if late else self._fill.settle(now_ns / 1e9):
            self._tell_device("running")

    def _count_underrun(self) -> None:
        self._fill.grow(self._now_ns() / 1e9)
        self._herald.underrun()
        self._tell_device("running")

    def _target_frames(self) -> int:
        """Whole periods."""
        period = self._speaker.period_frames
        return max(2, round(self._fill.seconds * self._speaker.rate_hz / period)) * period

    def _sleep_s(self, unheard: int) -> float:
        """Until the device wants more, or a mark is heard."""
        period = self._speaker.period_frames
        until = period // 2 if self._starving else unheard - (self._target_frames() - period)
        mark = self._ring.next_mark(self._heard_at)
        if mark is not None and self._speaker.is_sounding:
            until = min(until, mark.at - self._heard_at)
        # A little more, or rounding would wake us twice.
        sleep_s = max(0, until) / self._speaker.rate_hz + SLACK_S
        self._due_ns = self._now_ns() + round(sleep_s * 1e9)
        return sleep_s

    # --- telling --------------------------------------------------------------------------------------

    def _publish(self, position: int) -> None:
        running = not self._holding and self._speaker.is_sounding
        self._herald.position(position, self._generation, running=running)

    def _tell_device(self, state: str, *, code: str = "", note: str = "") -> None:
        self._herald.device(
            state, self._speaker.name, self._speaker.opened, fill_s=self._fill.seconds, code=code, note=note
        )
