"""Enhanced sound, judged at the sink: the loudness that the plan promises, under the ceiling that it names."""

import json
import time
from pathlib import Path

import numpy as np
import pytest

from auralisd.analysis.measure import Measuring
from auralisd.demo.album import compose
from tests.system.rig import Daemon, Recorder, World, wait_until

pytestmark = pytest.mark.system


def plan(world: World) -> dict[str, float]:
    """The current plan's figures, from the bus."""
    answer = world.run(
        "busctl", "--user", "--json=short", "get-property", "org.auralis.Auralis1", "/org/auralis/Auralis1",
        "org.auralis.Auralis1.Enhancement", "Plan",
    )  # fmt: skip
    return {name: value["data"] for name, value in json.loads(answer)["data"].items()}


@pytest.mark.parametrize("index", [0, 1, 3])
def test_the_recording_has_the_loudness_and_the_peaks_of_the_plan(world: World, music: Path, index: int) -> None:
    compose(music, report=lambda _: None)
    daemon = Daemon(world, "--music", str(music), "--output", "alsa")
    daemon.wait_ready()
    wait_until(lambda: int(world.get("Queue", "Length").split()[1]) > index, 30)
    wait_until(lambda: not daemon.children("auralisd.worker"), 90, every_s=0.5)  # all is measured
    for _ in range(index):
        world.playerctl("next")
    entry = world.playerctl("metadata", "mpris:trackid")
    recorder = Recorder(world)
    world.playerctl("play")
    wait_until(lambda: world.get("Enhancement", "State") == 's "adaptive"')
    planned = plan(world)
    wait_until(lambda: world.playerctl("metadata", "mpris:trackid") != entry, 90, every_s=0.05)
    world.playerctl("stop")
    time.sleep(0.5)
    heard = recorder.stop()
    first = int(np.argmax(np.any(heard != 0, axis=1)))
    length = int(float(world.run("playerctl", "--player=auralis", "position") or 0))  # stopped: 0
    assert length == 0

    measuring = Measuring(world.rate_hz, 2)
    measuring.feed((heard[first:] / np.float32(32768)).astype(np.float32))
    result = measuring.result()
    print(f"plan {planned['expected_lufs']:.2f} LUFS, heard {result.integrated_lufs:.2f}, {result.true_peak_dbtp:.2f}")

    assert result.integrated_lufs is not None
    assert result.true_peak_dbtp is not None
    assert abs(result.integrated_lufs - planned["expected_lufs"]) <= 0.5
    assert result.true_peak_dbtp <= planned["ceiling_dbtp"] + 0.1
