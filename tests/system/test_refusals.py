"""Bad input: one clear line that names the thing and the remedy, and nothing lost."""

import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from tests.system.hearing import noise
from tests.system.rig import Daemon, World, wait_until

pytestmark = pytest.mark.system


def refused(world: World, *arguments: str, environment: dict[str, str] | None = None) -> str:
    """Start a daemon that must refuse: answers its one line."""
    done = subprocess.run(
        [sys.executable, "-m", "auralisd", "run", *arguments],
        env=world.environment | (environment or {}),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode not in (0, 70)
    assert "Traceback" not in done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("auralisd: ")]
    return line


def a_file(music: Path, name: str = "good.flac", seconds: float = 5.0) -> Path:
    path = music / name
    soundfile.write(path, noise(seconds), 44_100, subtype="PCM_16")
    return path


def test_a_broken_configuration_key_is_named_with_the_one_that_was_meant(world: World, tmp_path: Path) -> None:
    config = tmp_path / "auralisd.toml"
    config.write_text('startup_que = "none"\n')
    line = refused(world, "--config", str(config))

    assert "startup_que" in line
    assert "startup_queue" in line


def test_no_session_bus_is_named_with_the_remedy(world: World) -> None:
    line = refused(world, environment={"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent/bus"})

    assert "session bus" in line
    assert "dbus-run-session" in line


def test_a_state_folder_in_use_is_refused_and_the_first_daemon_lives_on(world: World, music: Path) -> None:
    first = Daemon(world, "--music", str(music), "--output", "silent")
    first.wait_ready()
    line = refused(world, "--music", str(music))

    assert "in use" in line
    assert str(first.process.pid) in line
    assert world.get("Daemon", "Version").startswith("s ")


def test_a_second_instance_owns_only_its_own_name(world: World, music: Path, tmp_path: Path) -> None:
    first = Daemon(world, "--music", str(music), "--output", "silent")
    first.wait_ready()
    second = Daemon(world, "--music", str(music), "--output", "silent", "--state-dir", str(tmp_path / "second"))
    second.wait_ready()
    names = world.run("busctl", "--user", "list", "--no-legend")
    owners = {line.split()[0]: int(line.split()[1]) for line in names.splitlines() if "auralis" in line.split()[0]}

    assert owners["org.mpris.MediaPlayer2.auralis"] == first.process.pid
    assert owners["org.auralis.Auralis1"] == first.process.pid
    assert owners[f"org.mpris.MediaPlayer2.auralis.instance{second.process.pid}"] == second.process.pid


def test_a_missing_music_folder_is_told_and_taken_up_when_it_appears(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "Later"
    daemon = Daemon(world, "--music", str(folder), "--output", "silent")
    daemon.wait_ready()
    wait_until(lambda: "folder-missing" in world.get("Daemon", "Faults"))

    assert str(folder) not in daemon.log()
    assert "Later" in daemon.log()


def test_a_file_that_is_not_audio_is_left_out_and_the_rest_plays(world: World, music: Path) -> None:
    (music / "0 lies.flac").write_bytes(bytes(range(256)) * 40)
    (music / "1 empty.mp3").write_bytes(b"")
    a_file(music, "2 good.flac")
    daemon = Daemon(world, "--music", str(music), "--output", "silent", "--play")
    daemon.wait_ready()
    wait_until(lambda: world.playerctl("status") == "Playing")

    assert world.get("Library", "TrackCount") == "t 1"
    assert "Traceback" not in daemon.log()


def test_a_damaged_file_is_told_and_the_next_one_plays(world: World, music: Path) -> None:
    damaged = a_file(music, "1 damaged.flac", seconds=8)
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[: len(whole) // 4] + bytes(20_000) + whole[len(whole) // 4 + 20_000 :])
    a_file(music, "2 good.flac")
    daemon = Daemon(world, "--music", str(music), "--output", "silent")
    daemon.wait_ready()
    wait_until(lambda: world.get("Queue", "Length") == "u 2")
    world.playerctl("play")
    wait_until(lambda: world.get("Queue", "CurrentIndex") == "i 1", within_s=15)

    assert world.playerctl("status") == "Playing"
    assert "Traceback" not in daemon.log()


def test_a_device_that_does_not_open_is_told_and_play_can_be_tried_again(world: World, music: Path) -> None:
    a_file(music)
    daemon = Daemon(world, "--music", str(music), "--output", "alsa:no_such_device")
    daemon.wait_ready()
    wait_until(lambda: world.get("Queue", "Length") == "u 1")
    world.playerctl("play")
    wait_until(lambda: world.get("Output", "State") == 's "lost"')
    wait_until(lambda: world.playerctl("status") == "Paused")

    assert "device-lost" in world.get("Daemon", "Faults")
    assert world.get("Daemon", "Health") == 's "degraded"'
    world.playerctl("play")
    wait_until(lambda: world.playerctl("status") == "Paused")


def test_without_any_device_the_default_output_is_silent_in_real_time_and_says_so(world: World, music: Path) -> None:
    a_file(music, seconds=10)
    nothing = {"ALSA_CONFIG_PATH": "/dev/null"}
    daemon = Daemon(world, "--music", str(music), "--play", environment=nothing)
    daemon.wait_ready()
    wait_until(lambda: world.playerctl("status") == "Playing")
    wait_until(lambda: float(world.playerctl("position")) > 2)

    assert float(world.playerctl("position")) < 6
    assert "silent" in daemon.log()


def test_a_damaged_database_is_named_with_the_remedy(world: World, music: Path) -> None:
    state = Path(world.environment["XDG_STATE_HOME"]) / "auralis"
    state.mkdir(parents=True)
    (state / "auralisd.db").write_bytes(b"not a database at all " * 500)
    line = refused(world, "--music", str(music))

    assert "auralisd.db" in line
    assert "move it away" in line
