"""Where the writer thread cuts the music, it dies away and comes up again, and no frame is lost."""

import time

import numpy as np
from numpy.typing import NDArray

from auralisd.doors.sound import Halt, Hold, Ping, Pong, Release, Start, Stream
from tests.unit.sound.writing import PATIENCE_S, PERIOD, NotingOutput, RigOn, counting, is_state


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
