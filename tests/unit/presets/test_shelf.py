"""Own presets live: real files that are written, spoiled, mended, renamed and deleted."""

import asyncio
import contextlib
import logging
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from auralisd.model.preset import PRESETS
from auralisd.presets.files import MOST_BYTES, MOST_FILES, Fault, look_into
from auralisd.presets.shelf import PresetShelf


class Watched:
    """A shelf at work; `wrong` holds the files at fault, `changes` how often another mapping came."""

    def __init__(self, folder: Path) -> None:
        self.wrong: set[str] = set()
        self.changes = 0
        self.shelf = PresetShelf(folder, self._changed, self._fault)

    def _changed(self) -> None:
        self.changes += 1

    def _fault(self, file_name: str, wrong: bool) -> None:
        (self.wrong.add if wrong else self.wrong.discard)(file_name)

    def own(self) -> dict[str, float]:
        """The own presets with their bass."""
        return {name: preset.bass_db for name, preset in self.shelf.presets.items() if preset.own}

    async def until(self, claim: Callable[[], bool]) -> None:
        """Within two seconds."""
        deadline_s = time.monotonic() + 2.0
        while not claim():
            assert time.monotonic() < deadline_s, f"it never came true: {self.own()} {self.wrong}"
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def watching(folder: Path) -> AsyncIterator[Watched]:
    watched = Watched(folder)
    await watched.shelf.open()
    task = asyncio.ensure_future(watched.shelf.run())
    try:
        yield watched
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "auralis" / "presets"
    folder.mkdir(parents=True)
    return folder


async def test_own_presets_stand_behind_the_built_in_ones_by_name(folder: Path) -> None:
    for name in ("zebra", "ant"):
        (folder / f"{name}.toml").write_text("bass_db = 1")
    watched = Watched(folder)
    await watched.shelf.open()

    assert list(watched.shelf.presets) == [*PRESETS, "ant", "zebra"]
    assert watched.changes == 1


async def test_presets_appear_change_and_vanish_as_their_files_do(folder: Path) -> None:
    async with watching(folder) as watched:
        (folder / "mine.toml").write_text("bass_db = 1")
        await watched.until(lambda: watched.own() == {"mine": 1.0})
        first = watched.shelf.presets
        (folder / "new").write_text("bass_db = 2")
        (folder / "new").rename(folder / "mine.toml")
        await watched.until(lambda: watched.own() == {"mine": 2.0})
        (folder / "mine.toml").rename(folder / "yours.toml")
        await watched.until(lambda: watched.own() == {"yours": 2.0})
        (folder / "yours.toml").unlink()
        await watched.until(lambda: watched.own() == {})

    assert first["mine"].bass_db == 1.0
    assert watched.changes == 4


async def test_an_invalid_preset_never_replaces_a_good_one(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    (folder / "mine.toml").write_text("bass_db = 1")
    (folder / "other.toml").write_text("bass_db = 3")
    async with watching(folder) as watched:
        (folder / "mine.toml").write_text("bass_db = 99")
        await watched.until(lambda: watched.wrong == {"mine.toml"})
        spoiled = watched.own()
        (folder / "mine.toml").write_text("")
        (folder / "other.toml").write_text("bass_db = 4")
        await watched.until(lambda: watched.own()["other"] == 4.0)
        emptied = watched.own()
        (folder / "mine.toml").write_text("bass_db = 2")
        await watched.until(lambda: watched.own()["mine"] == 2.0)

    assert (spoiled, emptied) == ({"mine": 1.0, "other": 3.0}, {"mine": 1.0, "other": 4.0})
    assert watched.wrong == set()
    assert [record.getMessage() for record in caplog.records] == [
        "own preset stays as it was file=mine.toml reason=bass_db: 99 is out of range remedy=say a number from -6 to 6",
        "own preset stays as it was file=mine.toml reason=it says nothing remedy=write at least based_on",
    ]


async def test_a_file_that_was_never_good_is_left_out_with_one_line(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    (folder / "good.toml").write_text("bass_db = 1")
    (folder / "warm.toml").write_text("bass_db = 1")
    async with watching(folder) as watched:
        await asyncio.sleep(0.5)

        assert (watched.own(), watched.wrong) == ({"good": 1.0}, {"warm.toml"})
    assert watched.shelf.presets["warm"] == PRESETS["warm"]
    assert [record.getMessage() for record in caplog.records] == [
        "own preset left out file=warm.toml reason=warm comes with the product and is not hidden remedy=rename it"
    ]


async def test_a_folder_may_come_go_and_be_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "auralis" / "presets"
    async with watching(folder) as watched:
        folder.mkdir(parents=True)
        (folder / "mine.toml").write_text("bass_db = 1")
        await watched.until(lambda: watched.own() == {"mine": 1.0})
        shutil.rmtree(tmp_path / "config")
        await watched.until(lambda: watched.own() == {})
        (tmp_path / "aside" / "auralis" / "presets").mkdir(parents=True)
        (tmp_path / "aside" / "auralis" / "presets" / "other.toml").write_text("bass_db = 2")
        (tmp_path / "aside").rename(tmp_path / "config")
        await watched.until(lambda: watched.own() == {"other": 2.0})
        (folder / "third.toml").write_text("bass_db = 3")
        await watched.until(lambda: watched.own() == {"other": 2.0, "third": 3.0})


async def test_a_file_at_fault_that_vanishes_is_forgotten(folder: Path) -> None:
    async with watching(folder) as watched:
        (folder / "mine.toml").write_text("= broken")
        await watched.until(lambda: watched.wrong == {"mine.toml"})
        (folder / "mine.toml").unlink()
        await watched.until(lambda: watched.wrong == set())

    assert watched.changes == 0


def faults_of(folder: Path) -> dict[str, str]:
    return {file.file_name: file.found.reason for file in look_into(folder).files if isinstance(file.found, Fault)}


def test_nothing_but_files_is_opened(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.toml").write_text("bass_db = 1")
    (folder / "link.toml").symlink_to(tmp_path / "outside.toml")
    (folder / "zero.toml").symlink_to("/dev/zero")
    (folder / "folder.toml").mkdir()
    os.mkfifo(folder / "pipe.toml")

    assert faults_of(folder) == {
        "folder.toml": "it is no file",
        "link.toml": "it is a link, and none is followed",
        "pipe.toml": "it is no file",
        "zero.toml": "it is a link, and none is followed",
    }


def test_large_files_are_refused_and_other_files_are_none_of_its_business(folder: Path) -> None:
    (folder / "large.toml").write_text("bass_db = 1\n" + "#" * MOST_BYTES)
    for name in (".hidden.toml", "mine.toml~", "notes.txt", "4913"):
        (folder / name).write_text("bass_db = 1")

    assert faults_of(folder) == {"large.toml": "it is too large for a preset"}
    assert len(look_into(folder).files) == 1


def test_of_too_many_files_the_first_are_read_and_the_rest_is_told(folder: Path) -> None:
    for number in range(MOST_FILES + 5):
        (folder / f"p{number:03}.toml").write_text("bass_db = 1")
    looked = look_into(folder)

    assert len(looked.files) == MOST_FILES
    assert looked.fault is not None
    assert "move some" in looked.fault.remedy


async def test_a_folder_that_is_none_keeps_what_was_seen(folder: Path) -> None:
    (folder / "mine.toml").write_text("bass_db = 1")
    watched = Watched(folder)
    await watched.shelf.open()
    shutil.rmtree(folder)
    (folder.parent / "presets").write_text("a file")
    await watched.shelf.open()

    assert (watched.own(), watched.wrong) == ({"mine": 1.0}, {"presets"})


def test_a_name_that_is_no_text_is_a_fault_like_any_other(folder: Path) -> None:
    path = os.fsencode(folder) + b"/caf\xe9\n.toml"
    with open(path, "w", encoding="ascii") as file:
        file.write("bass_db = 1")

    assert list(faults_of(folder).values()) == ["its name is none that can be asked for"]
