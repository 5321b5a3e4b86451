"""It comes back: after a sound server that went away, and after a death of the daemon itself."""

import signal
import time
from pathlib import Path

import pytest
import soundfile

from tests.system.hearing import noise
from tests.system.rig import Daemon, World, wait_until

pytestmark = pytest.mark.system


@pytest.fixture
def playing(world: World, music: Path) -> Daemon:
    for number in range(3):
        soundfile.write(music / f"{number}.flac", noise(60, seed=number), 44_100, subtype="PCM_16")
    daemon = Daemon(world, "--music", str(music), "--output", "alsa", "--play")
    daemon.wait_ready()
    wait_until(lambda: world.playerctl("status") == "Playing")
    wait_until(lambda: float(world.playerctl("position")) > 2)
    return daemon


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_daemon_that_ended_comes_back_paused_at_its_place(
    world: World, playing: Daemon, music: Path, number: signal.Signals
) -> None:
    world.playerctl("next")
    wait_until(lambda: world.get("Queue", "CurrentIndex") == "i 1")
    world.playerctl("volume", "0.4")
    world.set("Enhancement", "Preset", "s", "warm")
    time.sleep(5)
    position_s = float(world.playerctl("position"))
    playing.process.send_signal(number)
    playing.process.wait(5)
    again = Daemon(world, "--music", str(music), "--output", "alsa")
    again.wait_ready()

    assert world.playerctl("status") == "Paused"
    assert world.get("Queue", "CurrentIndex") == "i 1"
    assert world.get("Queue", "Length") == "u 3"
    assert position_s - 2.5 < float(world.playerctl("position")) < position_s + 1.5
    assert float(world.playerctl("volume")) == pytest.approx(0.4)
    assert world.get("Enhancement", "Preset") == 's "warm"'
    world.playerctl("play")
    wait_until(lambda: float(world.playerctl("position")) > position_s + 2)


def test_no_child_outlives_a_daemon_that_was_killed(world: World, playing: Daemon) -> None:
    (sound,) = playing.children("auralisd.sound")
    playing.process.kill()
    playing.process.wait()
    wait_until(lambda: not Path(f"/proc/{sound}/cmdline").exists() or not Path(f"/proc/{sound}/cmdline").read_bytes())


def test_the_device_that_was_chosen_and_mute_come_back_and_the_command_line_goes_before(
    world: World, music: Path
) -> None:
    soundfile.write(music / "1.flac", noise(60), 44_100, subtype="PCM_16")
    config = world.folder / "auralisd.toml"
    config.write_text('output = "alsa"\n')
    plain = ("--config", str(config), "--music", str(music))
    daemon = Daemon(world, *plain)
    daemon.wait_ready()
    assert world.get("Output", "Device") == 's "default"'
    world.set("Output", "Device", "s", "silent")
    world.set("Output", "Muted", "b", "true")
    daemon.process.kill()
    daemon.process.wait()
    daemon = Daemon(world, *plain)
    daemon.wait_ready()

    assert world.get("Output", "Device") == 's "silent"'
    assert world.get("Output", "Muted") == "b true"
    world.playerctl("play")
    wait_until(lambda: world.get("Output", "State") == 's "running"')
    assert "device opened name=silent" in daemon.log()
    daemon.stop()
    daemon = Daemon(world, *plain, "--output", "alsa")
    daemon.wait_ready()
    assert world.get("Output", "Device") == 's "default"'
