"""Walks: what is found, what is passed over, and how much of it at once."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from auralisd.doors.worker import (
    FileRead,
    Inspect,
    Inspected,
    Listed,
    Measure,
    Measured,
    ReadTags,
    TagsRead,
    Walk,
    Walked,
)
from auralisd.worker.program import answers
from auralisd.worker.walking import walk
from tests.music import odd_name, write_music


def walked(folder: Path, *, recursive: bool = True) -> tuple[list[Listed], Walked]:
    *listed, end = walk(Walk(1, bytes(folder), recursive))
    assert isinstance(end, Walked)
    return [batch for batch in listed if isinstance(batch, Listed)], end


def names(listed: list[Listed]) -> set[str]:
    return {os.fsdecode(file.path).rpartition("/")[2] for batch in listed for file in batch.files}


def test_music_files_are_found_at_every_depth(tmp_path: Path) -> None:
    for name in ("a.flac", "B.MP3", "x/c.ogg", "x/y/z/d.opus"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "cover.jpg").touch()
    listed, end = walked(tmp_path)

    assert names(listed) == {"a.flac", "B.MP3", "c.ogg", "d.opus"}
    assert names(walked(tmp_path, recursive=False)[0]) == {"a.flac", "B.MP3"}
    assert end == Walked(1, True, (tmp_path.stat().st_dev,))


def test_a_walk_comes_in_batches(tmp_path: Path) -> None:
    for number in range(600):
        (tmp_path / f"{number}.mp3").touch()

    assert [len(batch.files) for batch in walked(tmp_path)[0]] == [256, 256, 88]


def test_hidden_folders_are_skipped_below_the_root_only(tmp_path: Path) -> None:
    root = tmp_path / ".music"
    for name in ("a.mp3", ".b.mp3", ".trash/c.mp3"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()

    assert names(walked(root)[0]) == {"a.mp3"}


def test_links_and_what_is_no_file_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "real.mp3").touch()
    os.mkfifo(tmp_path / "pipe.mp3")
    os.mknod(tmp_path / "socket.mp3", stat.S_IFSOCK | 0o600)
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "link.mp3").symlink_to(tmp_path / "real.mp3")
    (tmp_path / "device.mp3").symlink_to("/dev/zero")
    (tmp_path / "folder.mp3").mkdir()

    assert names(walked(tmp_path)[0]) == {"real.mp3"}


def test_names_that_are_no_text_are_names(tmp_path: Path) -> None:
    odd = odd_name(tmp_path)
    odd.touch()

    assert [file.path for file in walked(tmp_path)[0][0].files] == [bytes(odd)]


def test_a_missing_folder_is_told_with_the_device_above_it(tmp_path: Path) -> None:
    listed, end = walked(tmp_path / "none" / "x")

    assert listed == []
    assert end == Walked(1, False, (tmp_path.stat().st_dev,), "missing")


def test_a_folder_that_may_not_be_read_is_a_failure_and_not_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.mp3").touch()
    (tmp_path / "shut").mkdir()
    scandir = os.scandir

    def refuse(folder: bytes) -> Iterator[os.DirEntry[bytes]]:
        # Rights do not bind root, who may be running this: the kernel's answer to others is put in its place.
        if folder.endswith(b"shut"):
            raise PermissionError
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    listed, end = walked(tmp_path)

    assert names(listed) == {"a.mp3"}
    assert listed[0].failures == ((bytes(tmp_path / "shut"), "unreadable"),)
    assert end.root_present


def test_each_task_has_its_answer(tmp_path: Path) -> None:
    good = write_music(tmp_path / "good.flac")
    link = tmp_path / "link.flac"
    link.symlink_to(good)
    (tmp_path / "bad.flac").write_bytes(b"bad")
    (read,) = answers(ReadTags(4, (bytes(good), bytes(tmp_path / "bad.flac"))))
    (inspected,) = answers(Inspect(5, bytes(link)))
    (refused,) = answers(Measure(6, bytes(tmp_path / "none.flac")))

    assert isinstance(read, TagsRead)
    assert [file.code for file in read.files] == ["", "not-audio"]
    assert isinstance(inspected, Inspected)
    assert inspected.real_path == bytes(good)
    assert refused == Measured(6, bytes(tmp_path / "none.flac"), None, None, "missing")
    assert read.files[1] == FileRead(bytes(tmp_path / "bad.flac"), None, None, None, "not-audio")
