"""Whether a file is still being written."""

import os
from pathlib import Path

import pytest

from auralisd.worker.program import read_whole_file
from auralisd.worker.writing import being_written
from tests.music import write_music


def test_a_file_is_being_written_until_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    with path.open("wb") as file:
        file.write(b"fLaC")
        file.flush()
        while_open = being_written(bytes(path))

    assert (while_open, being_written(bytes(path))) == (True, False)


def test_a_file_that_is_held_open_and_does_not_change_is_taken_after_a_minute(tmp_path: Path) -> None:
    path = write_music(tmp_path / "a.flac")
    with path.open("r+b"):
        os.utime(path, (path.stat().st_mtime - 61,) * 2)

        assert not being_written(bytes(path))


def test_where_the_kernel_does_not_say_a_file_that_changes_is_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "another user's file")

    monkeypatch.setattr("fcntl.fcntl", refuse)
    path = write_music(tmp_path / "a.flac")
    fresh = being_written(bytes(path))
    os.utime(path, (path.stat().st_mtime - 2,) * 2)

    assert (fresh, being_written(bytes(path))) == (True, False)


def test_an_unfinished_file_is_not_read(tmp_path: Path) -> None:
    path = write_music(tmp_path / "a.flac")
    with path.open("r+b"):
        assert read_whole_file(bytes(path)).code == "unfinished"
    assert read_whole_file(bytes(path)).code == ""
    assert read_whole_file(bytes(tmp_path / "none.flac")).code == "missing"
