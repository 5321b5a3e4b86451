"""Adopting: a file that is new to whoever found it gets an id: that of a track that is there or gone, or another."""

import sqlite3
from collections import Counter
from collections.abc import Iterable

from auralisd.model.track import FileFacts
from auralisd.store.identity import any_gone, carry_sound, keeps_sound, return_gone
from auralisd.store.rows import OUTSIDE, ReadFile
from auralisd.store.tracks import add_tracks, change_tracks, id_at, retag_tracks


def adopt_file(connection: sqlite3.Connection, file: ReadFile, now_unix_s: int) -> tuple[int, str]:
    """The id of the file's track, and what became of that: `added`, `moved`, `changed`, or "" where it was known.

    Somebody else may have adopted the file since it was read.  A file outside the music folders is nobody who is gone.
    """
    if (adopted := _adopted(connection, file, gone=any_gone(connection))) is not None:
        return adopted
    return add_tracks(connection, (file,), now_unix_s)[0], "added"


def adopt_files(connection: sqlite3.Connection, files: Iterable[ReadFile], now_unix_s: int) -> Counter[str]:
    """The same of many at once; answers how often what became of them."""
    gone, new, outcomes = any_gone(connection), [], Counter[str]()
    for file in files:
        if (adopted := _adopted(connection, file, gone=gone)) is None:
            new.append(file)
        else:
            outcomes[adopted[1]] += 1
    outcomes["added"] = len(add_tracks(connection, new, now_unix_s))
    return outcomes


def _adopted(connection: sqlite3.Connection, file: ReadFile, *, gone: bool) -> tuple[int, str] | None:
    """None for a track that is new.  `gone`: there are tracks that are gone."""
    if (track := id_at(connection, file.place)) is not None:
        return track, _bring_up_to_date(connection, track, file)
    return return_gone(connection, file) if gone and file.place[0] != OUTSIDE else None


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
