"""Forgetting: a library as on its first day, of which no id is ever used again."""

import sqlite3


def forget_everything(connection: sqlite3.Connection) -> int:
    """Forget every track, and with it all that was measured, counted and remembered of it; answers how many were
    listed.  The music folders keep their ids, and what is heard, and how, is not the library's to forget."""
    (listed,) = connection.execute("SELECT count(*) FROM track WHERE listed = 1").fetchone()
    for table in ("track", "album_preset", "unreadable", "unsettled"):
        connection.execute(f"DELETE FROM {table}")
    _forget_values(connection)
    return int(listed)


def _forget_values(connection: sqlite3.Connection) -> None:
    """Only the latest number stays, without its name: those that follow are counted from there."""
    connection.execute("DELETE FROM value WHERE id < (SELECT max(id) FROM value)")
    connection.execute("UPDATE value SET kind = 0, key = '', name = '', folded = ''")
