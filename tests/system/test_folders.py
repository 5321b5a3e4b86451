"""Music folders that come and go while the real daemon runs, and over its restarts."""

import signal
from pathlib import Path

import pytest

from tests.music import write_music
from tests.system.rig import Daemon, World, wait_until

pytestmark = pytest.mark.system

KEYS = ("id", "title", "plays", "rating", "favourite", "available")


def started(world: World, music: Path) -> Daemon:
    daemon = Daemon(world, "--music", str(music), "--output", "silent")
    daemon.wait_ready()
    return daemon


def rows(world: World, words: str = "") -> str:
    """What the library says of the tracks that hold these words, as busctl prints it."""
    return world.call("Library", "Query", "sassua{sv}", words, str(len(KEYS)), *KEYS, "", "500", "0")


def id_of(world: World, words: str) -> str:
    return rows(world, words).split('"id" t ')[1].split()[0]


def jobs(world: World) -> str:
    return world.call("Jobs", "List", "a{sv}", "0")


def test_a_folder_is_watched_scanned_kept_over_restarts_and_returns_with_all_that_was_known(
    world: World, music: Path
) -> None:
    more = world.folder / "secret place" / "More"
    write_music(music / "a.flac", title="Here", track=1)
    write_music(more / "b.flac", title="There", track=2)
    daemon = started(world, music)
    daemon.wait_tracks(1)
    number = world.call("Library", "AddFolder", "s", str(more)).split()[1]
    daemon.wait_tracks(2)
    scans = jobs(world)
    track = id_of(world, "There")
    world.call("Library", "SetRating", "atd", "1", track, "0.75")
    world.call("Library", "SetFavourite", "atb", "1", track, "true")
    write_music(more / "deep" / "c.flac", title="Deeper", track=3)
    daemon.wait_tracks(3)
    daemon.stop(signal.SIGKILL)
    again = started(world, music)
    again.wait_tracks(3)
    assert world.call("Library", "AddFolder", "s", more.as_uri()).split()[1] == number
    revision = int(world.get("Library", "Revision").split()[1])
    world.call("Library", "RemoveFolder", "t", number)
    again.wait_tracks(1)
    write_music(more / "late.flac", title="Late", track=4)
    gone = world.call("Library", "Get", "t", track)
    again.stop()
    third = started(world, music)
    third.wait_tracks(1)
    assert int(world.get("Library", "Revision").split()[1]) > revision
    assert world.call("Library", "AddFolder", "s", f"{more}/").split()[1] == number
    third.wait_tracks(4)

    assert '"manual"' in scans
    assert id_of(world, "There") == track
    assert '"favourite" b true "rating" d 0.75' in rows(world, "There")
    assert '"available" b false' in gone
    assert '"watched" b true "removable" b true' in world.call("Library", "ListFolders")
    said = daemon.log() + again.log() + third.log()
    assert "folder=More" in said
    assert "secret place" not in said
    assert "Traceback" not in said


def test_no_refusal_names_a_path_and_a_folder_of_the_configuration_stays(world: World, music: Path) -> None:
    write_music(music / "deep" / "a.flac")
    (world.folder / "file.flac").touch()
    daemon = started(world, music)
    daemon.wait_tracks(1)
    for path, words in (
        (world.folder / "nowhere", "nowhere: there is no such folder"),
        (world.folder / "file.flac", "file.flac: this is no folder"),
        (music / "deep", "deep: it lies in the music folder Music"),
        (world.folder, "the music folder Music lies in it"),
        (world.folder / "state" / "auralis", "auralis: auralisd keeps files of its own there"),
        (Path("relative"), "needs a scheme"),
    ):
        with pytest.raises(AssertionError, match="Call failed: ") as failure:
            world.call("Library", "AddFolder", "s", str(path))
        said = str(failure.value).partition("Call failed: ")[2]
        assert words in said
        assert "/" not in said.replace("file://", "")
    listed = world.call("Library", "ListFolders")
    number = listed.split('"id" t ')[1].split()[0]
    with pytest.raises(AssertionError, match="take it out of music_folders"):
        world.call("Library", "RemoveFolder", "t", number)

    assert listed.count('"id"') == 1
    assert world.get("Library", "TrackCount") == "t 1"
    assert "Traceback" not in daemon.log()


def test_what_is_wrong_with_an_added_folder_is_told_until_it_is_well_again_or_no_more(
    world: World, music: Path
) -> None:
    write_music(music / "a.flac", track=1)
    more = write_music(world.folder / "More" / "b.flac", track=2).parent
    (more / "out.flac").symlink_to(write_music(world.folder / "elsewhere.flac", track=3))
    daemon = started(world, music)
    daemon.wait_tracks(1)
    number = world.call("Library", "AddFolder", "s", str(more)).split()[1]
    daemon.wait_tracks(2)
    with pytest.raises(AssertionError, match=r"out\.flac: a link that leads out of the music folder"):
        world.playerctl("open", str(more / "out.flac"))
    world.playerctl("open", str(more / "b.flac"))
    for path in (world.folder / "away", more):
        (more if path != more else world.folder / "away").rename(path)
        faults = "as 0" if path == more else 'as 1 "folder-missing"'
        wait_until(lambda faults=faults: world.get("Daemon", "Faults") == faults)  # type: ignore[misc]
    more.rename(world.folder / "away")
    wait_until(lambda: world.get("Daemon", "Faults") == 'as 1 "folder-missing"')
    world.call("Library", "RemoveFolder", "t", number)

    assert world.get("Daemon", "Faults") == "as 0"
    assert world.get("Queue", "Length") == "u 2"
    assert "Traceback" not in daemon.log()


def test_the_default_folder_may_go_and_then_there_is_none(world: World) -> None:
    write_music(world.folder / "Music" / "a.flac")
    daemon = Daemon(world, "--output", "silent")
    daemon.wait_ready()
    daemon.wait_tracks(1)
    number = world.call("Library", "ListFolders").split('"id" t ')[1].split()[0]
    world.call("Library", "RemoveFolder", "t", number)
    daemon.wait_tracks(0)
    daemon.stop()
    again = Daemon(world, "--output", "silent")
    again.wait_ready()
    none = world.call("Library", "ListFolders")
    world.call("Library", "AddFolder", "s", str(world.folder / "Music"))
    again.wait_tracks(1)
    wait_until(lambda: '"removable" b true' in world.call("Library", "ListFolders"))

    assert none == "aa{sv} 0"
