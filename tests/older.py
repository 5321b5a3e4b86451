"""Databases of older versions."""

import contextlib
import sqlite3

from auralisd.store.migrations import migrate
from auralisd.store.rows import ReadFile
from auralisd.store.tracks import add_tracks, keep_folders


def write_tracks(old: sqlite3.Connection, files: list[ReadFile]) -> None:
    """Write what is written today, as far as the older schema has a place for it."""
    columns = ", ".join(name for _, name, *_ in old.execute("PRAGMA table_info(track)"))
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as today:
        migrate(today)
        keep_folders(today, [(b"/music", "music")])
        add_tracks(today, files, 0)
        rows = today.execute(f"SELECT {columns} FROM track").fetchall()
    old.executemany(f"INSERT INTO track ({columns}) VALUES ({', '.join('?' * len(rows[0]))})", rows)
