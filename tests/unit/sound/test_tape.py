"""The tape asks for room that it can use, and sleeps until there is."""

from pathlib import Path

import numpy as np
import pytest

from auralisd.decode.decoder import open_track
from auralisd.doors.sound import Stream
from auralisd.model.plan import MasteringPlan
from auralisd.sound.cache import ChunkCache
from auralisd.sound.reel import Reel
from auralisd.sound.ring import FrameRing
from auralisd.sound.tape import Tape
from tests.system.sound_driver import music, written


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 44_100])
def test_whenever_the_tape_may_record_it_does(tmp_path: Path, rate_hz: int) -> None:
    path = written(tmp_path / "a.wav", music(20.0, rate_hz=rate_hz), rate_hz=rate_hz)
    ring = FrameRing(on_room=lambda: None)
    reel = Reel(ring, ChunkCache())
    tape = Tape(reel)
    reel.rewind(1, rate_hz)
    plan = MasteringPlan("adaptive", 0.0, "off")
    tape.begin(Stream(1, 1, bytes(path)), open_track(bytes(path)), plan, ended=None)
    heard = np.empty((1000, 2), np.float32)
    for _ in range(60):
        in_vain = 0
        while tape.may_record():
            in_vain = 0 if tape.record() else in_vain + 1
            assert in_vain < 2, "it renders a block for which there is no room, and then waits"
        ring.read(heard, 1)
