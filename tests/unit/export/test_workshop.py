"""Where files lie until they are whole."""

import errno
import fcntl
import os
from pathlib import Path

import pytest

from auralisd.errors import NotWritten
from auralisd.export.workshop import Workshop, sweep, workshop_in


def made(workshop: Workshop, number: int, content: bytes = b"sound") -> bytes:
    path = workshop.place(number, ".flac")
    Path(os.fsdecode(path)).write_bytes(content)
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_published_is_there_and_nothing_else_is(tmp_path: Path) -> None:
    with Workshop(workshop_in(bytes(tmp_path), 7, 1)) as workshop:
        made(workshop, 0)
        kept = made(workshop, 1, b"whole")
        published = workshop.publish([(kept, "02 Aria", ".flac")])

    assert published == names(tmp_path) == ["02 Aria.flac"]
    assert (tmp_path / "02 Aria.flac").read_bytes() == b"whole"


def test_what_is_there_already_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "Aria.flac").write_bytes(b"theirs")
    with Workshop(workshop_in(bytes(tmp_path), 7, 1)) as workshop:
        published = workshop.publish([(made(workshop, n, b"ours"), "Aria", ".flac") for n in range(2)])

    assert published == ["Aria (2).flac", "Aria (3).flac"]
    assert (tmp_path / "Aria.flac").read_bytes() == b"theirs"


def test_without_hard_links_nothing_is_replaced_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "no links on FAT")

    monkeypatch.setattr(os, "link", refuse)
    (tmp_path / "Aria.flac").write_bytes(b"theirs")
    with Workshop(workshop_in(bytes(tmp_path), 7, 1)) as workshop:
        workshop.publish([(made(workshop, 0, b"ours"), "Aria", ".flac")])

    assert names(tmp_path) == ["Aria (2).flac", "Aria.flac"]
    assert (tmp_path / "Aria (2).flac").read_bytes() == b"ours"


def test_when_one_file_cannot_be_published_none_is(tmp_path: Path) -> None:
    with Workshop(workshop_in(bytes(tmp_path), 7, 1)) as workshop:
        files = [(made(workshop, 0), "one", ".flac"), (workshop.place(1, ".flac"), "two", ".flac")]
        with pytest.raises(NotWritten) as refusal:
            workshop.publish(files)

    assert refusal.value.code == "not-written"
    assert names(tmp_path) == []


def test_who_is_ended_in_mid_publishing_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = os.link
    linked: list[bytes] = []

    def link_one(source: bytes, target: bytes) -> None:
        if linked:
            raise SystemExit  # what SIGTERM comes to in a worker
        link(source, target)
        linked.append(target)

    monkeypatch.setattr(os, "link", link_one)
    with pytest.raises(SystemExit), Workshop(workshop_in(bytes(tmp_path), 7, 1)) as workshop:
        workshop.publish([(made(workshop, n), "Aria", ".flac") for n in range(2)])

    assert len(linked) == 1
    assert names(tmp_path) == []


def test_a_name_that_was_held_for_a_file_that_does_not_come_is_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse_link(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no links on FAT")

    def refuse_replace(*_: object) -> None:
        raise OSError(errno.EIO, "the drive is gone")

    monkeypatch.setattr(os, "link", refuse_link)
    monkeypatch.setattr(os, "replace", refuse_replace)
    with Workshop(workshop_in(bytes(tmp_path), 7, 1)) as workshop, pytest.raises(NotWritten):
        workshop.publish([(made(workshop, 0), "Aria", ".flac")])

    assert names(tmp_path) == []


def test_what_a_dead_worker_left_is_swept_away_and_what_a_living_one_has_is_not(tmp_path: Path) -> None:
    dead, living, other = tmp_path / ".auralis-7-1", tmp_path / ".auralis-7-2", tmp_path / ".auralis"
    for folder in (dead, living, other):
        folder.mkdir()
        (folder / "0.flac").write_bytes(b"half")
    lock = os.open(living, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        sweep(bytes(tmp_path))
    finally:
        os.close(lock)

    assert names(tmp_path) == [".auralis", ".auralis-7-2"]


def test_a_folder_that_cannot_be_written_is_told_without_its_path(tmp_path: Path) -> None:
    with pytest.raises(NotWritten) as refusal, Workshop(workshop_in(bytes(tmp_path / "gone"), 7, 1)):
        pass

    assert refusal.value.code == "not-written"
    assert str(tmp_path) not in str(refusal.value)
