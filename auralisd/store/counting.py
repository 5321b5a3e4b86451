"""What the library holds, in numbers; and what it could not read."""

import sqlite3

import msgspec


class Holdings(msgspec.Struct, frozen=True):
    """Available tracks of the folders, their albums and their length; `refused` pairs relative paths with codes."""

    tracks: int
    albums: int
    duration_us: int
    refused: tuple[tuple[bytes, str], ...]


def holdings(connection: sqlite3.Connection) -> Holdings:
    """Counted now, over everything: for a summary, not for every turn."""
    tracks, albums, duration_us = connection.execute(
        "SELECT count(*), count(DISTINCT album), coalesce(sum(duration_us), 0) FROM fact"
    ).fetchone()
    refused = connection.execute("SELECT path, code FROM unreadable ORDER BY path").fetchall()
    return Holdings(tracks, albums, duration_us, tuple(refused))


def count_in_folders(connection: sqlite3.Connection) -> dict[int, int]:
    """The available tracks of each music folder that has some."""
    return dict(connection.execute("SELECT folder, count(*) FROM fact GROUP BY folder"))
