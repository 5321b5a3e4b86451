"""The hardware mixer, which is the sound server's own volume here."""

from pathlib import Path

import pytest
import soundfile

from tests.system.hearing import noise
from tests.system.rig import SINK, Daemon, World, wait_until

pytestmark = pytest.mark.system


def volume_of_the_sink(world: World) -> int:
    """In percent, by PulseAudio's own scale."""
    return int(world.run("pactl", "get-sink-volume", SINK).partition("%")[0].split()[-1])


@pytest.mark.parametrize(("mixer", "moves"), [("hardware", True), ("software", False)])
def test_the_volume_is_the_mixer_s_where_that_is_wanted(world: World, music: Path, mixer: str, moves: bool) -> None:
    soundfile.write(music / "1.flac", noise(60), 44_100, subtype="PCM_16")
    config = world.folder / "auralisd.toml"
    config.write_text(f'mixer = "{mixer}"\n')
    daemon = Daemon(world, "--config", str(config), "--music", str(music), "--output", "alsa")
    daemon.wait_ready()
    wait_until(lambda: world.get("Queue", "Length") == "u 1")
    world.playerctl("play")
    wait_until(lambda: world.get("Output", "State") == 's "running"')
    assert volume_of_the_sink(world) == 100
    world.playerctl("volume", "0.25")
    world.playerctl("pause")
    world.playerctl("play")
    if moves:
        wait_until(lambda: volume_of_the_sink(world) < 100)
    else:
        assert volume_of_the_sink(world) == 100
    world.playerctl("volume", "1")
    wait_until(lambda: volume_of_the_sink(world) == 100)
    assert "Traceback" not in daemon.log()
