"""One file brought into a music folder: whole and verified, or not at all."""

from pathlib import Path

import pytest

from auralisd.doors.worker import Bring, Brought
from auralisd.export.workshop import workshop_in
from auralisd.worker import bringing
from tests.music import write_music


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "Music"
    folder.mkdir()
    return folder


def brought(path: Path, music: Path) -> Brought:
    return bringing.bring(Bring(7, bytes(path), workshop_in(bytes(music), 1, 1)))


def test_a_copy_has_the_name_of_its_source_or_one_that_nobody_has(tmp_path: Path, music: Path) -> None:
    path = write_music(tmp_path / "a.flac")

    assert [brought(path, music).name for _ in range(3)] == ["a.flac", "a (2).flac", "a (3).flac"]
    assert {copy.read_bytes() for copy in music.iterdir()} == {path.read_bytes()}


def test_a_source_that_changed_while_it_was_copied_is_not_imported(
    tmp_path: Path, music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_music(tmp_path / "a.flac", track=1)
    verify = bringing._verify

    def late(source: bytes, copy: bytes) -> None:
        write_music(path, track=2)
        verify(source, copy)

    monkeypatch.setattr(bringing, "_verify", late)

    assert brought(path, music).code == "changed"
    assert list(music.iterdir()) == []


def test_a_copy_that_is_not_what_was_read_is_not_imported(
    tmp_path: Path, music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_music(tmp_path / "a.flac")
    digest = bringing._digest

    def bad_drive(file: object) -> bytes:
        return digest(file)[::-1]  # type: ignore[arg-type]

    monkeypatch.setattr(bringing, "_digest", bad_drive)

    assert brought(path, music).code == "not-verified"
    assert list(music.iterdir()) == []


def test_what_cannot_be_read_is_named(tmp_path: Path, music: Path) -> None:
    (tmp_path / "empty.flac").touch()

    assert brought(tmp_path / "none.flac", music).code == "missing"
    assert brought(tmp_path / "empty.flac", music).code == "empty"
    assert brought(write_music(tmp_path / "a.flac"), tmp_path / "nowhere").code == "not-written"
