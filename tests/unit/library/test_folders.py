"""Music folders and places in them."""

from pathlib import Path

from auralisd.library.folders import Folder, Folders, named
from auralisd.store.rows import Scope
from auralisd.watch.settle import Dirty

FOLDERS = Folders([Folder(1, b"/m/Music", "Music"), Folder(2, b"/", "root")])


def test_a_place_and_its_path_are_each_other() -> None:
    for path in (b"/m/Music/a/b.flac", b"/m/Music", b"/m/Music2/x.mp3"):
        place = FOLDERS.place_of(path)

        assert place is not None
        assert FOLDERS.path_of(place) == path


def test_a_hidden_folder_below_a_music_folder_is_not_looked_at() -> None:
    hidden = Folders([Folder(1, b"/home/.music", "music")])

    assert hidden.scope_of(Dirty(b"/home/.music", recursive=True)) == Scope(1)
    assert hidden.scope_of(Dirty(b"/home/.music/a", recursive=False)) == Scope(1, b"a", recursive=False)
    assert hidden.scope_of(Dirty(b"/home/.music/a/.trash/b", recursive=True)) is None
    assert hidden.scope_of(Dirty(b"/home/other", recursive=True)) is None


def test_a_folder_inside_another_one_is_no_folder_of_its_own() -> None:
    assert named([Path("/m/jazz"), Path("/m"), Path("/n")]) == [(b"/m", "m"), (b"/n", "n")]


def test_two_folders_of_one_name_can_be_told_apart() -> None:
    assert named([Path("/a/Music"), Path("/b/Music")]) == [(b"/a/Music", "Music"), (b"/b/Music", "Music 2")]
