"""What plays is rehearsed meanwhile: the plan that is told is made anew, and by its numbers the target is reached."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from auralisd.mastering.planner import plan
from auralisd.model.plan import BandDynamics, MasteringPlan
from auralisd.model.preset import PRESETS
from auralisd.model.taste import Treatment
from tests.quality.renders import measured, rendered
from tests.sounds import music as sound_like_music
from tests.system.rig import Daemon, World, wait_until

pytestmark = pytest.mark.system

RATE_HZ = 44_100
CLOSE_LU = 0.1
PLAYED = ("warm", "bright")
"""Of this music the forecast is off by 0.2 and −0.35 LU."""


def plan_told(world: World) -> dict[str, Any]:
    """The current plan, from the bus."""
    answer = world.run(
        "busctl", "--user", "--json=short", "get-property", "org.auralis.Auralis1", "/org/auralis/Auralis1",
        "org.auralis.Auralis1.Enhancement", "Plan",
    )  # fmt: skip
    return {name: value["data"] for name, value in json.loads(answer)["data"].items()}


def as_plan(told: dict[str, Any]) -> MasteringPlan:
    """A plan with the numbers that the bus tells of it."""
    return MasteringPlan(
        preset=told["preset"],
        intensity=told["intensity"],
        state=told["state"],
        gain_db=told["gain_db"],
        ceiling_dbtp=told["ceiling_dbtp"],
        bands=tuple(BandDynamics(*band) for band in told.get("bands", ())),
        width=told["width"],
        eq_mid=tuple((hz, db) for hz, db in told["eq_mid"]),
        eq_side=tuple((hz, db) for hz, db in told["eq_side"]),
    )


def test_the_plan_of_what_plays_is_made_anew_by_a_rehearsal_and_lands_on_its_target(world: World, music: Path) -> None:
    sound = sound_like_music(30.0) * np.float32(0.6)
    soundfile.write(music / "1.flac", sound, RATE_HZ, subtype="PCM_24")
    sound = soundfile.read(music / "1.flac", dtype="float32")[0]
    foretold = {name: plan(measured(sound, RATE_HZ), Treatment(preset=PRESETS[name])) for name in PLAYED}
    daemon = Daemon(world, "--music", str(music), "--output", "alsa")
    daemon.wait_ready()
    daemon.wait_measured(1)
    world.set("Enhancement", "Preset", "s", PLAYED[0])
    world.playerctl("play")
    reached = {}
    for preset in PLAYED:
        world.set("Enhancement", "Preset", "s", preset)
        by_forecast = foretold[preset].gain_db

        def is_rehearsed(preset: str = preset, by_forecast: float = by_forecast) -> bool:
            told = plan_told(world)
            return told.get("preset") == preset and abs(told["gain_db"] - by_forecast) > 0.001

        wait_until(is_rehearsed, 15, every_s=0.1)
        told = plan_told(world)
        heard = measured(rendered(sound, as_plan(told), RATE_HZ).sound, RATE_HZ).integrated_lufs
        assert heard is not None
        reached[preset] = (heard - told["expected_lufs"], told["expected_lufs"] - told["target_lufs"])
    stalls, log = daemon.stalls(), daemon.log()

    assert all(abs(off) <= CLOSE_LU and abs(short) <= CLOSE_LU for off, short in reached.values()), (reached, log)
    assert stalls == []
