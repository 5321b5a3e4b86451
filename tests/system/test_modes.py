"""How a queue is gone through, with the real daemon and its sound: modes, and the sleep timer to the ear."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tests.music import tag
from tests.system.hearing import Frames, noise
from tests.system.rig import Daemon, Recorder, World, end, wait_until

pytestmark = pytest.mark.system

Started = Callable[..., Daemon]
Levels = NDArray[np.float64]
RATE_HZ = 44_100


@pytest.fixture
def started(world: World, music: Path) -> Started:
    """Starts the daemon with so many tracks of so many seconds, two an album."""

    def start(count: int, seconds: float) -> Daemon:
        for number in range(count):
            path = music / f"{number}.flac"
            if not path.exists():
                soundfile.write(path, noise(seconds, seed=number), RATE_HZ, subtype="PCM_16")
                tag(path, title=f"Piece {number}", album=f"Album {number // 2}", albumartist="A", track=number % 2 + 1)
        daemon = Daemon(world, "--music", str(music), "--output", "alsa")
        daemon.wait_ready()
        wait_until(lambda: world.get("Queue", "Length") == f"u {count}", within_s=20)
        world.set("Enhancement", "Enabled", "b", "false")
        return daemon

    return start


def order(world: World, count: int) -> list[str]:
    """The titles as they come by Next."""
    titles = [world.playerctl("metadata", "xesam:title")]
    for _ in range(count - 1):
        world.playerctl("next")
        titles.append(world.playerctl("metadata", "xesam:title"))
    return titles


@pytest.mark.parametrize("mode", ["tracks", "albums"])
def test_the_order_of_a_shuffle_outlives_a_kill(world: World, started: Started, mode: str) -> None:
    daemon = started(8, 30)
    world.set("Queue", "ShuffleMode", "s", mode)
    titles = order(world, 8)
    for _ in range(7):
        world.playerctl("previous")
    daemon.process.kill()
    daemon.process.wait()
    started(8, 30)

    assert sorted(titles) == [f"Piece {number}" for number in range(8)]
    assert world.get("Queue", "ShuffleMode") == f's "{mode}"'
    assert order(world, 8) == titles
    if mode == "albums":
        numbers = [int(title.split()[1]) for title in titles]
        assert all(one + 1 == other for one, other in zip(numbers[::2], numbers[1::2], strict=True))


def test_what_was_heard_is_consumed_and_play_stops_once_where_it_was_asked(world: World, started: Started) -> None:
    daemon = started(3, 4)
    world.set("Queue", "Consume", "b", "true")
    world.playerctl("play")
    wait_until(lambda: world.get("Queue", "Length") == "u 2", within_s=20)
    world.set("Queue", "StopAfterCurrent", "b", "true")
    wait_until(lambda: world.playerctl("status") == "Stopped", within_s=20)

    assert world.get("Queue", "Length") == "u 1"
    assert world.playerctl("metadata", "xesam:title") == "Piece 2"
    assert world.get("Queue", "StopAfterCurrent") == "b false"
    world.playerctl("play")
    wait_until(lambda: world.playerctl("status") == "Stopped", within_s=20)
    assert world.get("Queue", "Length") == "u 0"
    assert "Traceback" not in daemon.log()


def test_the_sleep_timer_fades_the_music_out_and_leaves_the_volume(world: World, started: Started) -> None:
    daemon = started(2, 60)
    world.playerctl("volume", "0.8")
    world.playerctl("play")
    wait_until(lambda: float(world.playerctl("position")) > 1)
    recorder = Recorder(world)
    wait_until(lambda: len(recorder.so_far()) > RATE_HZ)
    world.set("Output", "SleepTimer", "d", "12")
    began = time.monotonic()
    left_s = float(world.get("Output", "SleepTimer").split()[1])
    time.sleep(5)
    world.playerctl("next")  # it counts whatever is played
    wait_until(lambda: world.playerctl("status") == "Paused", within_s=20)
    slept_s, paused_at = time.monotonic() - began, float(world.playerctl("position"))
    time.sleep(1)  # the sink holds some, and all of it is heard
    levels = loudness(recorder.stop())

    assert 11 < left_s <= 12
    assert slept_s >= 11.5
    assert world.get("Output", "SleepTimer") == "d 0"
    assert float(world.playerctl("volume")) == pytest.approx(0.8)
    sounding = np.flatnonzero(levels > 0)
    assert levels[:5].mean() == pytest.approx(0.8 * 1732 / 32768, rel=0.1)
    last = levels[sounding[-1] - 10 : sounding[-1] + 1]
    assert last.mean() < levels[:5].mean() / 20, "it was paused when next to nothing was heard any more"
    world.playerctl("play")
    wait_until(lambda: float(world.playerctl("position")) > paused_at + 0.5)
    again = Recorder(world)
    wait_until(lambda: len(again.so_far()) > RATE_HZ)
    assert loudness(again.stop())[3:].max() == pytest.approx(0.8 * 1732 / 32768, rel=0.1)
    end(daemon.process)
    assert "Traceback" not in daemon.log()


def loudness(recording: Frames) -> Levels:
    """The root mean square of each tenth of a second; full scale is 1."""
    whole = recording[: len(recording) // 4410 * 4410].reshape(-1, 4410 * 2) / 32768
    levels: Levels = np.sqrt((whole**2).mean(axis=1))
    return levels
