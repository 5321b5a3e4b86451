"""Tombstones: the rows of tracks whose files are gone, kept for as long as the files may return."""

import sqlite3

KEPT_S = 90 * 86_400
_PART = 500


def forget_gone(connection: sqlite3.Connection, now_unix_s: int) -> int:
    """Forget some hundred tracks that have been gone for 90 days, with all that was known of them, and of an album when
    none of its tracks is left; answers how many.

    One that stands in the queue is kept until it no longer does.
    """
    old = connection.execute(
        "SELECT id FROM track WHERE gone_unix_s < ? AND id NOT IN (SELECT track FROM queue_entry) LIMIT ?",
        (now_unix_s - KEPT_S, _PART),
    ).fetchall()
    connection.executemany("DELETE FROM track WHERE id = ?", old)
    if old:
        connection.execute(
            "DELETE FROM album_preset WHERE NOT EXISTS (SELECT 1 FROM track WHERE album_identity = album_preset.album "
            "AND album_identity != '')"
        )
    return len(old)
