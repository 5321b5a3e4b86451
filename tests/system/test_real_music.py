"""Whole pieces of music through the stages of the command line: the corpus of `make corpus`, else the demo album."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.system

LONG = os.environ.get("AURALISD_CAMPAIGN") == "1"
AURALISD = Path(sys.executable).with_name("auralisd")


@pytest.fixture(scope="module")
def music(request: pytest.FixtureRequest) -> list[Path]:
    """Every piece in a campaign, else the first two: whole pieces take their time."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    corpus = sorted((cache / "auralis" / "corpus").rglob("*.ogg"), key=lambda path: path.stat().st_size)
    if not corpus:
        album: Path = request.getfixturevalue("demo_album")
        corpus = sorted(path for path in album.iterdir() if path.suffix not in ("", ".png"))
    return corpus if LONG else corpus[:2]


def auralisd(*words: str | Path) -> str:
    """Run one stage; a failure shows what it said."""
    answer = subprocess.run([AURALISD, *words], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_every_piece_comes_out_as_loud_as_its_plan_said_and_below_its_ceiling(
    music: list[Path], tmp_path: Path
) -> None:
    missed: dict[str, Any] = {}
    for piece in music:
        plan = json.loads(auralisd("analyse", piece, "--json"))["plan"]
        auralisd("render", piece, rendered := tmp_path / f"{piece.stem}.flac")
        heard = json.loads(auralisd("analyse", rendered, "--json"))["profile"]
        rendered.unlink()
        if not keeps(plan, heard):
            missed[piece.name] = (heard["integrated_lufs"], heard["true_peak_dbtp"], plan)

    assert missed == {}


def keeps(plan: dict[str, Any], heard: dict[str, Any]) -> bool:
    if plan["expected_lufs"] is None:  # the corpus has a piece of silence, and silent it stays
        return heard["integrated_lufs"] is None
    loud_as_planned = abs(heard["integrated_lufs"] - plan["expected_lufs"]) <= 0.5
    return bool(loud_as_planned and heard["true_peak_dbtp"] <= plan["ceiling_dbtp"] + 0.1)


def test_a_folder_of_music_scans_without_a_refusal(music: list[Path], tmp_path: Path) -> None:
    for piece in music:
        (tmp_path / piece.name).write_bytes(piece.read_bytes())
    report = auralisd("scan", tmp_path)

    assert report.startswith(f"{len(music)} tracks")
    assert "cannot" not in report
