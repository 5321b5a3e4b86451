"""What comes out of the sound server is what the file holds: to the sample, through pause, seek, skip and stop."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.system.hearing import Frames, find, first_difference, noise, sounding
from tests.system.rig import Daemon, Recorder, World, wait_until
from tests.system.seams import comes, comes_up, leaves
from tests.system.sound_driver import RISE_FRAMES

pytestmark = pytest.mark.system

RATE_HZ = 44_100


@pytest.fixture
def tracks(music: Path) -> list[Frames]:
    """Two tracks of noise in the folder; `1 first.flac` and `2 second.flac` in album order."""
    pieces = [noise(40, seed=1), noise(30, seed=2)]
    for number, (name, piece) in enumerate(zip(("first", "second"), pieces, strict=True), start=1):
        soundfile.write(music / f"{number} {name}.flac", piece, RATE_HZ, subtype="PCM_16")
    return pieces


@pytest.fixture
def daemon(world: World, music: Path, tracks: list[Frames]) -> Iterator[Daemon]:
    """Ready, enhancement off, stopped at the first track."""
    running = Daemon(world, "--music", str(music), "--output", "alsa")
    running.wait_ready()
    wait_until(lambda: world.get("Queue", "Length") == "u 2")
    world.set("Enhancement", "Enabled", "b", "false")
    yield running
    status, _ = running.stop()
    assert status == 0, running.log()
    assert "Traceback" not in running.log()


@pytest.mark.parametrize("setting", [("Enabled", "b", "false"), ("Intensity", "d", "0")])
def test_enhancement_off_is_the_file_sample_for_sample_through_a_pause(
    world: World, daemon: Daemon, tracks: list[Frames], setting: tuple[str, str, str]
) -> None:
    world.set("Enhancement", "Enabled", "b", "true")
    world.set("Enhancement", *setting)
    recorder = Recorder(world)
    world.playerctl("play")
    time.sleep(4)
    world.playerctl("pause")
    time.sleep(0.5)
    world.playerctl("play")
    time.sleep(5)
    heard = sounding(recorder.stop())
    left, came = leaves(heard, tracks[0], 0), comes(heard, tracks[0], len(heard))

    assert len(heard) >= 8 * RATE_HZ
    assert left is not None
    assert came is not None
    assert came[0] - left[0] <= 2 * RISE_FRAMES  # it dies away, and comes up again
    assert left[1] - 2 <= came[1] <= left[1] + RISE_FRAMES


def test_a_pause_is_silent(world: World, daemon: Daemon) -> None:
    recorder = Recorder(world)
    world.playerctl("play")
    time.sleep(1.5)
    world.playerctl("pause")
    time.sleep(0.5)  # the sink and the recorder hold some
    before = len(recorder.so_far())
    time.sleep(1)
    heard = recorder.stop()[before:]

    assert len(heard) >= RATE_HZ // 2
    assert not heard.any()


def test_set_position_lands_on_the_frame(world: World, daemon: Daemon, tracks: list[Frames]) -> None:
    recorder = Recorder(world)
    world.playerctl("play")
    time.sleep(1.5)
    world.playerctl("position", "20")
    time.sleep(1.5)
    heard = recorder.stop()

    assert comes_up(heard, tracks[0], 20 * RATE_HZ, len(heard))


def test_next_plays_the_next_track_from_its_first_frame(world: World, daemon: Daemon, tracks: list[Frames]) -> None:
    recorder = Recorder(world)
    world.playerctl("play")
    time.sleep(1)
    world.playerctl("next")
    wait_until(lambda: find(recorder.so_far(), tracks[1][:2000]) is not None)
    time.sleep(1)
    heard = recorder.stop()

    started = find(heard, tracks[1][:2000])
    assert started is not None
    assert first_difference(heard[started:], tracks[1]) is None


def test_stop_is_heard_at_once_and_play_begins_the_track_again(
    world: World, daemon: Daemon, tracks: list[Frames]
) -> None:
    recorder = Recorder(world)
    world.playerctl("play")
    time.sleep(1)
    world.playerctl("stop")
    time.sleep(0.7)
    stopped_at = len(recorder.so_far())
    time.sleep(0.5)
    silent = not recorder.so_far()[stopped_at:].any()
    world.playerctl("play")
    time.sleep(1.5)
    heard = recorder.stop()

    assert silent
    assert find(heard, tracks[0][:2000], start=stopped_at) is not None


def test_the_position_is_that_of_the_frames_heard(world: World, daemon: Daemon) -> None:
    world.playerctl("play")
    time.sleep(1)
    first, at = float(world.playerctl("position")), time.monotonic()
    time.sleep(3)
    passed, second = time.monotonic() - at, float(world.playerctl("position"))

    assert abs(second - first - passed) < 0.4


def test_a_track_cut_in_two_plays_as_the_uncut_one(world: World, music: Path) -> None:
    piece = noise(12, seed=7)
    cut = 6 * RATE_HZ + 1234
    soundfile.write(music / "a.flac", piece[:cut], RATE_HZ, subtype="PCM_16")
    soundfile.write(music / "b.flac", piece[cut:], RATE_HZ, subtype="PCM_16")
    daemon = Daemon(world, "--music", str(music), "--output", "alsa")
    daemon.wait_ready()
    wait_until(lambda: world.get("Queue", "Length") == "u 2")
    world.set("Enhancement", "Enabled", "b", "false")
    recorder = Recorder(world)
    world.playerctl("play")
    wait_until(lambda: world.playerctl("status") == "Stopped", within_s=25, every_s=0.2)
    time.sleep(0.5)
    heard = sounding(recorder.stop())

    assert np.array_equal(heard, piece)


def test_a_killed_sound_process_comes_back_at_the_frame(world: World, daemon: Daemon, tracks: list[Frames]) -> None:
    recorder = Recorder(world)
    world.playerctl("play")
    time.sleep(3)
    (sound,) = daemon.children("auralisd.sound")
    os.kill(sound, signal.SIGKILL)
    time.sleep(3)
    position_s = float(world.playerctl("position"))
    heard = recorder.stop()

    assert world.playerctl("status") == "Playing"
    assert 3.5 < position_s < 6.5
    after = heard[-RATE_HZ:]
    assert after.any()
    place = find(tracks[0], sounding(after)[:2000])
    assert place is not None
    assert abs(place / RATE_HZ - (position_s - 1)) < 1.0


@pytest.mark.alone
def test_sigterm_ends_it_within_a_second_while_playing(world: World, music: Path, tracks: list[Frames]) -> None:
    daemon = Daemon(world, "--music", str(music), "--output", "alsa", "--play")
    daemon.wait_ready()
    wait_until(lambda: world.playerctl("status") == "Playing")
    time.sleep(1)
    status, took_s = daemon.stop()

    assert status == 0
    assert took_s < 1.0


def test_a_queue_of_another_folder_gives_way_to_the_one_that_is_asked_for(world: World, tmp_path: Path) -> None:
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        soundfile.write(folder / f"{name}.flac", noise(20), RATE_HZ, subtype="PCM_16")
        daemon = Daemon(world, "--music", str(folder), "--output", "silent", "--play")
        daemon.wait_ready()
        wait_until(lambda: world.playerctl("status") == "Playing")

        assert world.playerctl("metadata", "xesam:title") == f"{name}.flac"
        daemon.stop()


@pytest.mark.usefixtures("tracks")
def test_an_empty_folder_is_told_and_nothing_of_another_folder_plays(world: World, music: Path, tmp_path: Path) -> None:
    daemon = Daemon(world, "--music", str(music), "--output", "silent", "--play")
    daemon.wait_ready()
    wait_until(lambda: world.playerctl("status") == "Playing")
    daemon.stop()
    (empty := tmp_path / "empty").mkdir()
    daemon = Daemon(world, "--music", str(empty), "--output", "silent", "--play")
    wait_until(lambda: "no music in folders=empty" in daemon.log())
    daemon.wait_ready()

    assert world.playerctl("status") == "Paused"  # where it was left
