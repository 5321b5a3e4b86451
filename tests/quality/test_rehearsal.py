"""Real pieces, rehearsed: the loudness is the target to 0.1 LU, or the plan says what binds."""

import os
from pathlib import Path

import pytest

from auralisd.export.rehearsal import Piece, rehearsed, to_the_end
from auralisd.mastering.planner import plan
from auralisd.model.preset import PRESETS
from auralisd.model.taste import Treatment
from auralisd.model.track import is_music_name
from auralisd.worker.measuring import measure
from tests.quality.campaign import corpus
from tests.quality.pieces import decoded
from tests.quality.renders import measured, rendered

LONG = os.environ.get("AURALISD_CAMPAIGN") == "1"
CLOSE_LU = 0.1
FEW = 2


@pytest.fixture(scope="module")
def pieces(demo_album: Path) -> list[Piece]:
    """The corpus in a campaign where it is there, else two tracks of the demo album; whole ones."""
    found = corpus() if LONG else []
    album = sorted(path for path in demo_album.iterdir() if is_music_name(os.fsencode(path.name)))
    paths = [os.fsencode(path) for path in found or album[:FEW]]
    return [Piece(path, measure(path)[1]) for path in paths]


@pytest.mark.parametrize("preset", PRESETS)
def test_a_rehearsed_plan_lands_on_its_target_or_names_the_cap_that_binds(pieces: list[Piece], preset: str) -> None:
    missed = []
    for piece in pieces:
        chosen = plan(piece.profile, to_the_end(rehearsed([piece], Treatment(preset=PRESETS[preset]))))
        if chosen.expected_lufs is None or chosen.target_lufs is None:
            continue  # silence
        sound, rate_hz = decoded(Path(os.fsdecode(piece.path)))
        heard = measured(rendered(sound, chosen, rate_hz).sound, rate_hz).integrated_lufs
        aim = chosen.expected_lufs if chosen.limits else chosen.target_lufs
        if heard is None or abs(heard - aim) > CLOSE_LU:
            missed.append(f"{os.path.basename(piece.path)!r}: {heard} for {aim} {chosen.limits}")

    assert not missed, "\n".join(missed)
