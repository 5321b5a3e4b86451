"""What `auralisd check` finds."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from auralisd.config import Asked, load_config
from auralisd.stages.check import Finding, _bus, _watches, music_folders
from auralisd.store.database import Database
from auralisd.store.folders import add_folder, remove_folder
from auralisd.store.tracks import keep_folders


def finding(address: str) -> Finding:
    (only,) = _bus(load_config(Asked(), {"DBUS_SESSION_BUS_ADDRESS": address}))
    return only


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Path]:
    """The folder in which something listens, at `the bus` and at an abstract name like the folder's."""
    with socket.socket(socket.AF_UNIX) as named, socket.socket(socket.AF_UNIX) as abstract:
        named.bind(str(tmp_path / "the bus"))
        abstract.bind(f"\0{tmp_path}")
        named.listen()
        abstract.listen()
        yield tmp_path


@pytest.mark.parametrize(
    "address",
    [
        "unix:path={}/the%20bus,guid=0123",
        "unix:abstract={},guid=0123",
        "unix:path={}/none;unix:path={}/the%20bus",
    ],
)
def test_a_bus_is_found_at_any_of_its_addresses(bus: Path, address: str) -> None:
    assert finding(address.replace("{}", str(bus))) == Finding("session bus answers")


def test_a_bus_that_is_nowhere_is_fatal_and_each_address_has_its_reason(tmp_path: Path) -> None:
    found = finding(f"unix:path={tmp_path}/none;unix:abstract={tmp_path};tcp:host=127.0.0.1,port=1")

    assert found.fatal
    assert "(No such file or directory, Connection refused, Connection refused)" in found.what
    assert "dbus-run-session" in found.remedy


async def test_folders_that_were_added_or_removed_are_looked_at_as_the_daemon_would(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    config = load_config(Asked(), environment)
    before = music_folders(config)
    config.state_dir.mkdir(parents=True)
    database = Database(config.state_dir, lambda *_: None)
    await database.open()
    await database.run(lambda rows: add_folder(rows, b"/mnt/nas/\xff", "nas"))
    await database.run(lambda rows: keep_folders(rows, [(bytes(tmp_path / "Music"), "Music")]))
    added = music_folders(config)
    await database.run(lambda rows: remove_folder(rows, 2, remembered=True))
    removed = music_folders(config)
    await database.close()
    named = load_config(Asked(music=(tmp_path / "Music",)), environment)

    assert before == [tmp_path / "Music"]
    assert added == [tmp_path / "Music", Path("/mnt/nas/\udcff")]
    assert removed == [Path("/mnt/nas/\udcff")]
    assert music_folders(named) == [tmp_path / "Music", Path("/mnt/nas/\udcff")]


@pytest.mark.parametrize(("limit", "remedy"), [(4, "raise it: sudo sysctl fs.inotify.max_user_watches=8"), (5, "")])
def test_more_folders_than_can_be_watched_are_told_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int, remedy: str
) -> None:
    """The kernel's limit cannot be set for one process: another file is read in its place."""
    (tmp_path / "limit").write_text(f"{limit}\n")
    monkeypatch.setattr("auralisd.stages.check.WATCH_LIMIT", tmp_path / "limit")
    for name in ("a/b", "c"):
        (tmp_path / "Music" / name).mkdir(parents=True)
    config = load_config(Asked(music=(tmp_path / "Music",)), {"HOME": str(tmp_path)})

    assert list(_watches(config)) == [Finding(f"4 folders to watch, {limit} allowed", remedy)]
