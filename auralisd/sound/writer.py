"""The writer thread: the only one that touches the device.

It has a *fill* of sound kept in the device (feeder.py) and sleeps in between; volume, pause, seek and stop act here, so
none of them waits for the ring.  After each write it publishes the clock and tells which marks were heard (ear.py).
A device that is lost while it plays is tried again by itself (line.py): the frame is kept, and the music goes on from
there.  Held, it is left alone until the next Start or Release.
"""

import queue
import time
from collections.abc import Callable
from typing import Final, assert_never

from auralisd.doors.clock import ClockWriter, Heard
from auralisd.doors.sound import ChooseOutput, Halt, Hold, Ping, Pong, Quit, Release, Report, SetVolume, Start, Starved
from auralisd.errors import OutputLost
from auralisd.output.device import Output
from auralisd.sound.ear import Ear
from auralisd.sound.feeder import Feeder
from auralisd.sound.herald import Herald
from auralisd.sound.hunger import Hunger
from auralisd.sound.line import Line
from auralisd.sound.motion import LOOK_EVERY_S
from auralisd.sound.orders import Announced, Filled, RateGiven, RateWanted, TakenOver
from auralisd.sound.ring import FrameRing
from auralisd.sound.speaker import Speaker

FromControl = Start | Announced | Hold | Release | Halt | SetVolume | ChooseOutput | Ping | Quit
FromRenderer = RateWanted | Filled | TakenOver
WriterOrder = FromControl | FromRenderer

IDLE_S: Final = 5.0
"""A device that plays nothing for so long is closed, so that others may have it."""

DRAIN_GRACE_S: Final = 0.2
"""How long after its last frame the music may still go on, should the next stream come late."""


class Writer:
    """`on_rate` answers the render thread; `report` never waits; `choose` makes the output of a spec."""

    def __init__(
        self,
        output: Output,
        ring: FrameRing,
        *,
        clock: ClockWriter,
        report: Callable[[Report], None],
        on_rate: Callable[[RateGiven], None],
        choose: Callable[[str], Output],
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.inbox: queue.SimpleQueue[WriterOrder] = queue.SimpleQueue()
        self._ring = ring
        self._herald = Herald(ring, clock=clock, report=report, now_ns=now_ns)
        self._report = report
        self._on_rate = on_rate
        self._now_ns = now_ns
        self._speaker = Speaker(output)
        self._feeder = Feeder(
            ring,
            self._speaker,
            on_underrun=self._herald.underrun,
            on_fill=lambda: self._line.tell("running"),
            now_ns=now_ns,
        )
        self._ear = Ear(ring, self._speaker, self._herald, now_ns)
        self._hunger = Hunger()
        self._line = Line(
            self._speaker, self._ear, self._herald, fill_s=lambda: self._feeder.fill_s, choose=choose, now_ns=now_ns
        )
        self._filled = False
        self._muted = False
        self._is_to_hold = True
        self._idle_since_ns = now_ns()

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
                self._line.lose(loss)
                sleep_s = 0.0
        self._line.leave()

    # --- orders ---------------------------------------------------------------------------------------

    def _next_order(self, timeout_s: float | None) -> WriterOrder | None:
        try:
            return self.inbox.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def _obey(self, order: WriterOrder) -> None:
        match order:
            case Start():
                self._start(order)
            case Halt():
                self._begin(order.generation, holding=True)
                self._line.tell("paused" if self._line.is_open else "closed")
            case RateWanted() | Filled() | TakenOver():
                self._go_along(order)
            case Announced():
                self._is_to_hold = not order.playing
            case Hold():
                self._hold()
            case Release():
                self._release()
            case SetVolume() | ChooseOutput() | Ping():
                self._serve(order)
            case Quit():
                pass
            case _:
                assert_never(order)

    def _go_along(self, order: FromRenderer) -> None:
        match order:
            case RateWanted():
                self._give_rate(order)
            case Filled():
                self._take_up(order.generation)
            case TakenOver():
                self._ear.go_over(order.generation)
            case _:
                assert_never(order)

    def _serve(self, order: SetVolume | ChooseOutput | Ping) -> None:
        """What has nothing to do with the music that plays."""
        match order:
            case SetVolume():
                self._set_volume(order)
            case ChooseOutput():
                self._change_output(order.spec)
            case Ping():
                self._report(Pong(order.request))
            case _:
                assert_never(order)

    def _set_volume(self, order: SetVolume) -> None:
        """Silence is not waited for: what the device holds is taken back, and glides away from the frame heard now."""
        self._speaker.set_gain(0.0 if order.muted else order.volume)
        is_new, self._muted = order.muted and not self._muted, order.muted
        if is_new and self._line.is_open and not self._ear.holding:
            self._ear.take_back_in_time()

    def _start(self, order: Start) -> None:
        """One that cannot come in over what was heard comes late: control may have said something else since."""
        if order.stream.overlap_s <= 0.0:
            self._is_to_hold = not order.playing
        elif order.generation <= self._ear.generation:
            return
        self._begin(order.generation, holding=self._is_to_hold)

    def _begin(self, generation: int, *, holding: bool) -> None:
        """What is heard dies away at once; what comes next is of the new generation."""
        self._herald.stand_still()
        self._ear.begin(generation, holding=holding)
        self._line.begin()
        self._hunger.fed(self._now_s())
        self._filled = False
        self._idle_since_ns = self._now_ns()
        self._line.give_up()
        self._feeder.begin()
        self._ear.fall_silent()

    def _give_rate(self, wanted: RateWanted) -> None:
        if wanted.generation != self._ear.generation:
            return
        try:
            if self._line.rate_asked_hz != wanted.rate_hz:
                self._line.close()
                self._line.rate_asked_hz = wanted.rate_hz
            if not self._ear.holding and not self._line.is_open:
                self._line.open()
        finally:
            # Without a device the ring is filled all the same, at the stream's own rate.
            rate_hz = self._speaker.rate_hz if self._line.is_open else wanted.rate_hz
            self._on_rate(RateGiven(wanted.generation, rate_hz))

    def _take_up(self, generation: int) -> None:
        """The ring holds the first frames."""
        if generation != self._ear.generation:
            return
        self._filled = True
        self._speaker.wait_at(self._ring.read_at)
        self._ear.publish(self._ring.read_at)
        # A device that is waited for is tried when it is due; one that was closed while the stream took its time, now.
        if not self._ear.holding and not self._line.is_open and not self._line.is_waited_for:
            self._line.open()
        if not self._ear.holding and self._line.is_open:
            self._line.tell("running")
        self._match_rates()

    def _hold(self) -> None:
        self._is_to_hold = True
        if self._ear.holding:
            return
        self._ear.holding = True
        self._idle_since_ns = self._now_ns()
        self._line.give_up()
        if not self._line.is_open:
            return
        self._feeder.begin()
        self._ear.fall_silent()
        self._ear.publish(self._ear.at)
        self._line.tell("paused")

    def _release(self) -> None:
        self._is_to_hold = False
        if not self._ear.holding and self._line.is_open:
            return
        self._ear.holding = False
        self._line.give_up()  # whoever asks has it tried at once
        if self._line.is_open:
            self._line.begin()
            self._hunger.fed(self._now_s())
            self._line.tell("running")
        elif self._line.rate_asked_hz:
            self._reopen()

    def _match_rates(self) -> None:
        """A device that came back at another rate needs the ring to be filled anew."""
        if self._filled and self._line.is_open and self._speaker.rate_hz != self._ring.rate_hz:
            self._filled = False
            self._on_rate(RateGiven(self._ear.generation, self._speaker.rate_hz, self._ring.read_at))

    def _change_output(self, spec: str) -> None:
        """Go on at the frame that is heard, on another output."""
        self._line.change(spec)
        if not self._ear.holding and self._line.rate_asked_hz:
            self._reopen()
        else:
            self._line.tell("closed")

    def _reopen(self) -> None:
        self._line.open()
        self._match_rates()

    # --- a turn ---------------------------------------------------------------------------------------

    def _turn(self) -> float | None:
        """Do what is due: how long to sleep after it, None for until the next order."""
        if self._line.is_waited_for:
            if (wait_s := self._line.wait_s()) > 0.0:
                return wait_s
            self._reopen()
        if not self._line.is_open or self._ear.holding or not self._filled:
            self._feeder.rest()
            return _sooner(self._ear.fading_s(), _sooner(self._idle_s(), self._starve()))
        unheard = self._ear.look()
        if self._speaker.is_fading and not unheard:
            self._speaker.drop()  # it has run dry, and is to begin anew
        if self._line.stands_still(unheard):
            return LOOK_EVERY_S
        begins = self._speaker.is_silent or self._speaker.is_fading
        unheard += self._feeder.feed(unheard, self._ear.generation)
        if begins:
            self._ear.look()  # the first frame is on its way to the ear
        self._ear.publish(self._ear.at)
        if self._feeder.is_starving:
            self._starve()
        else:
            self._hunger.fed(self._now_s())
        ended_at_ns = self._ear.ended_at_ns
        if ended_at_ns is not None and self._now_ns() - ended_at_ns >= DRAIN_GRACE_S * 1e9:
            self._drain()
        return self._feeder.sleep_s(unheard, self._ear.at)

    def _starve(self) -> float | None:
        """Nothing comes of what should play: how long until that is told; None when nothing is waited for."""
        if self._ear.holding or (self._filled and not self._feeder.is_starving):
            return None
        if self._hunger.starves(now_s := self._now_s()):
            self._report(Starved(self._ear.generation, begun=self._filled))
        return self._hunger.left_s(now_s) or None

    def _idle_s(self) -> float | None:
        """A device that plays nothing is closed in the end: how long until then."""
        if not self._line.is_open:
            return None
        left_s = IDLE_S - (self._now_ns() - self._idle_since_ns) / 1e9
        if left_s > 0.0:
            return left_s
        self._line.close()
        return None

    def _drain(self) -> None:
        if not self._ring.finish(self._ring.read_at):
            self._ear.ended_at_ns = None
            return
        self._begin(self._ear.generation, holding=True)
        self._herald.drained(self._ear.generation)
        self._line.tell("paused")

    def _now_s(self) -> float:
        return self._now_ns() / 1e9


def _sooner(one_s: float | None, other_s: float | None) -> float | None:
    """Of two times to sleep, None being for ever."""
    return min((each for each in (one_s, other_s) if each is not None), default=None)
