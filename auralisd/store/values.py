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


class Values:
    """The values that one transaction meets: each is looked up once, because an album's tracks name the same ones."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._met: dict[tuple[int, str, str], int] = {}

    def album_id(self, tags: Tags, identity: str) -> int | None:
        """The id of the album with this identity; "" is none."""
        return self._id_of(ALBUM, identity, tags.album or "") if identity else None

    def keep(self, track: int, tags: Tags) -> None:
        """The track, which named none so far, names these."""
        credits = {(track, role, self._id_of(KIND_OF[role], fold(name), name)) for role, name in _named(tags)}
        self._connection.executemany("INSERT INTO credit (track, role, value) VALUES (?, ?, ?)", credits)

    def replace(self, track: int, tags: Tags) -> None:
        """From now on the track names these and no others."""
        self._connection.execute("DELETE FROM credit WHERE track = ?", (track,))
        self.keep(track, tags)

    def _id_of(self, kind: int, key: str, name: str) -> int:
        if (met := self._met.get((kind, key, name))) is not None:
            return met
        row = self._connection.execute("SELECT id, name FROM value WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        if row is None:
            row = self._connection.execute(
                "INSERT INTO value (kind, key, name, folded) VALUES (?, ?, ?, ?) RETURNING id, name",
                (kind, key, name, fold(name)),
            ).fetchone()
        elif row[1] != name:
            self._connection.execute("UPDATE value SET name = ? WHERE id = ?", (name, row[0]))
        self._met[kind, key, name] = row[0]
        return int(row[0])


def _named(tags: Tags) -> Iterator[tuple[int, str]]:
    yield from ((ARTIST, name) for name in tags.artists)
    if tags.album_artist:
        yield ALBUM_ARTIST, tags.album_artist
    yield from ((GENRE, name) for name in tags.genres)
    yield from ((COMPOSER, name) for name in tags.composers)
