"""The writer thread against outputs that misbehave: what is heard in the end is every frame, once, in order."""

import queue
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from auralisd.doors.clock import ClockReader, ClockWriter, make_clock
from auralisd.doors.sound import (
    ChooseOutput,
    DeviceState,
    Drained,
    Halt,
    Hold,
    Ping,
    Pong,
    Quit,
    Release,
    Report,
    Start,
    Starved,
    Stream,
    Underran,
)
from auralisd.dsp.block import Block
from auralisd.errors import OutputLost
from auralisd.output.device import OpenedFormat
from auralisd.output.silent import SilentOutput
from auralisd.sound import hunger, line
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


@pytest.fixture
def rig_on() -> Iterator[Callable[[NotingOutput], Rig]]:
    rigs: list[Rig] = []

    def start(output: NotingOutput) -> Rig:
        rigs.append(Rig(output))
        return rigs[-1]

    yield start
    for rig in rigs:
        rig.close()


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


def test_a_device_gets_whole_periods_only(rig_on: RigOn) -> None:
    rig = rig_on(NotingOutput())
    rig.begin(counting(10_001), ends=False)
    rig.frame_reached(5_000)
    rig.end()

    assert rig.drained() == list(range(1, 10_002))
    assert {size % PERIOD for size in rig.output.sizes} == {0}


def test_the_first_write_is_several_periods_long(rig_on: RigOn) -> None:
    rig = rig_on(NotingOutput())
    rig.begin(counting(10_000))
    rig.drained()

    assert rig.output.sizes[0] >= 4 * PERIOD


def test_a_device_that_ran_dry_gets_the_same_frames_again_and_it_is_counted(rig_on: RigOn) -> None:
    output = NotingOutput()
    output.before_write = lambda number: number == 2
    rig = rig_on(output)
    rig.begin(counting(12_000))

    assert rig.told(lambda report: isinstance(report, Underran)) == Underran(1)
    assert rig.told(is_state("running")).fill_ms == 120.0  # type: ignore[union-attr]
    assert rig.drained() == list(range(1, 12_001))


def test_an_empty_ring_is_silence_and_the_music_goes_on_behind_it(rig_on: RigOn) -> None:
    rig = rig_on(NotingOutput())
    sound = counting(12_000)
    rig.begin(sound[:8_000], ends=False)
    rig.told(lambda report: isinstance(report, Underran))
    rig.ring.append(sound[8_000:])
    rig.end()
    heard = rig.drained()

    assert [value for value in heard if value] == list(range(1, 12_001))
    assert 0 in heard
    assert {size % PERIOD for size in rig.output.sizes} == {0}


def soft_end(heard: NDArray[np.int64]) -> int:
    """How many frames were heard whole before it died away within ten milliseconds, without a step."""
    cut = int(np.argmin(heard == np.arange(1, len(heard) + 1)))
    silent = cut + int(np.argmin(heard[cut:] != 0))
    assert silent - cut <= 441
    assert np.abs(np.diff(heard[: silent + 1])).max() < 60
    return cut


def test_a_pause_dies_away_at_once_and_the_music_comes_up_again_at_that_frame(rig_on: RigOn) -> None:
    rig = rig_on(NotingOutput())
    rig.begin(counting(15_000))
    rig.frame_reached(5_000)
    rig.writer.inbox.put(Hold())
    rig.told(is_state("paused"))
    rig.writer.inbox.put(Release())
    heard = np.array(rig.drained())
    cut = soft_end(heard)
    again = heard[cut + PERIOD - 441 :]
    whole = len(again) - int(np.argmin((again == np.arange(15_001 - len(again), 15_001))[::-1]))

    assert 5_000 < cut < 8_000
    assert np.abs(np.diff(again)).max() < 60
    assert cut < again[whole] <= cut + 442


def test_what_dies_away_is_heard_to_its_end_and_then_the_device_is_dropped(rig_on: RigOn) -> None:
    rig = rig_on(NotingOutput())
    rig.begin(counting(15_000))
    rig.frame_reached(5_000)
    dropped = list[int]()
    plain = rig.output.drop

    def drop() -> None:
        dropped.append(rig.output.unheard_frames())
        plain()

    rig.output.drop = drop  # type: ignore[method-assign]
    rig.writer.inbox.put(Hold())
    deadline_s = time.monotonic() + PATIENCE_S
    while len(dropped) < 2 and time.monotonic() < deadline_s:
        time.sleep(0.002)
    soft_end(np.array(rig.output.heard))

    assert dropped[0] > PERIOD
    assert dropped[1:] == [0]


def test_a_second_cut_lets_the_first_die_away(rig_on: RigOn) -> None:
    rig = rig_on(NotingOutput())
    rig.begin(counting(15_000))
    rig.frame_reached(5_000)
    rig.writer.inbox.put(Hold())
    rig.writer.inbox.put(Halt(2))
    rig.writer.inbox.put(Start(3, Stream(7, 70, b"a.flac"), playing=True))
    rig.writer.inbox.put(Ping(9))
    rig.told(lambda report: isinstance(report, Pong))
    deadline_s = time.monotonic() + PATIENCE_S
    while rig.output.unheard_frames() and time.monotonic() < deadline_s:
        time.sleep(0.002)
    heard = np.array(rig.output.heard)

    assert len(heard) - soft_end(heard) > PERIOD - 300


def test_a_server_that_woke_late_is_believed_that_it_played_two_periods_at_once(rig_on: RigOn) -> None:
    """Or all that comes after it would be thought to be heard too late, and a pause would play some of it twice."""
    output = NotingOutput()
    plain, late = output.unheard_frames, list[int]()
    output.unheard_frames = lambda: plain() + sum(late)  # type: ignore[method-assign]
    rig = rig_on(output)
    rig.begin(counting(20_000))
    rig.frame_reached(4_000)
    late.append(2 * PERIOD)
    rig.frame_reached(rig.clock.read().frame + 1_000)  # it was looked at meanwhile
    late.clear()
    rig.frame_reached(9_000)
    rig.writer.inbox.put(Hold())
    rig.told(is_state("paused"))

    assert soft_end(np.array(output.heard)) > 9_000


class Unplugged:
    """Raises from the third write on until it is plugged in; counts how often it is opened meanwhile."""

    def __init__(self, output: NotingOutput) -> None:
        self.gone, self.tries_s = True, list[float]()
        self._output, self._open = output, output.open
        output.before_write = self._write
        output.open = self._opened  # type: ignore[method-assign]

    def _write(self, number: int) -> bool:
        if self.gone and number >= 3:
            raise OutputLost("lost", "noting is gone")
        return False

    def _opened(self, rate_hz: int) -> OpenedFormat:
        self.tries_s.append(time.monotonic())
        if self.gone and len(self._output.sizes) > 3:
            raise OutputLost("no-device", "noting does not open")
        return self._open(rate_hz)


def test_a_device_that_is_lost_while_it_plays_is_tried_again_by_itself_and_goes_on_at_the_frame(rig_on: RigOn) -> None:
    output = NotingOutput()
    device = Unplugged(output)
    rig = rig_on(output)
    rig.begin(counting(15_000))
    lost = rig.told(is_state("lost"))
    stood_at, running = rig.clock.read().frame, rig.clock.read().running
    time.sleep(0.5)
    device.gone = False
    rig.told(is_state("running"))

    assert isinstance(lost, DeviceState)
    assert (lost.code, running) == ("lost", False)
    heard = rig.drained()
    assert goes_on_at_the_frame(heard, 15_000)
    assert stood_at in [0, *heard]


def test_a_device_that_says_it_has_played_all_when_it_dies_is_not_believed(rig_on: RigOn) -> None:
    output = NotingOutput()
    device = Unplugged(output)
    plain = output.unheard_frames
    output.unheard_frames = lambda: plain() if len(output.sizes) < 3 else 0  # type: ignore[method-assign]
    rig = rig_on(output)
    rig.begin(counting(15_000))
    rig.told(is_state("lost"))
    device.gone, output.unheard_frames = False, plain  # type: ignore[method-assign]

    assert goes_on_at_the_frame(rig.drained(), 15_000)


def test_a_device_that_stands_still_is_told_as_lost_and_goes_on_when_it_moves(rig_on: RigOn) -> None:
    output = NotingOutput()
    plain, stood = output.unheard_frames, list[bool]()
    output.unheard_frames = lambda: 3_000 if stood else plain()  # type: ignore[method-assign]
    rig = rig_on(output)
    rig.begin(counting(40_000))
    rig.frame_reached(5_000)
    stood.append(True)
    lost = rig.told(is_state("lost"))
    stood.clear()
    rig.told(is_state("running"))

    assert isinstance(lost, DeviceState)
    assert (lost.code, lost.rate_hz) == ("hung", 0)
    rig.told(lambda report: isinstance(report, Drained))


def test_a_device_that_stays_away_is_tried_less_and_less_often(rig_on: RigOn) -> None:
    output = NotingOutput()
    device = Unplugged(output)
    rig = rig_on(output)
    rig.begin(counting(15_000))
    rig.told(is_state("lost"))
    deadline_s = time.monotonic() + PATIENCE_S
    while len(device.tries_s) < 6 and time.monotonic() < deadline_s:
        time.sleep(0.02)
    tries_s = device.tries_s[1:6]  # the first was the opening

    waits_s = [later - earlier for earlier, later in pairwise(tries_s)]
    assert all(wait_s >= least_s for wait_s, least_s in zip(waits_s, (0.24, 0.49, 0.99, 1.49), strict=True)), waits_s


def test_a_device_that_is_lost_is_left_alone_once_it_is_held_and_tried_at_once_when_it_is_released(
    rig_on: RigOn,
) -> None:
    output = NotingOutput()
    device = Unplugged(output)
    rig = rig_on(output)
    rig.begin(counting(15_000))
    rig.told(is_state("lost"))
    rig.writer.inbox.put(Hold())
    rig.writer.inbox.put(Ping(1))
    rig.told(lambda report: isinstance(report, Pong))
    tries = len(device.tries_s)
    time.sleep(0.6)
    assert len(device.tries_s) == tries
    device.gone = False
    rig.writer.inbox.put(Release())

    assert goes_on_at_the_frame(rig.drained(), 15_000)


def test_a_release_that_is_in_vain_is_answered_though_it_is_no_news(rig_on: RigOn) -> None:
    output = NotingOutput()
    Unplugged(output)
    rig = rig_on(output)
    rig.begin(counting(15_000))
    rig.told(is_state("lost"))
    rig.writer.inbox.put(Hold())
    for _ in range(2):
        rig.writer.inbox.put(Release())
        rig.told(is_state("lost"))


def test_another_output_goes_on_at_the_frame(rig_on: RigOn) -> None:
    first, second = NotingOutput(), NotingOutput()
    rig = rig_on(first)
    rig.others["other"] = second
    rig.begin(counting(20_000))
    rig.frame_reached(6_000)
    rig.writer.inbox.put(ChooseOutput("other"))
    rig.output = second
    rest = rig.drained()

    assert goes_on_at_the_frame(first.heard + rest, 20_000)
    assert 5_000 < len(first.heard) < 20_000


def test_a_device_that_fails_as_soon_as_it_is_open_is_not_opened_in_a_busy_loop(rig_on: RigOn) -> None:
    output = NotingOutput()
    opened: list[float] = []
    plain = output.open

    def opening(rate_hz: int) -> OpenedFormat:
        opened.append(time.monotonic())
        return plain(rate_hz)

    def broken(_number: int) -> bool:
        raise OutputLost("lost", "noting is gone")

    output.open, output.before_write = opening, broken  # type: ignore[method-assign]
    rig = rig_on(output)
    rig.begin(counting(15_000))
    rig.told(is_state("lost"))
    time.sleep(1.5)

    assert len(opened) <= 5


def test_a_device_that_comes_back_at_another_rate_has_the_ring_filled_anew(rig_on: RigOn) -> None:
    output = NotingOutput()
    rig = rig_on(output)
    rig.begin(counting(60_000))
    rig.frame_reached(5_000)
    output.rate_hz = 48_000
    output.before_write = lambda _number: (_ for _ in ()).throw(OutputLost("lost", "noting is gone"))
    given = rig.rates.get(timeout=PATIENCE_S)

    assert (given.rate_hz, given.at) == (48_000, rig.ring.read_at)


def test_a_rate_wanted_for_a_stream_that_was_left_is_not_answered(rig_on: RigOn) -> None:
    rig = rig_on(NotingOutput())
    rig.writer.inbox.put(Start(2, Stream(7, 70, b"a.flac"), playing=True))
    rig.writer.inbox.put(RateWanted(1, 96_000))
    rig.writer.inbox.put(RateWanted(2, RATE_HZ))

    assert rig.rates.get(timeout=PATIENCE_S) == RateGiven(2, RATE_HZ)
    assert rig.rates.empty()


def test_a_ring_that_stays_empty_is_told_once_and_the_device_gets_silence(
    rig_on: RigOn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hunger, "STARVED_S", 0.5)
    rig = rig_on(NotingOutput())
    rig.begin(counting(8_000), ends=False)

    assert rig.told(lambda report: isinstance(report, Starved)) == Starved(1, begun=True)
    time.sleep(0.8)
    rig.writer.inbox.put(Ping(9))
    assert not isinstance(rig.told(lambda report: isinstance(report, Starved | Pong)), Starved)


OVER = Stream(8, 80, b"b.flac", overlap_s=2.0)
"""What was to come in over the first, and cannot: the render thread says so, when it has found out."""


def test_a_stream_that_begins_late_is_held_where_it_was_paused_meanwhile(rig_on: RigOn) -> None:
    rig = rig_on(NotingOutput())
    rig.begin(counting(20_000))
    rig.frame_reached(2_000)
    rig.writer.inbox.put(Hold())
    rig.told(is_state("paused"))
    rig.writer.inbox.put(Start(2, OVER, playing=True))
    rig.writer.inbox.put(RateWanted(2, RATE_HZ))
    rig.rates.get(timeout=PATIENCE_S)
    rig.ring.begin(2, rate_hz=RATE_HZ)
    at = rig.ring.write_at
    rig.ring.mark(Mark(2, at, BEGINS, 2, entry=8, origin=at, rate_hz=RATE_HZ))
    rig.ring.append(counting(9_000))
    rig.writer.inbox.put(Filled(2))
    rig.writer.inbox.put(Ping(9))
    rig.told(lambda report: isinstance(report, Pong))

    assert rig.ring.read_at == at

    rig.writer.inbox.put(Release())
    deadline_s = time.monotonic() + PATIENCE_S
    while rig.ring.read_at == at and time.monotonic() < deadline_s:
        time.sleep(0.002)

    assert rig.ring.read_at > at


def test_a_stream_that_begins_late_does_not_take_the_place_of_a_newer_one(rig_on: RigOn) -> None:
    rig = rig_on(NotingOutput())
    rig.begin(counting(20_000))
    rig.writer.inbox.put(Start(3, Stream(9, 90, b"c.flac"), playing=True))
    rig.writer.inbox.put(Start(2, OVER, playing=True))
    rig.writer.inbox.put(RateWanted(3, RATE_HZ))

    assert rig.rates.get(timeout=PATIENCE_S) == RateGiven(3, RATE_HZ)


def test_a_stream_that_never_begins_is_told_and_one_that_is_held_is_not(
    rig_on: RigOn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hunger, "STARVED_S", 0.3)
    rig = rig_on(NotingOutput())
    rig.writer.inbox.put(Start(1, Stream(7, 70, b"a.flac"), playing=False))
    time.sleep(0.6)
    rig.writer.inbox.put(Release())

    assert rig.told(lambda report: isinstance(report, Starved)) == Starved(1, begun=False)


def test_a_device_that_stands_still_for_long_is_opened_anew(rig_on: RigOn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "STALLED_S", 0.3)
    monkeypatch.setattr(line, "WEDGED_S", 0.8)
    output = NotingOutput()
    plain_open, plain, stood, opened = output.open, output.unheard_frames, list[bool](), list[int]()

    def opening(rate_hz: int) -> OpenedFormat:
        stood.clear()
        opened.append(rate_hz)
        return plain_open(rate_hz)

    output.open = opening  # type: ignore[method-assign]
    output.unheard_frames = lambda: 3_000 if stood else plain()  # type: ignore[method-assign]
    rig = rig_on(output)
    rig.begin(counting(40_000))
    rig.frame_reached(5_000)
    stood.append(True)
    rig.told(lambda report: isinstance(report, Drained))

    assert len(opened) == 2
