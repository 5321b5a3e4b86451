"""A writer thread on an output that notes what is heard; the test is in the place of the render thread and control."""

import queue
import time
from collections.abc import Callable

import numpy as np

from auralisd.doors.clock import ClockReader, ClockWriter, make_clock
from auralisd.doors.sound import DeviceState, Drained, Quit, Report, Start, Stream
from auralisd.dsp.block import Block
from auralisd.output.device import OpenedFormat
from auralisd.output.silent import SilentOutput
from auralisd.sound.orders import Filled, RateGiven, RateWanted
from auralisd.sound.ring import BEGINS, STOPS, FrameRing, Mark
from auralisd.sound.writer import Writer
from auralisd.threads import NamedThread

RATE_HZ = 44_100
PERIOD = 882
PATIENCE_S = 5.0


class NotingOutput:
    """Plays in silence and notes what was heard; `before_write` may raise OutputLost or answer that it ran dry."""

    name = "noting"

    def __init__(self, *, rate_hz: int = RATE_HZ) -> None:
        self.heard: list[int] = []
        self.sizes: list[int] = []
        self.before_write: Callable[[int], bool] = lambda _number: False
        self.rate_hz = rate_hz
        self._pacing = SilentOutput(sample_format="S16_LE")

    def open(self, rate_hz: int) -> OpenedFormat:
        return self._pacing.open(self.rate_hz)

    def write(self, frames: memoryview) -> int:
        number = len(self.sizes)
        self.sizes.append(len(frames) // 4)
        if self.before_write(number):
            return 0
        self.heard += np.frombuffer(frames, "<i2")[::2].tolist()
        return self._pacing.write(frames)

    def unheard_frames(self) -> int:
        return self._pacing.unheard_frames()

    def set_volume(self, gain: float) -> bool:
        return False

    def drop(self) -> None:
        del self.heard[len(self.heard) - self._pacing.unheard_frames() :]
        self._pacing.drop()

    def close(self) -> None:
        self.drop()


class Rig:
    """A writer thread on an output, and the test in the place of the render thread and of control."""

    def __init__(self, output: NotingOutput) -> None:
        clock_fd = make_clock()
        self.output = output
        self.clock = ClockReader(clock_fd)
        self.reports: queue.SimpleQueue[Report] = queue.SimpleQueue()
        self.rates: queue.SimpleQueue[RateGiven] = queue.SimpleQueue()
        self.ring = FrameRing(on_room=lambda: None)
        self.others: dict[str, NotingOutput] = {}
        self.writer = Writer(
            output,
            self.ring,
            clock=ClockWriter(clock_fd),
            report=self.reports.put,
            on_rate=self.rates.put,
            choose=self.others.__getitem__,
        )
        self._deaths: list[BaseException] = []
        self._thread = NamedThread("writer", self.writer.run, lambda _name, death: self._deaths.append(death))
        self._thread.start()

    def begin(self, frames: Block, *, ends: bool = True) -> None:
        """Play these frames as generation 1."""
        self.writer.inbox.put(Start(1, Stream(7, 70, b"a.flac"), playing=True))
        self.writer.inbox.put(RateWanted(1, RATE_HZ))
        self.rates.get(timeout=PATIENCE_S)
        self.ring.begin(1, rate_hz=RATE_HZ)
        at = self.ring.write_at
        self.ring.mark(Mark(0, at, BEGINS, 1, entry=7, origin=at, rate_hz=RATE_HZ, frames=len(frames)))
        self.ring.append(frames)
        if ends:
            self.end()
        self.writer.inbox.put(Filled(1))

    def end(self) -> None:
        self.ring.mark(Mark(1, self.ring.write_at, STOPS, 1))

    def told(self, wanted: Callable[[Report], bool]) -> Report:
        deadline_s = time.monotonic() + PATIENCE_S
        while not wanted(report := self.reports.get(timeout=max(0.01, deadline_s - time.monotonic()))):
            pass
        return report

    def drained(self) -> list[int]:
        """Everything that was heard, without the silence at the end."""
        self.told(lambda report: isinstance(report, Drained))
        heard: list[int] = np.trim_zeros(np.array(self.output.heard), "b").tolist()
        return heard

    def frame_reached(self, frame: int) -> None:
        deadline_s = time.monotonic() + PATIENCE_S
        while self.clock.read().frame < frame and time.monotonic() < deadline_s:
            time.sleep(0.002)

    def close(self) -> None:
        self.writer.inbox.put(Quit())
        assert self._thread.join(PATIENCE_S)
        assert self._deaths == []


RigOn = Callable[[NotingOutput], Rig]


def counting(count: int) -> Block:
    """1, 2, 3 … in 16 bits, on both sides."""
    numbers = np.arange(1, count + 1, dtype=np.float32) / 32_768
    return np.stack((numbers, numbers), axis=1)


def goes_on_at_the_frame(heard: list[int], count: int) -> bool:
    """Nothing is missing; what the device played between our last look and its loss, at most 50 ms, may come again."""
    steps = np.diff(heard)
    back = steps[steps != 1]
    return (
        len(back) <= 1 and bool((back > -2205).all()) and (heard[0], heard[-1]) == (1, count) and bool((back < 1).all())
    )


def is_state(state: str) -> Callable[[Report], bool]:
    return lambda report: isinstance(report, DeviceState) and report.state == state
