"""What the writer thread makes of streams that begin late, never, or after they were left."""

import time

import pytest

from auralisd.doors.sound import Hold, Ping, Pong, Release, Start, Starved, Stream
from auralisd.sound import hunger
from auralisd.sound.orders import Filled, RateGiven, RateWanted
from auralisd.sound.ring import BEGINS, Mark
from tests.unit.sound.writing import PATIENCE_S, RATE_HZ, NotingOutput, RigOn, counting, is_state


def test_a_rate_wanted_for_a_stream_that_was_left_is_not_answered(rig_on: RigOn) -> None:
    rig = rig_on(NotingOutput())
    rig.writer.inbox.put(Start(2, Stream(7, 70, b"a.flac"), playing=True))
    rig.writer.inbox.put(RateWanted(1, 96_000))
    rig.writer.inbox.put(RateWanted(2, RATE_HZ))

    assert rig.rates.get(timeout=PATIENCE_S) == RateGiven(2, RATE_HZ)
    assert rig.rates.empty()


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
