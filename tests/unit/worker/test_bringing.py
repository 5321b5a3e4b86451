"""One file brought into a music folder: whole and verified, or not at all."""

import os
import subprocess
import sys
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


def test_a_long_name_is_cut_so_that_it_can_be_numbered(tmp_path: Path, music: Path) -> None:
    path = write_music(tmp_path / f"{'ä' * 120}.flac")
    names = [brought(path, music).name for _ in range(2)]

    assert names == [f"{'ä' * 100}.flac", f"{'ä' * 100} (2).flac"]


_FULL_DISK = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
from auralisd.doors.worker import Bring
from auralisd.export.workshop import workshop_in
from auralisd.worker.bringing import bring
source, music = sys.argv[1].encode(), sys.argv[2].encode()
print(bring(Bring(1, source, workshop_in(music, 1, 1))).code)
"""


def test_a_disk_that_takes_no_more_is_noticed_and_no_part_is_left(tmp_path: Path, music: Path) -> None:
    path = write_music(tmp_path / "a.wav", seconds=1)
    command = [sys.executable, "-c", _FULL_DISK, str(path), str(music)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": "."})

    assert done.stdout == "no-space\n", done.stderr
    assert list(music.iterdir()) == []


def test_what_cannot_be_read_is_named(tmp_path: Path, music: Path) -> None:
    (tmp_path / "empty.flac").touch()

    assert brought(tmp_path / "none.flac", music).code == "missing"
    assert brought(tmp_path / "empty.flac", music).code == "empty"
    assert brought(write_music(tmp_path / "a.flac"), tmp_path / "nowhere").code == "not-written"
