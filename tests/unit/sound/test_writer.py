"""The writer thread against outputs that misbehave: what is heard in the end is every frame, once, in order."""

import time

import pytest

from auralisd.doors.sound import Ping, Pong, Starved, Underran
from auralisd.sound import hunger
from tests.unit.sound.writing import PERIOD, NotingOutput, RigOn, counting, is_state


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
