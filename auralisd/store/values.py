"""Values: the artists, genres, composers and albums that tracks name, each with an id, and who names them.

A value keeps its id as long as the database lives.  Values that differ in case and accents only are one; it is shown as
it was spelled last.
"""

import sqlite3
from collections.abc import Iterator

from auralisd.model.track import Tags
from auralisd.store.order import fold

ARTIST, ALBUM_ARTIST, GENRE, COMPOSER = 1, 2, 3, 4
"""Roles in which a track names a value."""
ALBUM = 5
"""A kind of value only: a track holds the id of its album itself."""
KIND_OF = {ARTIST: ARTIST, ALBUM_ARTIST: ARTIST, GENRE: GENRE, COMPOSER: COMPOSER}
"""Whoever names it, an artist is the same one."""


def keep_values(connection: sqlite3.Connection, track: int, tags: Tags, album_identity: str) -> None:
    """From now on the track names these and no others."""
    connection.execute("DELETE FROM credit WHERE track = ?", (track,))
    for role, name in _named(tags):
        value = _id_of(connection, KIND_OF[role], fold(name), name)
        connection.execute("INSERT OR IGNORE INTO credit (track, role, value) VALUES (?, ?, ?)", (track, role, value))
    keep_album(connection, track, tags.album, album_identity)


def keep_album(connection: sqlite3.Connection, track: int, title: str | None, identity: str) -> None:
    """From now on the track belongs to this album; "" is none."""
    album = _id_of(connection, ALBUM, identity, title or "") if identity else None
    connection.execute("UPDATE track SET album_id = ? WHERE id = ? AND album_id IS NOT ?", (album, track, album))


def _named(tags: Tags) -> Iterator[tuple[int, str]]:
    yield from ((ARTIST, name) for name in tags.artists)
    if tags.album_artist:
        yield ALBUM_ARTIST, tags.album_artist
    yield from ((GENRE, name) for name in tags.genres)
    yield from ((COMPOSER, name) for name in tags.composers)


def _id_of(connection: sqlite3.Connection, kind: int, key: str, name: str) -> int:
    row = connection.execute("SELECT id, name FROM value WHERE kind = ? AND key = ?", (kind, key)).fetchone()
    if row is None:
        made = connection.execute(
            "INSERT INTO value (kind, key, name, folded) VALUES (?, ?, ?, ?)", (kind, key, name, fold(name))
        )
        return made.lastrowid or 0
    if row[1] != name:
        connection.execute("UPDATE value SET name = ? WHERE id = ?", (name, row[0]))
    return int(row[0])
