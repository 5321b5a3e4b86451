"""The sound process rests after a silence, however it was started."""

from pathlib import Path

import pytest
import soundfile

from tests.system.hearing import noise
from tests.system.rig import Daemon, World, wait_until

pytestmark = pytest.mark.system


def test_a_sound_process_that_a_paused_player_started_again_rests_again(
    world: World, music: Path, tmp_path: Path
) -> None:
    for number in range(3):
        soundfile.write(music / f"{number}.flac", noise(20, seed=number), 44_100, subtype="PCM_16")
    config = tmp_path / "auralisd.toml"
    config.write_text("sound_idle_minutes = 0.05\n")
    daemon = Daemon(world, "--config", str(config), "--music", str(music), "--output", "silent", "--play")
    wait_until(lambda: daemon.children("auralisd.sound "))
    wait_until(lambda: world.playerctl("status") == "Playing")
    world.playerctl("pause")
    wait_until(lambda: not daemon.children("auralisd.sound "))
    world.playerctl("next")
    wait_until(lambda: daemon.children("auralisd.sound "))

    wait_until(lambda: not daemon.children("auralisd.sound "), within_s=8)
    assert world.playerctl("status") == "Paused"
