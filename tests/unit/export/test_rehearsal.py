"""A rehearsal: what comes out is heard once, and the plan lands where it says."""

import itertools
from collections.abc import Generator
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile

from auralisd.errors import TrackUnreadable
from auralisd.export.rehearsal import Piece, rehearsed, to_the_end
from auralisd.mastering.planner import plan
from auralisd.model.album import album_profile
from auralisd.model.preset import PRESETS
from auralisd.model.profile import SoundProfile
from auralisd.model.taste import BYPASSED, LEVELLED, OFF, Treatment
from auralisd.worker.measuring import measure
from tests.quality.renders import measured, rendered
from tests.sounds import music

RATE_HZ = 44_100
PUNCHY = Treatment(preset=PRESETS["punchy"])


def a_piece(folder: Path, *, name: str = "a", seconds: float = 8.0, gain: float = 0.3, seed: int = 3) -> Piece:
    path = folder / f"{name}.flac"
    soundfile.write(path, music(seconds, seed=seed) * gain, RATE_HZ, subtype="PCM_24")
    return Piece(bytes(path), measure(bytes(path))[1])


def off_lu(piece: Piece, treatment: Treatment, album: SoundProfile | None = None) -> float:
    """How much louder than expected a piece comes out."""
    chosen = plan(piece.profile, treatment, album)
    sound = soundfile.read(piece.path, dtype="float32")[0]
    heard = measured(rendered(sound, chosen, RATE_HZ).sound, RATE_HZ).integrated_lufs
    assert heard is not None
    assert chosen.expected_lufs is not None
    return heard - chosen.expected_lufs


def rounds(rehearsing: Generator[tuple[int, int], None, Treatment]) -> int:
    """How often a piece was begun."""
    frames = [done for _, done in rehearsing]
    return 1 + sum(now < before for before, now in itertools.pairwise(frames))


def test_a_plan_that_was_rehearsed_comes_out_as_loud_as_it_says(tmp_path: Path) -> None:
    piece = a_piece(tmp_path)
    before = off_lu(piece, PUNCHY)
    treatment = to_the_end(rehearsed([piece], PUNCHY))

    assert treatment.untrimmed == PUNCHY
    assert treatment.trim_lu == pytest.approx(before, abs=0.1)
    assert abs(off_lu(piece, treatment)) <= 0.02


def test_what_was_far_off_is_rehearsed_once_more(tmp_path: Path) -> None:
    piece = a_piece(tmp_path)
    told = piece.profile.integrated_lufs
    assert told is not None
    mistaken = msgspec.structs.replace(piece.profile, integrated_lufs=told - 0.5)

    assert rounds(rehearsed([piece._replace(profile=mistaken)], Treatment())) == 2
    treatment = to_the_end(rehearsed([piece._replace(profile=mistaken)], Treatment()))
    assert abs(off_lu(piece._replace(profile=mistaken), treatment)) <= 0.05


@pytest.mark.parametrize("mode", [OFF, BYPASSED, LEVELLED])
def test_what_is_not_enhanced_is_not_rehearsed(tmp_path: Path, mode: str) -> None:
    gone = Piece(bytes(tmp_path / "gone.flac"), a_piece(tmp_path).profile)

    assert to_the_end(rehearsed([gone], Treatment(mode))) == Treatment(mode)


def test_what_is_at_rest_is_not_rehearsed(tmp_path: Path) -> None:
    lufs = (piece := a_piece(tmp_path)).profile.integrated_lufs
    at_rest = Treatment(target_lufs=lufs)

    assert to_the_end(rehearsed([Piece(b"/nowhere", piece.profile)], at_rest)) == at_rest


def test_silence_has_no_trim(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", np.zeros((RATE_HZ, 2)), RATE_HZ)
    path = bytes(tmp_path / "a.flac")

    assert to_the_end(rehearsed([Piece(path, measure(path)[1])], PUNCHY)) == PUNCHY


def test_a_file_that_breaks_off_is_told_and_gives_no_trim(tmp_path: Path) -> None:
    piece = a_piece(tmp_path)
    path = tmp_path / "a.flac"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + bytes(len(whole) // 2))

    with pytest.raises(TrackUnreadable):
        to_the_end(rehearsed([piece], PUNCHY))


def test_an_album_is_as_loud_as_it_says_all_together(tmp_path: Path) -> None:
    pieces = [a_piece(tmp_path, name="a"), a_piece(tmp_path, name="b", gain=0.1, seed=5, seconds=12.0)]
    album = album_profile([piece.profile for piece in pieces])
    treatment = to_the_end(rehearsed(pieces, PUNCHY, album))
    sounds = []
    for piece in pieces:
        sound = soundfile.read(piece.path, dtype="float32")[0]
        sounds.append(rendered(sound, plan(piece.profile, treatment, album), RATE_HZ).sound)
    together = album_profile([measured(sound, RATE_HZ) for sound in sounds])
    whole = plan(album, treatment)

    assert together is not None
    assert together.integrated_lufs == pytest.approx(whole.expected_lufs, abs=0.05)
