"""`auralisd analyse`: what is measured, what suits it, what would be done."""

import json
from pathlib import Path

import pytest

from auralisd.cli import main
from auralisd.model.preset import PRESETS
from tests.music import write_music


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return write_music(tmp_path / "song.flac", seconds=4.0)


def answer(capsys: pytest.CaptureFixture[str], *words: str | Path, code: int = 0) -> str:
    """What one run of the stage prints."""
    with pytest.raises(SystemExit) as left:
        main(["analyse", *map(str, words)])
    assert left.value.code == code
    return capsys.readouterr().out


def test_every_figure_is_told_with_its_unit(song: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, song)

    for part in (
        "4.0 s, 48000 Hz, 2 channels", "LUFS integrated", "LUFS in 400 ms", "LUFS in 3 s", "LU (EBU Tech 3342)", "dBTP",
        "dB above the loudness", "dB of crest", "width 0.00", "correlation +1.00", "s at the head", "bass to 224 Hz",
        "spectrum Hz", "mid dB", "side dB", "suits it", "plan", "× real time",
    ):  # fmt: skip
        assert part in told


def test_the_recommendation_is_told_with_its_reasons(song: Path, capsys: pytest.CaptureFixture[str]) -> None:
    advice = json.loads(answer(capsys, song, "--json"))["recommendation"]

    told = answer(capsys, song)
    assert f"{advice['preset']} at intensity {advice['intensity']:g}" in told
    for code, figure in advice["reasons"]:
        assert f"{code} {figure:g}" in told


def test_json_holds_profile_recommendation_plan_and_explanation(song: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(answer(capsys, song, "--json"))

    assert told["file"] == "song.flac"
    assert told["profile"]["rate_hz"] == 48_000
    assert told["recommendation"]["preset"] in PRESETS
    assert told["plan"]["state"] == "adaptive"
    assert told["explanation"][0].startswith("−")


def test_the_plan_is_made_as_asked(song: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--preset", "warm", "--intensity", "0.25", "--target", "-20", "--json")

    made = json.loads(answer(capsys, song, *words))["plan"]
    assert (made["preset"], made["intensity"]) == ("warm", 0.25)
    assert made["target_lufs"] == pytest.approx((made["input_lufs"] - 20.0) / 2.0, abs=0.01)


def test_intensity_0_leaves_the_samples_alone(song: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(answer(capsys, song, "--intensity", "0", "--json"))["plan"]["state"] == "off"


@pytest.mark.parametrize(
    "words", [("--target", "-31"), ("--target", "nan"), ("--intensity", "1.1"), ("--preset", "loud")]
)
def test_what_cannot_be_asked_is_refused_at_once(
    song: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert answer(capsys, song, *words, code=2) == ""


def test_several_files_are_told_one_after_the_other(
    tmp_path: Path, song: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = write_music(tmp_path / "other.ogg", seconds=1.0, track=9)

    assert [track["file"] for track in json.loads(answer(capsys, song, other, "--json"))["tracks"]] == [
        "song.flac", "other.ogg",
    ]  # fmt: skip
    told = answer(capsys, song, other)
    assert told.index("song.flac") < told.index("other.ogg")
    assert "the album" not in told


def test_an_album_has_one_gain_and_one_tone(tmp_path: Path, song: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = write_music(tmp_path / "other.flac", seconds=2.0, track=9)

    told = json.loads(answer(capsys, song, other, "--album", "--json"))
    first, second = (track["plan"] for track in told["tracks"])
    assert first["album"] is second["album"] is True
    assert (first["gain_db"], first["eq_mid"]) == (second["gain_db"], second["eq_mid"])
    assert told["album"]["profile"]["frames"] == 6 * 48_000
    assert told["album"]["plan"]["gain_db"] == pytest.approx(first["gain_db"])
    assert "the album as one" in answer(capsys, song, other, "--album")


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_analysed(
    tmp_path: Path, song: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.flac").write_text("no music")

    assert "LUFS integrated" in answer(capsys, tmp_path / "bad.flac", song, code=1)
    assert len(json.loads(answer(capsys, tmp_path / "bad.flac", song, "--json", code=1))["tracks"]) == 1
    assert answer(capsys, tmp_path / "bad.flac", "--json", code=1) == ""
