"""The loop is never kept busy: clients are answered while a library arrives, tracks are measured and music plays."""

import os
import random
import statistics
import time
from pathlib import Path

import pytest
import soundfile

from tests.music import copies, write_music
from tests.system.hearing import noise
from tests.system.rig import Daemon, World, wait_until

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
