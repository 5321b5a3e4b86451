"""Backups: the database as it was before a newer schema touched it, in the folder `backups` beside it.

`schema-5-20261125T101500Z.db` is the database of schema 5 as it was then, whole; the newest three stay.  It is a
database like any other: copied to the place of `auralisd.db`, it is the way back.
"""

import contextlib
import re
import sqlite3
import time
from pathlib import Path

from auralisd.disk import to_disk
from auralisd.errors import StartRefused

FOLDER_NAME = "backups"
KEPT = 3
_HALF = "unfinished.db"
_NAME = re.compile(r"schema-(\d+)-(\d{8}T\d{6}Z)(?:-\d+)?\.db", re.ASCII)
_PAGES_AT_ONCE = 4_096


def back_up(connection: sqlite3.Connection, folder: Path, *, schema: int, now_unix_s: float) -> Path:
    """Copy the database into `folder`; there is a file of its name only when all of it is on the disk.

    Raises StartRefused where it cannot be written: a schema is never raised without.
    """
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now_unix_s))
    half = folder / _HALF
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        half.unlink(missing_ok=True)
        _copy(connection, half)
        to_disk(half)
        path = _free(folder, f"schema-{schema}-{stamp}")
        half.rename(path)
        to_disk(folder)
    except (OSError, sqlite3.Error) as failure:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)
        raise StartRefused(
            f"the database cannot be backed up in {folder} ({failure}): make room there, or make it writable, and "
            "start again; nothing was changed"
        ) from None
    _forget_old(folder)
    return path


def way_back(database: Path, schema: int) -> str:
    """What to do to go back to a database of `schema` or older; "" where no backup holds one."""
    fitting = [path for holds, path in _backups(database.parent / FOLDER_NAME) if holds <= schema]
    if not fitting:
        return ""
    newest = fitting[-1]
    return (
        f", or go back to how it was before: move {database}, and its -wal and -shm if they are there, away, and copy "
        f"{newest} to its place; what changed since then is not in it"
    )


def _copy(connection: sqlite3.Connection, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(target)) as copy:
        connection.backup(copy, pages=_PAGES_AT_ONCE)


def _free(folder: Path, stem: str) -> Path:
    """A name that is not taken: two in one second are two."""
    path, number = folder / f"{stem}.db", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}.db", number + 1
    return path


def _backups(folder: Path) -> list[tuple[int, Path]]:
    """The schema that each holds, and its path; in the order in which they were made."""
    with contextlib.suppress(OSError):
        named = [(name, path) for path in folder.iterdir() if (name := _NAME.fullmatch(path.name))]
        made = sorted((name[2], path.stat().st_mtime_ns, int(name[1]), path) for name, path in named)
        return [(holds, path) for _, _, holds, path in made]
    return []


def _forget_old(folder: Path) -> None:
    for _, path in _backups(folder)[:-KEPT]:
        with contextlib.suppress(OSError):
            path.unlink()
