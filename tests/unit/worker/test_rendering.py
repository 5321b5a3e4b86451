"""Tracks into new files, all of them or none."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile

from auralisd.doors.worker import Render, Rendered, RenderProgress, ToRender
from auralisd.export.workshop import workshop_in
from auralisd.model.album import album_profile
from auralisd.model.preset import PRESETS
from auralisd.model.profile import SoundProfile
from auralisd.model.taste import OFF, Treatment
from auralisd.worker import rendering
from auralisd.worker.measuring import measure
from auralisd.worker.rendering import render
from tests.music import write_music
from tests.sounds import music


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def a_task(target: Path, *sources: Path, form: str = "flac", treatment: Treatment | None = None) -> Render:
    silence = SoundProfile(48_000, 2, 9_600, None, None, (), ())
    tracks = tuple(
        ToRender(number, bytes(path), measure(bytes(path))[1] if path.exists() else silence, f"{number:02} Song")
        for number, path in enumerate(sources, 1)
    )
    workshop = workshop_in(bytes(target), 1, 1)
    return Render(9, bytes(target), workshop, form, 0, treatment or Treatment(), None, tracks)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("form", ["flac", "wav", "opus"])
@pytest.mark.parametrize("suffix", [".mp3", ".ogg", ".aiff"])
def test_a_track_of_any_format_becomes_one_of_another(tmp_path: Path, target: Path, suffix: str, form: str) -> None:
    source = write_music(tmp_path / f"a{suffix}", seconds=1.0)
    *_, rendered = render(a_task(target, source, form=form))

    assert isinstance(rendered, Rendered)
    assert [track.name for track in rendered.tracks] == names(target) == [f"01 Song.{form}"]
    assert rendered.tracks[0].integrated_lufs == pytest.approx(-14.0, abs=4.0)
    assert soundfile.info(target / f"01 Song.{form}").frames == soundfile.info(source).frames


def test_a_track_that_cannot_be_read_is_named_and_the_others_are_rendered(tmp_path: Path, target: Path) -> None:
    damaged = write_music(tmp_path / "b.flac", seconds=2.0)
    task = a_task(target, write_music(tmp_path / "a.flac"), damaged, tmp_path / "gone.flac")
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[: len(whole) // 2] + bytes(len(whole) // 2))
    *_, rendered = render(task)

    assert isinstance(rendered, Rendered)
    assert [track.code for track in rendered.tracks] == ["", "damaged", "missing"]
    assert names(target) == ["01 Song.flac"]


def test_what_is_closed_before_its_end_leaves_nothing(tmp_path: Path, target: Path) -> None:
    coming = render(a_task(target, write_music(tmp_path / "a.flac", seconds=2.0), write_music(tmp_path / "b.flac")))
    first = next(coming)
    under_way = names(target)
    coming.close()

    assert isinstance(first, RenderProgress)
    assert under_way == [".auralis-1-1"]
    assert names(target) == []


def test_a_target_that_is_gone_is_told_by_its_code(tmp_path: Path, target: Path) -> None:
    task = a_task(target, write_music(tmp_path / "a.flac"))
    target.rmdir()
    [refused] = render(task)

    assert isinstance(refused, Rendered)
    assert (refused.code, refused.tracks) == ("not-written", ())
    assert str(tmp_path) not in refused.text


def test_without_enhancement_the_frames_are_those_of_the_source(tmp_path: Path, target: Path) -> None:
    source = write_music(tmp_path / "a.wav", seconds=1.0)
    list(render(a_task(target, source, treatment=Treatment(mode=OFF, intensity=0.0))))

    assert np.array_equal(soundfile.read(target / "01 Song.flac")[0], soundfile.read(source)[0])


def two_pieces(folder: Path) -> list[Path]:
    """A loud one and one that is 10 dB quieter."""
    for name, gain, seed in (("a", 0.3, 3), ("b", 0.1, 5)):
        soundfile.write(folder / f"{name}.flac", music(8.0, seed=seed) * gain, 44_100, subtype="PCM_24")
    return [folder / "a.flac", folder / "b.flac"]


def test_every_track_comes_out_at_its_target(tmp_path: Path, target: Path) -> None:
    live = Treatment(preset=PRESETS["live"], target_lufs=-28.0)
    *_, rendered = render(a_task(target, *two_pieces(tmp_path), treatment=live))

    assert isinstance(rendered, Rendered)
    assert [track.integrated_lufs for track in rendered.tracks] == pytest.approx([-28.0, -28.0], abs=0.05)


def test_an_album_comes_out_at_the_target_all_together_and_keeps_its_steps(tmp_path: Path, target: Path) -> None:
    task = a_task(target, *two_pieces(tmp_path), treatment=Treatment(target_lufs=-20.0))
    album = album_profile([each.profile for each in task.tracks])
    *_, rendered = render(msgspec.structs.replace(task, album=album))
    assert isinstance(rendered, Rendered)
    together = album_profile([measure(bytes(target / track.name))[1] for track in rendered.tracks])
    loud, quiet = (track.integrated_lufs for track in rendered.tracks)

    assert together is not None
    assert together.integrated_lufs == pytest.approx(-20.0, abs=0.05)
    assert loud is not None
    assert quiet is not None
    assert loud - quiet > 6.0


@pytest.mark.parametrize("as_album", [False, True])
def test_progress_only_grows_and_counts_what_is_rendered(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch, as_album: bool
) -> None:
    monkeypatch.setattr(rendering, "_TELL_EVERY_S", 0.0)
    task = a_task(target, *two_pieces(tmp_path), treatment=Treatment(preset=PRESETS["punchy"]))
    album = album_profile([each.profile for each in task.tracks]) if as_album else None
    *told, _ = render(msgspec.structs.replace(task, album=album))
    steps = [each for each in told if isinstance(each, RenderProgress)]

    assert [step.share for step in steps] == sorted(step.share for step in steps)
    assert (steps[0].share < 0.1, steps[-1].share) == (True, 1.0)
    assert [step.whole for step in steps] == sorted(step.whole for step in steps)
    assert {step.whole for step in steps} == {0, 1}


def test_an_album_of_which_a_track_cannot_be_read_is_rendered_without_it(tmp_path: Path, target: Path) -> None:
    pieces = two_pieces(tmp_path)
    task = a_task(target, *pieces)
    album = album_profile([each.profile for each in task.tracks])
    pieces[1].unlink()
    *_, rendered = render(msgspec.structs.replace(task, album=album))

    assert isinstance(rendered, Rendered)
    assert [track.code for track in rendered.tracks] == ["", "missing"]
