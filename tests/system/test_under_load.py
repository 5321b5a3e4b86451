"""The loop is never kept busy: clients are answered while a library arrives, tracks are measured and music plays."""

import os
import random
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.music import copies, write_music
from tests.system.hearing import first_difference, noise, sounding
from tests.system.rig import Daemon, Recorder, World, end, pss_bytes, wait_until

pytestmark = [pytest.mark.system, pytest.mark.alone]

LONG = os.environ.get("AURALISD_CAMPAIGN") == "1"
FILES = 10_000 if LONG else 1_500
COMMANDS = 2_000 if LONG else 150

VERBS = (
    ("play",), ("pause",), ("play-pause",), ("next",), ("previous",), ("position", "5+"), ("position", "2-"),
    ("volume", "0.5"), ("volume", "1"), ("shuffle", "Toggle"), ("loop", "Playlist"), ("loop", "None"),
)  # fmt: skip


@pytest.fixture
def playing(world: World, music: Path) -> Daemon:
    for number in range(4):
        soundfile.write(music / f"{number}.flac", noise(90, seed=number), 44_100, subtype="PCM_16")
    daemon = Daemon(world, "--music", str(music), "--output", "alsa", "--play")
    daemon.wait_ready()
    wait_until(lambda: world.playerctl("status") == "Playing")
    return daemon


def arrive(music: Path, tmp_path: Path) -> None:
    """A library of small files, in many new folders, as fast as the disk takes them."""
    seed = write_music(tmp_path / "seed.flac", title="Seed")
    for album in range(FILES // 50):
        copies(seed, music / f"album {album}", 50)


def test_nothing_stalls_the_loop_while_a_library_arrives_and_music_plays(
    world: World, playing: Daemon, music: Path, tmp_path: Path
) -> None:
    time.sleep(3)  # the fill has found its size
    underruns = world.get("Output", "Underruns")
    arrive(music, tmp_path)
    took_ms = []
    while world.get("Library", "TrackCount") != f"t {FILES + 4}":
        began = time.monotonic()
        world.get("Enhancement", "Plan")
        took_ms.append((time.monotonic() - began) * 1000)
        assert len(took_ms) < 20_000
    print(f"{len(took_ms)} calls of busctl, median {statistics.median(took_ms):.0f} ms, longest {max(took_ms):.0f} ms")

    assert playing.stalls() == []
    assert world.playerctl("status") == "Playing"
    assert world.get("Output", "Underruns") == underruns


@pytest.mark.skipif(not LONG, reason="the long form")
def test_half_an_hour_under_load_has_no_gap_no_stall_and_grows_nothing(
    world: World, music: Path, tmp_path: Path
) -> None:
    """Both cores are kept busy by others, and a library of 100,000 tracks arrives."""
    minutes, rate_hz = 30, 44_100
    piece = noise(300, seed=5)
    soundfile.write(music / "1.flac", piece, rate_hz, subtype="PCM_16")
    daemon = Daemon(world, "--music", str(music), "--output", "alsa")
    daemon.wait_ready()
    wait_until(lambda: world.get("Queue", "Length") == "u 1", 60)
    world.set("Enhancement", "Enabled", "b", "false")
    world.playerctl("loop", "Track")
    recorder = Recorder(world)
    world.playerctl("play")
    time.sleep(30)  # the fill has found its size, the ring is full
    pids = [daemon.process.pid, *daemon.children("auralisd.sound")]
    memory, underruns = pss_bytes(pids[1:]), world.get("Output", "Underruns")
    busy = [world.spawn(sys.executable, "-c", "while True: pass") for _ in range(os.cpu_count() or 2)]
    seed = write_music(tmp_path / "seed.flac", title="Seed")
    for album in range(2_000):
        copies(seed, music / f"album {album}", 50)
    until_s = time.monotonic() + minutes * 60
    while time.monotonic() < until_s:
        time.sleep(30)
        assert world.playerctl("status") == "Playing"
    grown = pss_bytes(pids[1:]) - memory
    for process in busy:
        end(process)
    heard = sounding(recorder.stop())
    whole = np.tile(piece, (len(heard) // len(piece) + 1, 1))
    print(f"{len(heard) / rate_hz / 60:.1f} minutes without a gap, sound process grew by {grown / 1e6:.1f} MB")

    assert first_difference(heard, whole) is None
    assert len(heard) >= (minutes * 60 - 30) * rate_hz
    assert daemon.stalls() == []
    assert world.get("Output", "Underruns") == underruns
    assert abs(grown) <= 5_000_000


def test_no_sequence_of_commands_confuses_the_player(world: World, playing: Daemon) -> None:
    dice = random.Random(20_261_123)
    for _ in range(COMMANDS):
        world.try_playerctl(*dice.choice(VERBS))
    world.playerctl("volume", "1")
    world.playerctl("play")
    wait_until(lambda: world.playerctl("status") == "Playing")
    before = float(world.playerctl("position"))
    entry = world.playerctl("metadata", "mpris:trackid")
    time.sleep(1.5)
    after = float(world.playerctl("position"))

    assert playing.stalls() == []
    assert "Traceback" not in playing.log()
    assert len(playing.children("auralisd.sound")) == 1
    if world.playerctl("metadata", "mpris:trackid") == entry:
        assert 1.0 < after - before < 2.2
