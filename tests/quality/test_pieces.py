"""The rows that are judged on music, on the small set; test_corpus.py has the large one."""

from pathlib import Path
from typing import NamedTuple

import pytest

from auralisd.model.preset import PRESETS
from tests.quality import verdicts
from tests.quality.figures import Extra, Figures, Piece
from tests.quality.known_misses import CRUSHING, TONE, news
from tests.quality.pieces import from_album, synthetic


class SmallSet(NamedTuple):
    pieces: list[Piece]
    figures: list[Figures]
    extras: list[Extra]


@pytest.fixture(scope="module")
def heard(demo_album: Path) -> SmallSet:
    pieces = [*synthetic(), *from_album(demo_album)]
    figures = [each for piece in pieces for each in piece.all_figures()]
    return SmallSet(pieces, figures, [piece.extra() for piece in pieces])


def test_the_loudness_is_the_target_or_the_plan_says_what_binds(heard: SmallSet) -> None:
    missed = verdicts.loudness_missed(heard.figures)

    assert not missed, "\n".join(missed)


def test_no_true_peak_and_no_sample_passes_the_ceiling(heard: SmallSet) -> None:
    missed = verdicts.peaks_missed(heard.figures)

    assert not missed, "\n".join(missed)


def test_nothing_rides_the_gain(heard: SmallSet) -> None:
    missed = verdicts.riding_missed(heard.figures, heard.extras)

    assert not missed, "\n".join(missed)


def test_nothing_is_crushed(heard: SmallSet) -> None:
    missed = news(verdicts.crushing_missed(heard.figures, heard.extras), CRUSHING)

    assert not missed, "\n".join(missed)


def test_every_preset_moves_the_tone_towards_its_aim_and_by_little(heard: SmallSet) -> None:
    missed = news(verdicts.tone_missed(heard.figures), TONE)

    assert not missed, "\n".join(missed)


def test_what_was_mastered_once_is_left_alone(heard: SmallSet) -> None:
    missed = verdicts.again_missed(heard.extras)

    assert not missed, "\n".join(missed)


def test_what_is_at_its_target_is_left_nearly_alone(heard: SmallSet) -> None:
    missed = verdicts.near_target_missed(heard.figures)

    assert not missed, "\n".join(missed)


def test_the_fold_to_mono_keeps_its_loudness_and_the_bass_its_middle(heard: SmallSet) -> None:
    missed = verdicts.mono_missed(heard.figures)

    assert not missed, "\n".join(missed)


def test_any_two_presets_are_told_apart(heard: SmallSet) -> None:
    missed = verdicts.presets_missed(heard.figures)

    assert not missed, "\n".join(missed)


@pytest.mark.parametrize("preset", PRESETS)
def test_more_intensity_takes_the_sound_further(heard: SmallSet, preset: str) -> None:
    piece = heard.pieces[0]
    missed = verdicts.not_growing(piece.name, preset, piece.distances_db(preset))

    assert not missed, "\n".join(missed)


def test_every_render_is_as_long_as_its_source(heard: SmallSet) -> None:
    assert [each.piece for each in heard.figures if not each.same_length] == []
