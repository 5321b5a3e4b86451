"""Listening: all SQL of favourites, ratings, counts and the history.  A track without a row has none of them yet."""

import sqlite3
from collections.abc import Iterable

import msgspec

from auralisd.model.listening import PLAYED


class Heard(msgspec.Struct, frozen=True):
    """One line of the history: `id` grows with each and is never used again; `outcome` is PLAYED or SKIPPED."""

    id: int
    entry: int
    track: int
    at_unix_s: int
    outcome: str


def unknown_among(connection: sqlite3.Connection, tracks: Iterable[int]) -> int | None:
    """The first of `tracks` that does not exist; None when all do."""
    for track in tracks:
        if connection.execute("SELECT 1 FROM track WHERE id = ?", (track,)).fetchone() is None:
            return track
    return None


def keep_favourite(connection: sqlite3.Connection, tracks: Iterable[int], *, favourite: bool) -> int:
    """Answers how many tracks are not what they were."""
    if not favourite:
        return _written(
            connection, "UPDATE listening SET favourite = 0 WHERE track = ? AND favourite", ((t,) for t in tracks)
        )
    return _written(
        connection,
        "INSERT INTO listening (track, favourite) VALUES (?, 1) "
        "ON CONFLICT (track) DO UPDATE SET favourite = 1 WHERE NOT favourite",
        ((track,) for track in tracks),
    )


def keep_rating(connection: sqlite3.Connection, tracks: Iterable[int], rating: float | None) -> int:
    """0..1, or None for no rating.  Answers how many tracks are not what they were."""
    if rating is None:
        return _written(
            connection,
            "UPDATE listening SET rating = NULL WHERE track = ? AND rating IS NOT NULL",
            ((track,) for track in tracks),
        )
    return _written(
        connection,
        "INSERT INTO listening (track, rating) VALUES (?, ?) "
        "ON CONFLICT (track) DO UPDATE SET rating = excluded.rating WHERE rating IS NOT excluded.rating",
        ((track, rating) for track in tracks),
    )


def count_heard(connection: sqlite3.Connection, entry: int, track: int, outcome: str, now_unix_s: int) -> bool:
    """Count a play or a skip, and write it into the history.  False where the track does not exist any more."""
    if unknown_among(connection, (track,)) is not None:
        return False
    connection.execute("INSERT OR IGNORE INTO listening (track) VALUES (?)", (track,))
    if outcome == PLAYED:
        connection.execute(
            "UPDATE listening SET plays = plays + 1, last_played_unix_s = ? WHERE track = ?", (now_unix_s, track)
        )
    else:
        connection.execute("UPDATE listening SET skips = skips + 1 WHERE track = ?", (track,))
    connection.execute(
        "INSERT INTO history (entry, track, at_unix_s, outcome) VALUES (?, ?, ?, ?)",
        (entry, track, now_unix_s, outcome),
    )
    return True


def find_history(connection: sqlite3.Connection, before: int | None, limit: int) -> tuple[list[Heard], int]:
    """The newest lines first, those older than the line `before` (None: from the newest on), and how many there are."""
    rows = connection.execute(
        "SELECT id, entry, track, at_unix_s, outcome FROM history WHERE id < ? ORDER BY id DESC LIMIT ?",
        (2**63 - 1 if before is None else before, limit),
    ).fetchall()
    (total,) = connection.execute("SELECT count(*) FROM history").fetchone()
    return [Heard(*row) for row in rows], total


def clear_history(connection: sqlite3.Connection) -> None:
    """Forget what was heard when.  The counts stay."""
    connection.execute("DELETE FROM history")


def _written(connection: sqlite3.Connection, sql: str, rows: Iterable[tuple[object, ...]]) -> int:
    before = connection.total_changes
    connection.executemany(sql, rows)
    return connection.total_changes - before
