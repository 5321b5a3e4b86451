"""Adopting: a file that is new to whoever found it gets an id: that of a track that is there or gone, or another."""

import sqlite3

from auralisd.model.track import FileFacts
from auralisd.store.identity import carry_sound, keeps_sound, return_gone
from auralisd.store.rows import OUTSIDE, ReadFile
from auralisd.store.tracks import add_tracks, change_tracks, id_at, retag_tracks


def adopt_file(connection: sqlite3.Connection, file: ReadFile, now_unix_s: int) -> tuple[int, str]:
    """The id of the file's track, and what became of that: `added`, `moved`, `changed`, or "" where it was known.

    Somebody else may have adopted the file since it was read.  A file outside the music folders is nobody who is gone.
    """
    if (track := id_at(connection, file.place)) is not None:
        return track, _bring_up_to_date(connection, track, file)
    if file.place[0] != OUTSIDE and (returned := return_gone(connection, file)) is not None:
        return returned
    return add_tracks(connection, (file,), now_unix_s)[0], "added"


def _bring_up_to_date(connection: sqlite3.Connection, track: int, file: ReadFile) -> str:
    row = connection.execute("SELECT device, inode, size_bytes, mtime_ns FROM track WHERE id = ?", (track,)).fetchone()
    if FileFacts(*row) == file.facts:
        retag_tracks(connection, ((track, file),))
        return ""
    if keeps_sound(connection, track, file):
        carry_sound(connection, track, file)
    else:
        change_tracks(connection, ((track, file),))
    return "changed"
