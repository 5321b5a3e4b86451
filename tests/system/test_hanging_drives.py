"""A drive or a network mount that hangs in the middle of a file: no error comes, only nothing."""

import time
from pathlib import Path

import pytest
import soundfile

from tests.system.hearing import noise, sounding
from tests.system.rig import Daemon, Recorder, World, slowest_answer_s, wait_until

pytestmark = pytest.mark.system

HANGING = """
import os, sys, time
if "auralisd.sound" in sys.orig_argv:
    import soundfile
    def hanging(call):
        def waiting(self, *words, **named):
            while os.path.exists({flag!r}):
                time.sleep(0.02)
            return call(self, *words, **named)
        return waiting
    for name in ("__init__", "read", "buffer_read_into", "seek"):
        setattr(soundfile.SoundFile, name, hanging(getattr(soundfile.SoundFile, name)))
"""
"""Run at the start of each Python; in the sound process every read hangs while the flag is up."""


@pytest.fixture
def flag(tmp_path: Path) -> Path:
    return tmp_path / "the drive hangs"


@pytest.fixture
def daemon(world: World, music: Path, tmp_path: Path, flag: Path) -> Daemon:
    for number in range(3):
        soundfile.write(music / f"{number}.flac", noise(120, seed=number), 44_100, subtype="PCM_16")
    (tmp_path / "inject").mkdir()
    (tmp_path / "inject" / "sitecustomize.py").write_text(HANGING.format(flag=str(flag)))
    started = Daemon(
        world, "--music", str(music), "--output", "alsa", environment={"PYTHONPATH": str(tmp_path / "inject")}
    )
    started.wait_ready()
    wait_until(lambda: world.get("Queue", "Length") == "u 3")
    return started


def buffered_s(world: World) -> float:
    return float(world.get("Output", "BufferedTime").removeprefix("d "))


def test_what_was_rendered_is_heard_on_then_the_file_is_passed_over_and_nobody_waits(
    world: World, daemon: Daemon, flag: Path
) -> None:
    recorder = Recorder(world)
    world.playerctl("play")
    wait_until(lambda: float(world.playerctl("position")) > 3, 30)
    wait_until(lambda: buffered_s(world) > 2, 30)
    flag.touch()
    heard = len(sounding(recorder.so_far()))
    until_s = time.monotonic() + 6.0
    slowest_s = slowest_answer_s(world, lambda: time.monotonic() < until_s)
    assert len(sounding(recorder.so_far())) > heard + 44_100, "the ring is heard to its end"
    wait_until(lambda: "cannot play" in daemon.log(), 60)
    flag.unlink()
    wait_until(lambda: world.get("Queue", "CurrentIndex") == "i 1", 60)
    wait_until(lambda: float(world.playerctl("position")) > 0.5, 60)
    recorder.stop()
    wait_until(lambda: len(daemon.children("auralisd.sound")) == 1, 60)

    assert "code=unreadable" in daemon.log()
    assert slowest_s < 2.0
    assert world.playerctl("status") == "Playing"


def test_a_pause_is_heard_at_once_though_the_drive_hangs(world: World, daemon: Daemon, flag: Path) -> None:
    world.playerctl("play")
    wait_until(lambda: float(world.playerctl("position")) > 2, 30)
    flag.touch()
    recorder = Recorder(world)
    wait_until(lambda: recorder.so_far().any())
    world.playerctl("pause")
    time.sleep(0.5)
    before = len(recorder.so_far())
    time.sleep(0.5)
    heard = recorder.stop()[before:]
    flag.unlink()

    assert not heard.any()
    assert world.playerctl("status") == "Paused"
