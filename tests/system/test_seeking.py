"""A seek lands where it was asked: the first frame that is heard is the one that was named."""

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from auralisd.model.audio import us_to_frames
from tests.system.hearing import noise, sounding
from tests.system.rig import Daemon, Recorder, World, wait_until
from tests.system.seams import comes_up

pytestmark = pytest.mark.system

RATE_HZ = 44_100
PIECE = noise(60, seed=1)


@pytest.fixture
def daemon(world: World, music: Path) -> Iterator[Daemon]:
    soundfile.write(music / "1.flac", PIECE, RATE_HZ, subtype="PCM_16")
    running = Daemon(world, "--music", str(music), "--output", "alsa")
    running.wait_ready()
    running.wait_tracks(1)
    world.set("Enhancement", "Enabled", "b", "false")
    yield running
    assert "Traceback" not in running.log()


def wait_silent(recorder: Recorder) -> int:
    """Until what was played before has left the sink; answers how much was recorded by then."""
    wait_until(lambda: len(now := recorder.so_far()) > RATE_HZ // 5 and not now[-RATE_HZ // 5 :].any())
    return len(recorder.so_far())


def wait_heard(recorder: Recorder, before: int) -> None:
    wait_until(lambda: len(sounding(recorder.so_far()[before:])) > RATE_HZ // 5)


@pytest.mark.usefixtures("daemon")
def test_every_seek_begins_with_the_frame_that_was_named(world: World) -> None:
    dice = random.Random(5)
    wait_until(lambda: world.get("Queue", "Length") == "u 1")
    entry = world.get("Queue", "CurrentEntry").split()[1]
    player = ("org.mpris.MediaPlayer2.auralis", "/org/mpris/MediaPlayer2", "org.mpris.MediaPlayer2.Player")
    world.playerctl("play")
    world.playerctl("pause")
    for _ in range(6):
        position_us = dice.randrange(55_000_000)
        track_id = f"/org/auralis/Auralis1/entry/{entry}"
        world.run("busctl", "--user", "call", *player, "SetPosition", "ox", track_id, str(position_us))
        recorder = Recorder(world)
        before = wait_silent(recorder)
        world.playerctl("play")
        wait_heard(recorder, before)
        world.playerctl("pause")
        heard = recorder.stop()
        first = before + int(np.argmax(heard[before:].any(axis=1)))

        wanted = us_to_frames(position_us, RATE_HZ)
        assert comes_up(heard, PIECE, wanted, first + RATE_HZ // 10), f"asked for {position_us} µs"
