"""What a render job refuses before it exists, and how it counts."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auralisd.doors.worker import RenderProgress
from auralisd.errors import InvalidRequest, LimitExceeded, NotFound
from auralisd.jobs.job import Step
from auralisd.jobs.render import MAX_TRACKS, RenderKind, RenderProgressTeller, treatment_of
from auralisd.jobs.target import what_is_wrong
from auralisd.model.preset import PRESETS
from auralisd.model.profile import SoundProfile
from auralisd.model.taste import DEFAULT_INTENSITY, ENHANCED, OFF
from auralisd.model.track import Track
from auralisd.supervise import Supervisor
from tests.builders import a_track


class Shelf:
    """A library of which a job only asks what it is about."""

    def __init__(self, count: int = 3) -> None:
        self.by_id = {number: a_track(number) for number in range(1, count + 1)}

    async def tracks(self, ids: tuple[int, ...]) -> dict[int, Track]:
        return {number: self.by_id[number] for number in ids if number in self.by_id}

    async def profile(self, track: int) -> SoundProfile | None:
        return None

    async def measure_now(self, tracks: tuple[int, ...], on_track: Callable[[Track], None]) -> dict[int, str]:
        return dict.fromkeys(tracks, "missing")


def kind(music: Path, count: int = 3) -> RenderKind:
    supervisor = Supervisor(lambda _name, _death: None)
    return RenderKind(
        Shelf(count), presets=lambda: PRESETS, music_folders=lambda: (bytes(music),), supervisor=supervisor
    )


@pytest.fixture
def music(tmp_path: Path) -> Path:
    (tmp_path / "Music" / "inside").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "Music" / "inside")
    (tmp_path / "Music2").mkdir()
    return tmp_path / "Music"


@pytest.mark.parametrize(
    ("spec", "named"),
    [
        ({"tracks": []}, "tracks"),
        ({"format": "mp3"}, "format"),
        ({"format": "opus", "bits": 16}, "opus"),
        ({"bits": 12}, "bits"),
        ({"preset": "loudest"}, "preset"),
        ({"target_lufs": -5.0}, "target_lufs"),
        ({"target_lufs": math.nan}, "target_lufs"),
        ({"folder": b"relative"}, "absolute"),
        ({"folder": b""}, "absolute"),
    ],
)
async def test_what_cannot_be_rendered_is_refused_by_its_key(
    music: Path, tmp_path: Path, spec: dict[str, Any], named: str
) -> None:
    with pytest.raises(InvalidRequest, match=named):
        await kind(music).prepare({"tracks": [1], "folder": bytes(tmp_path), **spec})


@pytest.mark.parametrize("unknown", [9, 2**63])
async def test_an_unknown_track_is_not_found(music: Path, tmp_path: Path, unknown: int) -> None:
    with pytest.raises(NotFound, match=str(unknown)):
        await kind(music).prepare({"tracks": [1, unknown], "folder": bytes(tmp_path)})


async def test_a_job_has_a_thousand_tracks_at_the_most(music: Path, tmp_path: Path) -> None:
    many = list(range(1, MAX_TRACKS + 2))

    with pytest.raises(LimitExceeded):
        await kind(music, MAX_TRACKS + 1).prepare({"tracks": many, "folder": bytes(tmp_path)})


@pytest.mark.parametrize(("place", "wrong"), [("Music", "music"), ("Music/inside", "music"), ("link", "music")])
def test_nothing_is_written_into_the_music(music: Path, tmp_path: Path, place: str, wrong: str) -> None:
    assert wrong in what_is_wrong(bytes(tmp_path / place), (bytes(music),))


@pytest.mark.parametrize("place", ["", "Music2"])
def test_beside_the_music_and_above_it_files_may_be_written(music: Path, tmp_path: Path, place: str) -> None:
    assert what_is_wrong(bytes(tmp_path / place), (bytes(music),)) == ""


@pytest.mark.parametrize("place", ["gone", "file"])
def test_a_target_must_be_a_folder_that_is_there(music: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_bytes(b"")

    assert "there" in what_is_wrong(bytes(tmp_path / place), (bytes(music),))


def test_without_a_word_the_adaptive_preset_is_applied_as_usual() -> None:
    treatment = treatment_of({}, PRESETS)

    assert (treatment.mode, treatment.preset, treatment.intensity, treatment.target_lufs) == (
        ENHANCED,
        PRESETS["adaptive"],
        DEFAULT_INTENSITY,
        None,
    )


def test_at_intensity_0_nothing_is_done() -> None:
    assert treatment_of({"intensity": 0.0, "target_lufs": -16.0}, PRESETS).mode == OFF


def test_progress_names_the_file_at_hand_and_counts_those_that_are_rendered() -> None:
    tracks = [a_track(1, path=b"/music/a.flac"), a_track(2, path=b"/music/b.flac")]
    told: list[Step] = []
    progress = RenderProgressTeller(tracks, told.append)
    progress.on_progress(RenderProgress(1, place=1, whole=0, share=0.5))
    progress.on_progress(RenderProgress(1, place=1, whole=1, share=0.75))

    assert told == [Step(0, 2, 0.0, "a.flac"), Step(0, 2, 0.5, "b.flac"), Step(1, 2, 0.75, "b.flac")]
