"""Browsing: all SQL that answers which albums, artists, genres, years and folders tracks belong to."""

import sqlite3
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec

from auralisd.model.question import EVERY_TRACK, Question
from auralisd.model.track import parted_guest
from auralisd.store.hits import Hits
from auralisd.store.order import fold
from auralisd.store.search import Position
from auralisd.store.tracks import parted
from auralisd.store.values import ALBUM, ALBUM_ARTIST, ARTIST, GENRE

KINDS = ("albums", "artists", "genres", "folders", "years")
VARIOUS = frozenset({"various artists", "various", "va", "v.a."})
"""What compilations name as their album artist."""
_ROLES = {"artists": f"{ARTIST}, {ALBUM_ARTIST}", "genres": f"{GENRE}"}
_VALUE_KINDS = {"albums": ALBUM, "artists": ARTIST, "genres": GENRE}
_COLUMNS = {"albums": "album", "folders": "folder", "years": "year"}
_NAMED = {
    **dict.fromkeys(_VALUE_KINDS, "SELECT g.id, n.folded AS key, n.name FROM temp.part g JOIN value n ON n.id = g.id"),
    "folders": "SELECT g.id, n.name AS key, n.name FROM temp.part g JOIN folder n ON n.id = g.id",
    "years": "SELECT g.id, g.id AS key, CAST(g.id AS TEXT) AS name FROM temp.part g",
}
_BROAD = 4000
"""Of more tracks than this it is quicker to ask of each artist whether one of them is his."""


class WantedParts(msgspec.Struct, frozen=True):
    """One page of the parts of a `kind` into which the tracks that are asked for fall, by name."""

    kind: str
    question: Question
    descending: bool
    limit: int
    offset: int = 0
    after: Position | None = None


class Part(msgspec.Struct, frozen=True):
    """An artist, genre, folder or year; counted are the tracks that are asked for, and their albums."""

    id: int
    name: str
    tracks: int
    albums: int


class Album(msgspec.Struct, frozen=True):
    """Of the tracks that are asked for.  `artist` is None where they name nobody, or several; `compilation`: they name
    several, or all say that they are part of one."""

    id: int
    title: str
    artist: str | None
    date: str | None
    tracks: int
    duration_us: int
    compilation: bool


def find_parts(
    connection: sqlite3.Connection, wanted: WantedParts, *, hits: Hits | None = None, now_unix_s: int | None = None
) -> tuple[list[Part | Album], Position | None, int]:
    """The page's parts, the position after which the next one begins (None: no more), and how many there are in all."""
    now_unix_s = int(time.time()) if now_unix_s is None else now_unix_s
    with (hits or Hits()).of(connection, wanted.question, now_unix_s) as tracks:
        everything = wanted.question == EVERY_TRACK
        total = _gather(connection, wanted.kind, everything=everything, tracks=tracks)
        rows = _page(connection, wanted)
        page = rows[: wanted.limit]
        among = "" if everything else "AND +f.id IN temp.hit"
        make: Callable[[sqlite3.Connection, str, int, str, str], Part | Album]
        make = _album if wanted.kind == "albums" else _part
        parts = [make(connection, wanted.kind, part, name, among) for part, _, name in page]
    after = (page[-1][1], page[-1][0]) if len(rows) > wanted.limit else None
    return parts, after, total


def _gather(connection: sqlite3.Connection, kind: str, *, everything: bool, tracks: int) -> int:
    """Put the ids of the parts in `temp.part`, and count them."""
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS part (id INTEGER PRIMARY KEY)")
    connection.execute("DELETE FROM temp.part")
    if kind in _COLUMNS:
        column = _COLUMNS[kind]
        source = "fact f" if everything else "temp.hit h CROSS JOIN fact f ON f.id = h.id"
        ids = f"SELECT DISTINCT f.{column} FROM {source} WHERE f.{column} IS NOT NULL"
    elif everything or tracks > _BROAD:
        among = "fact" if everything else "temp.hit"
        ids = (
            f"SELECT v.id FROM value v WHERE v.kind = {_VALUE_KINDS[kind]} AND EXISTS (SELECT 1 FROM credit c "
            f"CROSS JOIN {among} h ON h.id = c.track WHERE c.value = v.id AND c.role IN ({_ROLES[kind]}))"
        )
    else:
        ids = (
            "SELECT DISTINCT c.value FROM temp.hit h CROSS JOIN credit c ON c.track = h.id "
            f"WHERE c.role IN ({_ROLES[kind]})"
        )
    return connection.execute(f"INSERT INTO temp.part {ids}").rowcount


def _page(connection: sqlite3.Connection, wanted: WantedParts) -> list[tuple[int, Any, str]]:
    """Ids, sort keys and names of one page and one row more."""
    way, beyond = ("DESC", "<") if wanted.descending else ("ASC", ">")
    after = "" if wanted.after is None else f"WHERE (key, id) {beyond} (?, ?) "
    return connection.execute(
        f"SELECT id, key, name FROM ({_NAMED[wanted.kind]}) {after}ORDER BY key {way}, id {way} LIMIT ? OFFSET ?",
        (*(wanted.after or ()), wanted.limit + 1, wanted.offset),
    ).fetchall()


def _part(connection: sqlite3.Connection, kind: str, part: int, name: str, among: str) -> Part:
    if kind in _ROLES:
        source = f"(SELECT DISTINCT track FROM credit WHERE value = ? AND role IN ({_ROLES[kind]})) c "
        source += f"CROSS JOIN fact f ON f.id = c.track {among}"
    else:
        source = f"fact f WHERE f.{_COLUMNS[kind]} = ? {among}"
    tracks, albums = connection.execute(f"SELECT count(*), count(DISTINCT f.album) FROM {source}", (part,)).fetchone()
    return Part(part, name, tracks, albums)


def _album(connection: sqlite3.Connection, _: str, part: int, name: str, among: str) -> Album:
    rows = connection.execute(
        "SELECT t.album_artist, t.artists, t.date, t.duration_us, t.compilation FROM fact f "
        f"CROSS JOIN track t ON t.id = f.id WHERE f.album = ? {among} ORDER BY f.id",
        (part,),
    ).fetchall()
    artist, several = _artist_of({row[0] for row in rows if row[0]}, dict.fromkeys(row[1] for row in rows if row[1]))
    return Album(
        id=part,
        title=name,
        artist=artist,
        date=min((row[2] for row in rows if row[2]), default=None),
        tracks=len(rows),
        duration_us=sum(row[3] or 0 for row in rows),
        compilation=several or all(row[4] for row in rows),
    )


def _artist_of(named: Collection[str], artists: Collection[str]) -> tuple[str | None, bool]:
    """Whose an album is, None for nobody's, and whether it is of several: by the album artists that its tracks name,
    else by their artists, of whom guests do not count."""
    if named:
        one = _only({fold(name): name for name in sorted({parted_guest(name)[0] for name in named}, reverse=True)})
        return one, one is None or fold(one) in VARIOUS
    one = _only({fold(words): ", ".join(parted(words)) for words in artists})
    if one is None:
        one = _only({fold(host): host for words in artists for host in parted(words)[:1]})
    return one, one is None and bool(artists)


def _only(names: Mapping[str, str]) -> str | None:
    return next(iter(names.values())) if len(names) == 1 else None
