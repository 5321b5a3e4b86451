"""Settings of the real daemon: what is set is in force at once, and is there again after a restart."""

from pathlib import Path

import pytest
import soundfile

from tests.system.hearing import noise
from tests.system.rig import Daemon, World, wait_until

LOG = ("busctl", "--user", "set-property", "org.auralis.Auralis1", "/org/freedesktop/LogControl1")
METADATA = (
    "busctl", "--user", "get-property", "org.mpris.MediaPlayer2.auralis", "/org/mpris/MediaPlayer2",
    "org.mpris.MediaPlayer2.Player", "Metadata",
)  # fmt: skip


@pytest.fixture
def one_track(music: Path) -> Path:
    soundfile.write(music / "song.flac", noise(60, seed=1), 44_100, subtype="PCM_16")
    return music


def started(world: World, music: Path) -> Daemon:
    daemon = Daemon(world, "--music", str(music), "--output", "silent")
    daemon.wait_ready()
    wait_until(lambda: world.get("Queue", "Length") == "u 1")
    return daemon


def change(world: World, key: str, signature: str, value: str) -> None:
    world.call("Settings", "Set", "a{sv}", "1", key, signature, value)


def test_what_is_set_is_in_force_at_once_and_after_a_restart(world: World, one_track: Path) -> None:
    daemon = started(world, one_track)
    assert "xesam:url" not in world.run(*METADATA)
    change(world, "publish_file_urls", "b", "true")
    change(world, "resume_playing", "b", "true")
    wait_until(lambda: "xesam:url" in world.run(*METADATA))
    world.playerctl("play")
    wait_until(lambda: float(world.playerctl("position")) > 0.3)
    daemon.stop()
    started(world, one_track)

    wait_until(lambda: world.playerctl("status") == "Playing")
    assert "xesam:url" in world.run(*METADATA)
    world.call("Settings", "Reset", "as", "0")
    wait_until(lambda: "xesam:url" not in world.run(*METADATA))


def test_a_shorter_rest_ends_a_sound_process_that_rests_already(world: World, one_track: Path) -> None:
    daemon = started(world, one_track)
    world.playerctl("play")
    wait_until(lambda: float(world.playerctl("position")) > 0.3)
    world.playerctl("pause")
    assert daemon.children("auralisd.sound")
    change(world, "sound_idle_minutes", "d", "0.05")

    wait_until(lambda: not daemon.children("auralisd.sound"), 20)


def test_the_configuration_file_is_read_anew_when_asked(world: World, one_track: Path) -> None:
    started(world, one_track)
    file = world.folder / "config" / "auralis" / "auralisd.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("publish_file_url = true\n")
    with pytest.raises(AssertionError, match="did you mean 'publish_file_urls'") as refusal:
        world.call("Daemon", "Reload")
    assert str(world.folder) not in str(refusal.value)
    file.write_text("publish_file_urls = true\n")
    world.call("Daemon", "Reload")

    wait_until(lambda: "xesam:url" in world.run(*METADATA))


def test_the_sound_process_logs_no_more_than_the_daemon(world: World, one_track: Path) -> None:
    daemon = started(world, one_track)
    world.run(*LOG, "org.freedesktop.LogControl1", "LogLevel", "s", "err")
    world.playerctl("play")
    wait_until(lambda: float(world.playerctl("position")) > 0.3)
    change(world, "keep_awake", "b", "false")
    assert "device opened" not in daemon.log()
    assert "settings changed" not in daemon.log()
    world.run(*LOG, "org.freedesktop.LogControl1", "LogLevel", "s", "debug")
    change(world, "keep_awake", "b", "true")

    wait_until(lambda: "settings changed keys=keep_awake" in daemon.log())
