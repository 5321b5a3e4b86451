"""Ready means ready: said to the service manager after the names are owned and after it is known what works here."""

import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.music import write_music
from tests.system.rig import Daemon, World, wait_until

pytestmark = pytest.mark.system


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(20)
        yield listening


def start(world: World, music: Path, **environment: str) -> Daemon:
    notify = {"NOTIFY_SOCKET": str(world.folder / "notify")}
    return Daemon(world, "--music", str(music), "--output", "silent", environment=notify | environment)


def test_ready_is_told_when_the_names_are_owned_and_every_part_was_tried(
    world: World, music: Path, manager: socket.socket
) -> None:
    start(world, music)
    told = manager.recv(200).decode()

    assert told == "READY=1\nSTATUS=ready"
    assert world.get("Daemon", "Health") == 's "ok"'
    capabilities = world.get("Daemon", "Capabilities")
    for part in ("alsa", "decoding", "resampling", "flac", "vorbis", "opus", "mp3"):
        assert f'"{part}" (bs) true ""' in capabilities


def test_a_part_that_does_not_load_is_named_with_its_reason_and_the_rest_works(
    world: World, music: Path, manager: socket.socket, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "soxr.py").write_text("raise ImportError('libsoxr.so.0 is missing')\n")
    daemon = start(world, music, PYTHONPATH=str(broken))
    told = manager.recv(200).decode()

    assert told == "READY=1\nSTATUS=ready, without resampling"
    assert "libsoxr.so.0 is missing" in world.get("Daemon", "Capabilities")
    assert world.get("Daemon", "Health") == 's "degraded"'
    assert "part-missing" in world.get("Daemon", "Faults")
    assert "Traceback" not in daemon.log()


def test_pyav_may_be_absent_which_is_told_and_no_fault(
    world: World, music: Path, manager: socket.socket, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "av.py").write_text("raise ImportError('no module named av')\n")
    daemon = start(world, music, PYTHONPATH=str(broken))
    told = manager.recv(200).decode()

    assert told == "READY=1\nSTATUS=ready"
    assert world.get("Daemon", "Health") == 's "ok"'
    assert '"aac" (bs) false' in world.get("Daemon", "Capabilities")
    assert "pip install 'auralisd[formats]'" in daemon.log()


def test_a_sound_process_that_cannot_run_stops_the_player_and_no_track_is_blamed(
    world: World, music: Path, tmp_path: Path
) -> None:
    for name in "123":
        write_music(music / f"{name}.flac")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text("import os, sys\nif 'auralisd.sound' in sys.orig_argv:\n    os._exit(1)\n")
    daemon = Daemon(world, "--music", str(music), "--output", "silent", environment={"PYTHONPATH": str(broken)})
    daemon.wait_ready()
    wait_until(lambda: world.get("Queue", "Length") == "u 3")
    world.playerctl("play")
    wait_until(lambda: "sound-dies" in world.get("Daemon", "Faults"))

    assert daemon.log().count("sound process died") == 3
    assert "cannot play track" not in daemon.log()
    assert world.playerctl("status") == "Stopped"
    assert world.get("Queue", "CurrentIndex") == "i 0"


def test_stopping_is_told_before_the_names_are_given_back(world: World, music: Path, manager: socket.socket) -> None:
    daemon = start(world, music)
    manager.recv(200)
    status, _ = daemon.stop()

    assert manager.recv(200) == b"STOPPING=1"
    assert status == 0


def test_a_terminal_that_closes_ends_it_in_order(world: World, music: Path) -> None:
    daemon = Daemon(world, "--music", str(music), "--output", "silent")
    daemon.wait_ready()
    status, _ = daemon.stop(signal.SIGHUP)

    assert status == 0


def test_under_nohup_a_terminal_that_closes_ends_nothing(world: World, music: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # it is inherited, as from nohup
    daemon = Daemon(world, "--music", str(music), "--output", "silent")
    signal.signal(signal.SIGHUP, before)
    daemon.wait_ready()
    daemon.process.send_signal(signal.SIGHUP)

    assert world.get("Daemon", "Health") == 's "ok"'
    assert daemon.stop()[0] == 0


def test_quit_over_the_bus_ends_it_with_0(world: World, music: Path) -> None:
    daemon = Daemon(world, "--music", str(music), "--output", "silent")
    daemon.wait_ready()
    world.run(
        "busctl", "--user", "call", "org.mpris.MediaPlayer2.auralis", "/org/mpris/MediaPlayer2",
        "org.mpris.MediaPlayer2", "Quit",
    )  # fmt: skip
    wait_until(lambda: daemon.process.poll() is not None, within_s=5)

    assert daemon.process.returncode == 0


def test_a_daemon_ended_while_it_starts_leaves_in_order(world: World, music: Path) -> None:
    for delay_s in (0.05, 0.3, 0.6):
        daemon = Daemon(world, "--music", str(music), "--output", "silent")
        time.sleep(delay_s)
        daemon.stop()

        assert "Traceback" not in daemon.log()


def test_a_self_check_that_takes_long_is_not_waited_for_at_the_end(world: World, music: Path, tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.mkdir()
    (slow / "soxr.py").write_text("import time\ntime.sleep(10)\n")
    daemon = Daemon(world, "--music", str(music), "--output", "silent", environment={"PYTHONPATH": str(slow)})
    wait_until(lambda: "bus name owned name=org.auralis" in daemon.log())
    status, took_s = daemon.stop()

    assert status == 0
    assert took_s < 1.5
