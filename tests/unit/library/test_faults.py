"""What is wrong with a music folder: known for as long as it is, and told when it begins and ends."""

import pytest

from auralisd.library.events import FolderFault
from auralisd.library.faults import WATCH_LIMIT, FolderFaults
from auralisd.library.folders import Folder, Folders

FOLDERS = Folders([Folder(1, b"/m/Music", "Music"), Folder(2, b"/m/More", "More")])


@pytest.fixture
def told() -> list[FolderFault]:
    return []


@pytest.fixture
def faults(told: list[FolderFault]) -> FolderFaults:
    return FolderFaults(told.append)


def test_the_code_of_a_folder_is_what_the_last_look_found(faults: FolderFaults) -> None:
    codes = []
    for code in ("", "folder-missing", "folder-empty", ""):
        faults.looked(FOLDERS, 1, code)
        codes.append((faults.code_of(1), faults.code_of(2)))

    assert codes == [("", ""), ("folder-missing", ""), ("folder-empty", ""), ("", "")]


def test_a_folder_without_watches_says_so_unless_it_is_absent(faults: FolderFaults) -> None:
    faults.no_more_watches(FOLDERS, b"/m/Music/deep/down")
    unwatched = faults.code_of(1)
    faults.looked(FOLDERS, 1, "folder-missing")
    absent = faults.code_of(1)
    faults.looked(FOLDERS, 1, "")

    assert (unwatched, absent, faults.code_of(1)) == (WATCH_LIMIT, "folder-missing", WATCH_LIMIT)
    assert faults.code_of(2) == ""


def test_each_fault_is_told_once_and_a_folder_that_is_back_stays_unwatched(
    faults: FolderFaults, told: list[FolderFault]
) -> None:
    for _ in range(2):
        faults.no_more_watches(FOLDERS, b"/m/Music/a")
    for code in ("folder-missing", "folder-missing", "", ""):
        faults.looked(FOLDERS, 1, code)
    faults.no_more_watches(FOLDERS, b"/elsewhere")

    assert [event.code for event in told] == [WATCH_LIMIT, "folder-missing", "", WATCH_LIMIT]
    assert {event.folder_name for event in told} == {"Music"}
