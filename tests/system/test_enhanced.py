"""Enhanced sound, judged at the sink: the loudness that the plan promises, under the ceiling that it names."""

import json
import os
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from auralisd.analysis.measure import Measuring
from auralisd.model.track import is_music_name
from tests.system.rig import Daemon, Recorder, World, wait_until

pytestmark = pytest.mark.system

PIECES = (1, 3) if os.environ.get("AURALISD_CAMPAIGN") == "1" else (1,)


def plan(world: World) -> dict[str, float]:
    """The current plan's figures, from the bus."""
    answer = world.run(
        "busctl", "--user", "--json=short", "get-property", "org.auralis.Auralis1", "/org/auralis/Auralis1",
        "org.auralis.Auralis1.Enhancement", "Plan",
    )  # fmt: skip
    return {name: value["data"] for name, value in json.loads(answer)["data"].items()}


@pytest.mark.parametrize("index", PIECES)
def test_the_recording_has_the_loudness_and_the_peaks_of_the_plan(
    world: World, music: Path, demo_album: Path, index: int
) -> None:
    piece = sorted(path for path in demo_album.iterdir() if is_music_name(os.fsencode(path.name)))[index]
    shutil.copy(piece, music)
    daemon = Daemon(world, "--music", str(music), "--output", "alsa")
    daemon.wait_ready()
    daemon.wait_measured(1)
    recorder = Recorder(world)
    world.playerctl("play")
    wait_until(lambda: world.get("Enhancement", "State") == 's "adaptive"')
    planned = plan(world)
    wait_until(lambda: world.playerctl("status") == "Stopped", 90, every_s=0.2)
    time.sleep(0.5)
    heard = recorder.stop()
    sounds = np.flatnonzero(np.any(heard != 0, axis=1))

    measuring = Measuring(world.rate_hz, 2)
    measuring.feed((heard[sounds[0] : sounds[-1] + 1] / np.float32(32768)).astype(np.float32))
    result = measuring.result()
    print(f"plan {planned['expected_lufs']:.2f} LUFS, heard {result.integrated_lufs:.2f}, {result.true_peak_dbtp:.2f}")

    assert result.integrated_lufs is not None
    assert result.true_peak_dbtp is not None
    assert abs(result.integrated_lufs - planned["expected_lufs"]) <= 0.5
    assert result.true_peak_dbtp <= planned["ceiling_dbtp"] + 0.1
