"""What plays is rehearsed meanwhile: the plan that is told is made anew, and by its numbers the target is reached."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import soundfile

from auralisd.dsp.block import Block
from auralisd.export.rehearsal import Piece, rehearsed, to_the_end
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


class Foretold(NamedTuple):
    """What the gain is by forecast alone, and behind a rehearsal."""

    preset: str
    alone_db: float
    rehearsed_db: float


def furthest_off(path: Path, sound: Block) -> list[Foretold]:
    """The two presets whose forecast of this sound is off by most, of those that no cap keeps from their target."""
    piece, found = Piece(bytes(path), measured(sound, RATE_HZ)), []
    for preset in PRESETS.values():
        alone = plan(piece.profile, Treatment(preset=preset))
        mended = plan(piece.profile, to_the_end(rehearsed([piece], Treatment(preset=preset))))
        if not (alone.limits or mended.limits):
            found.append(Foretold(preset.name, alone.gain_db, mended.gain_db))
    return sorted(found, key=lambda each: abs(each.rehearsed_db - each.alone_db))[-2:]


def test_the_plan_of_what_plays_is_made_anew_by_a_rehearsal_and_lands_on_its_target(world: World, music: Path) -> None:
    path = music / "1.flac"
    soundfile.write(path, sound_like_music(30.0) * np.float32(0.6), RATE_HZ, subtype="PCM_24")
    sound = soundfile.read(path, dtype="float32")[0]
    chosen = furthest_off(path, sound)
    daemon = Daemon(world, "--music", str(music), "--output", "alsa")
    daemon.wait_ready()
    daemon.wait_measured(1)
    world.set("Enhancement", "Intensity", "d", "1.0")
    world.playerctl("play")
    reached = {}
    for preset, alone_db, rehearsed_db in chosen:
        assert abs(rehearsed_db - alone_db) > 0.02, "this forecast needs no rehearsal: take other music"
        world.set("Enhancement", "Preset", "s", preset)

        def is_rehearsed(preset: str = preset, rehearsed_db: float = rehearsed_db) -> bool:
            told = plan_told(world)
            return told.get("preset") == preset and abs(told["gain_db"] - rehearsed_db) < 0.001

        wait_until(is_rehearsed, 20, every_s=0.1)
        told = plan_told(world)
        heard = measured(rendered(sound, as_plan(told), RATE_HZ).sound, RATE_HZ).integrated_lufs
        assert heard is not None
        reached[preset] = (heard - told["target_lufs"], told["expected_lufs"] - told["target_lufs"])

    assert len(reached) == 2
    assert all(abs(off_lu) <= CLOSE_LU for each in reached.values() for off_lu in each), reached
