"""What must be looked at before it can be planned, and that a look is taken once."""

import os
from pathlib import Path

import pytest

from auralisd.decode.decoder import open_track
from auralisd.doors.sound import Stream
from auralisd.model.taste import BYPASSED, ENHANCED, LEVELLED, OFF, TaggedGain, Treatment
from auralisd.sound.planning import Planning, needs_look
from tests.system.sound_driver import music, written

TAGGED = TaggedGain(-4.5, 0.9)


@pytest.mark.parametrize(
    ("treatment", "needed"),
    [
        (Treatment(mode=OFF), False),
        (Treatment(mode=ENHANCED), True),
        (Treatment(mode=BYPASSED), True),
        (Treatment(mode=LEVELLED), True),
        (Treatment(mode=LEVELLED, tagged=TAGGED), False),
    ],
)
def test_a_track_never_measured_is_looked_at_where_the_treatment_needs_it(treatment: Treatment, needed: bool) -> None:
    assert needs_look(Stream(1, 1, b"a", treatment=treatment)) is needed


def test_what_needs_no_look_is_planned_without_the_file() -> None:
    planning = Planning()

    assert planning.planned(Stream(1, 1, b"a", treatment=Treatment(mode=OFF)), None)[1].transparent
    levelled = planning.planned(Stream(1, 1, b"a", treatment=Treatment(mode=LEVELLED, tagged=TAGGED)), None)[1]
    assert (levelled.state, levelled.gain_db) == ("levelled", -4.5)


def test_a_second_look_at_a_file_finds_what_the_first_one_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = os.fsencode(written(tmp_path / "a.flac", music(3.0)))
    planning, stream = Planning(), Stream(1, 1, path)
    known, plan = planning.planned(stream, open_track(path))
    monkeypatch.setattr("auralisd.sound.planning.provisional_profile", lambda _: pytest.fail("it was looked at again"))

    assert planning.planned(stream, open_track(path)) == (known, plan)
    assert plan.state == "provisional"
