"""A schema is raised whole or not at all, never without a backup, and there is a way back."""

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from auralisd.errors import StartRefused
from auralisd.store import backup as backups
from auralisd.store.backup import FOLDER_NAME, back_up
from auralisd.store.database import FILE_NAME, Database
from auralisd.store.migrations import MIGRATIONS, migrate

KILLS = 60 if os.environ.get("AURALISD_CAMPAIGN") == "1" else 8
OLD = 2
TRACKS = 6_000

_OPENING = """
import asyncio, sys
from pathlib import Path
from auralisd.store.database import Database

async def main() -> None:
    database = Database(Path(sys.argv[1]), lambda *_: None)
    print("opening", flush=True)
    await database.open()
    await database.close()

asyncio.run(main())
"""


def write_old(folder: Path, tracks: int = 1) -> Path:
    """A database of an older schema that holds something."""
    path = folder / FILE_NAME
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection, MIGRATIONS[:OLD])
        connection.execute("BEGIN")
        connection.execute("INSERT INTO folder VALUES (1, x'2f', 'music')")
        connection.executemany(
            "INSERT INTO track (folder, path, dir, device, inode, size_bytes, mtime_ns, format, artists, genres, "
            "composers, heading, album_key, title_key, artist_key, added_unix_s, available) "
            "VALUES (1, ?, x'', 1, ?, 1, 1, 'flac', 'Ada', '', '', ?, x'', x'', x'', 0, 1)",
            ((b"%d.flac" % number, number, f"Heading {number}") for number in range(tracks)),
        )
        connection.execute("COMMIT")
    return path


def state_of(path: Path) -> tuple[int, int, str]:
    """Schema, tracks and integrity."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return (
            connection.execute("PRAGMA user_version").fetchone()[0],
            connection.execute("SELECT count(*) FROM track WHERE heading LIKE 'Heading %'").fetchone()[0],
            connection.execute("PRAGMA integrity_check").fetchone()[0],
        )


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / FOLDER_NAME).iterdir())


async def opened(folder: Path) -> None:
    database = Database(folder, lambda *_: None)
    await database.open()
    await database.close()


async def test_an_older_schema_is_backed_up_before_it_is_raised(tmp_path: Path) -> None:
    path = write_old(tmp_path)
    await opened(tmp_path)
    (kept,) = names_in(tmp_path)

    assert kept.startswith(f"schema-{OLD}-")
    assert state_of(tmp_path / FOLDER_NAME / kept) == (OLD, 1, "ok")
    assert state_of(path) == (len(MIGRATIONS), 1, "ok")


async def test_a_database_that_is_new_or_up_to_date_needs_no_backup(tmp_path: Path) -> None:
    await opened(tmp_path)
    await opened(tmp_path)

    assert not (tmp_path / FOLDER_NAME).exists()


def test_the_newest_three_backups_stay_and_nothing_else_is_touched(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER_NAME
    folder.mkdir()
    (folder / "mine.db").touch()
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        for second in (1, 2, 2, 3):
            back_up(connection, folder, schema=4, now_unix_s=second)

    assert names_in(tmp_path) == [
        "mine.db",
        "schema-4-19700101T000002Z-2.db",
        "schema-4-19700101T000002Z.db",
        "schema-4-19700101T000003Z.db",
    ]


async def test_no_backup_no_new_schema(tmp_path: Path) -> None:
    path = write_old(tmp_path)
    (tmp_path / FOLDER_NAME).write_text("in the way")
    with pytest.raises(StartRefused, match=r"cannot be backed up .*start again; nothing was changed"):
        await opened(tmp_path)

    assert state_of(path) == (OLD, 1, "ok")


def test_a_backup_that_breaks_off_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(backups, "to_disk", full)
    with (
        contextlib.closing(sqlite3.connect(":memory:")) as connection,
        pytest.raises(StartRefused, match="make room"),
    ):
        back_up(connection, tmp_path / FOLDER_NAME, schema=4, now_unix_s=0)

    assert names_in(tmp_path) == []


async def test_a_newer_schema_is_refused_and_the_way_back_that_is_named_works(tmp_path: Path) -> None:
    path = write_old(tmp_path)
    await opened(tmp_path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    (kept,) = names_in(tmp_path)
    with pytest.raises(StartRefused, match=f"newer auralisd.*{FILE_NAME}.*copy .*{kept} to its place"):
        await opened(tmp_path)
    path.rename(tmp_path / "newer.db")
    path.write_bytes((tmp_path / FOLDER_NAME / kept).read_bytes())
    await opened(tmp_path)

    assert state_of(path) == (len(MIGRATIONS), 1, "ok")
    assert state_of(tmp_path / "newer.db")[0] == len(MIGRATIONS) + 1


async def test_a_backup_of_a_schema_that_is_too_new_is_no_way_back(tmp_path: Path) -> None:
    path = write_old(tmp_path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 1000")
        back_up(connection, tmp_path / FOLDER_NAME, schema=999, now_unix_s=0)
    with pytest.raises(StartRefused, match=r"--state-dir$"):
        await opened(tmp_path)


@pytest.mark.system
def test_killed_at_any_moment_of_it_nothing_is_lost(tmp_path: Path) -> None:
    dice = random.Random(11)
    content = write_old(tmp_path, TRACKS).read_bytes()
    path, took_s = tmp_path / FILE_NAME, _seconds_to_open(tmp_path)
    for _ in range(KILLS):
        for stale in (path, path.with_name(f"{FILE_NAME}-wal"), path.with_name(f"{FILE_NAME}-shm")):
            stale.unlink(missing_ok=True)
        path.write_bytes(content)
        with subprocess.Popen([sys.executable, "-c", _OPENING, str(tmp_path)], stdout=subprocess.PIPE) as opening:
            assert opening.stdout is not None
            opening.stdout.readline()
            time.sleep(dice.uniform(0, took_s))
            opening.send_signal(signal.SIGKILL)
        schema, tracks, integrity = state_of(path)
        assert OLD <= schema <= len(MIGRATIONS)
        assert (tracks, integrity) == (TRACKS, "ok")
        for name in names_in(tmp_path) if (tmp_path / FOLDER_NAME).exists() else ():
            if name.startswith("schema-"):
                assert state_of(tmp_path / FOLDER_NAME / name) == (int(name.split("-")[1]), TRACKS, "ok")
        asyncio.run(opened(tmp_path))
        assert state_of(path) == (len(MIGRATIONS), TRACKS, "ok")

    assert len(names_in(tmp_path)) <= backups.KEPT


def _seconds_to_open(folder: Path) -> float:
    with subprocess.Popen([sys.executable, "-c", _OPENING, str(folder)], stdout=subprocess.PIPE) as opening:
        assert opening.stdout is not None
        opening.stdout.readline()
        began_s = time.monotonic()
        opening.wait()
    return time.monotonic() - began_s
