"""How soon a listener hears what was asked for, measured at the sink: recorder and sink add some 30 ms of their own."""

import os
import statistics
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.system.hearing import noise
from tests.system.rig import Daemon, Recorder, World, wait_until

pytestmark = [pytest.mark.system, pytest.mark.alone]

LONG = os.environ.get("AURALISD_CAMPAIGN") == "1"
TIMES = 10 if LONG else 3


@pytest.fixture
def fresh_music(music: Path) -> Path:
    for number in range(TIMES + 2):
        soundfile.write(music / f"{number:02}.flac", noise(60, seed=number), 44_100, subtype="PCM_16")
    return music


def sound_after_ms(world: World, recorder: Recorder, *verb: str) -> float:
    """Ask, and find the first frame that sounds after a silence; the recorder runs in real time."""
    before = len(recorder.so_far())
    world.playerctl(*verb)
    wait_until(lambda: recorder.so_far()[before:].any(), within_s=5, every_s=0.01)
    first = int(np.argmax(np.any(recorder.so_far()[before:] != 0, axis=1)))
    return first / world.rate_hz * 1000


def unmeasured(world: World, daemon: Daemon) -> None:
    """Stopped with a queue, and no time given to measure anything."""
    daemon.wait_ready()
    wait_until(lambda: world.get("Queue", "CurrentIndex") == "i 0", every_s=0.01)


def test_the_first_play_of_a_track_never_seen_starts_the_sound_process_and_is_heard(
    world: World, fresh_music: Path, tmp_path: Path
) -> None:
    took_ms = []
    for number in range(TIMES):
        daemon = Daemon(
            world, "--music", str(fresh_music), "--output", "alsa", "--state-dir", str(tmp_path / f"{number}")
        )
        unmeasured(world, daemon)
        recorder = Recorder(world)
        assert not daemon.children("auralisd.sound")
        took_ms.append(sound_after_ms(world, recorder, "play"))
        recorder.stop()
        daemon.stop()
    print(f"cold: median {statistics.median(took_ms):.0f} ms of {[round(ms) for ms in took_ms]}")

    assert statistics.median(took_ms) <= 900


def test_play_of_a_track_never_seen_is_heard_at_once_while_the_sound_process_is_warm(
    world: World, fresh_music: Path
) -> None:
    daemon = Daemon(world, "--music", str(fresh_music), "--output", "alsa")
    unmeasured(world, daemon)
    recorder = Recorder(world)
    took_ms = []
    for _ in range(TIMES + 1):
        took_ms.append(sound_after_ms(world, recorder, "play"))
        world.playerctl("stop")
        world.playerctl("next")
        time.sleep(0.5)
    recorder.stop()
    print(f"warm: median {statistics.median(took_ms[1:]):.0f} ms of {[round(ms) for ms in took_ms[1:]]}")

    assert statistics.median(took_ms[1:]) <= 300
