"""Adopting: a file that somebody asks for by its path gets an id, wherever it lies."""

import sqlite3

from auralisd.store.rows import ReadFile
from auralisd.store.tracks import add_tracks, change_tracks, id_at, retag_tracks


def adopt_file(connection: sqlite3.Connection, file: ReadFile, now_unix_s: int) -> tuple[int, bool]:
    """The id of the track at that place, made or brought up to date; True when it is new."""
    if (track := id_at(connection, file.place)) is None:
        return add_tracks(connection, (file,), now_unix_s)[0], True
    (facts,) = connection.execute(
        "SELECT device, inode, size_bytes, mtime_ns FROM track WHERE id = ?", (track,)
    ).fetchall()
    if facts != (file.facts.device, file.facts.inode, file.facts.size_bytes, file.facts.mtime_ns):
        change_tracks(connection, ((track, file),))
    else:
        retag_tracks(connection, ((track, file),))
    return track, False
