"""The writer thread against devices that go away, fail, hang or are changed: the music goes on at its frame."""

import time
from itertools import pairwise

import pytest

from auralisd.doors.sound import ChooseOutput, DeviceState, Drained, Hold, Ping, Pong, Release
from auralisd.errors import OutputLost
from auralisd.output.device import OpenedFormat
from auralisd.sound import line
from tests.unit.sound.writing import PATIENCE_S, NotingOutput, RigOn, counting, goes_on_at_the_frame, is_state


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
