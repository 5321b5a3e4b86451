"""Own presets in the running daemon: files beside the configuration file in use."""

from pathlib import Path

import pytest

from tests.system.rig import Daemon, World, wait_until

pytestmark = pytest.mark.system


def test_own_presets_appear_change_and_vanish_on_the_bus_and_a_broken_one_is_told(world: World, music: Path) -> None:
    configuration = world.folder / "configuration" / "auralisd.toml"
    configuration.parent.mkdir()
    configuration.write_text('output = "silent"\nstartup_queue = "none"\n')
    daemon = Daemon(world, "--config", str(configuration), "--music", str(music))
    daemon.wait_ready()
    folder = configuration.parent / "presets"
    folder.mkdir()
    mine = folder / "late-night.toml"

    mine.write_text('based_on = "warm"\nlabel = "Late"\nbass_db = 2.5\n')
    wait_until(lambda: '"late-night"' in world.get("Enhancement", "Presets"), 2.0)
    mine.write_text("bass_db = 99\n")
    wait_until(lambda: "preset-invalid" in world.get("Daemon", "Faults"), 2.0)
    kept = world.get("Enhancement", "Presets")
    world.set("Enhancement", "Preset", "s", "late-night")
    mine.write_text('based_on = "warm"\nlabel = "Later"\n')
    wait_until(lambda: '"Later"' in world.get("Enhancement", "Presets"), 2.0)
    well = world.get("Daemon", "Faults")
    mine.unlink()
    wait_until(lambda: '"late-night"' not in world.get("Enhancement", "Presets"), 2.0)

    assert '"Late"' in kept
    assert "preset-invalid" not in well
    assert daemon.log().count("file=late-night.toml") == 1
    assert daemon.stalls() == []
