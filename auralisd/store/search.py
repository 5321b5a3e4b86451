"""Search: all SQL that answers questions about tracks."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from auralisd.model.track import FileFacts, StreamFacts, Tags, Track
from auralisd.store.rows import OUTSIDE
from auralisd.store.tracks import parted

SORT_COLUMNS = {"album": "album_key", "title": "title_key", "artist": "artist_key", "added": "added_unix_s"}

_TRACK = """SELECT t.id, t.folder, f.name, f.path, t.path, t.device, t.inode, t.size_bytes, t.mtime_ns, t.format,
    t.duration_us, t.rate_hz, t.channels, t.bits, t.bitrate, t.title, t.artists, t.album, t.album_artist,
    t.track_number, t.disc_number, t.date, t.genres, t.composers, t.mbid, t.added_unix_s, t.available,
    t.measured_version > 0 AND t.measured_code = '', t.{key}
    FROM track t {join} folder f ON f.id = t.folder"""
_LISTED = "t.available AND t.folder IS NOT NULL"

Position = tuple[Any, int]
"""The sort key and the id of a row: where a page ends."""


class Wanted(msgspec.Struct, frozen=True):
    """One page: `match` is an FTS5 expression, "" for every track; `after` the position of the row before it."""

    match: str
    sort: str
    descending: bool
    limit: int
    offset: int = 0
    after: Position | None = None


def find_page(connection: sqlite3.Connection, wanted: Wanted) -> tuple[list[Track], Position | None, int]:
    """The page's tracks, the position after which the next one begins (None: no more), and how many match in all."""
    key = SORT_COLUMNS[wanted.sort]
    way = "DESC" if wanted.descending else "ASC"
    conditions: list[str] = [_LISTED]
    values: list[Any] = []
    if wanted.match:
        conditions.append("t.id IN (SELECT rowid FROM search WHERE search MATCH ?)")
        values.append(wanted.match)
    if wanted.after is not None:
        conditions.append(f"(t.{key}, t.id) {'<' if wanted.descending else '>'} (?, ?)")
        values += wanted.after
    rows = connection.execute(
        f"{_TRACK.format(key=key, join='JOIN')} WHERE {' AND '.join(conditions)} "
        f"ORDER BY t.{key} {way}, t.id {way} LIMIT ? OFFSET ?",
        (*values, wanted.limit + 1, wanted.offset),
    ).fetchall()
    page = rows[: wanted.limit]
    after = (page[-1][-1], page[-1][0]) if len(rows) > wanted.limit else None
    return [_track(row) for row in page], after, _count(connection, wanted.match)


def find_tracks(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, Track]:
    """The tracks that exist among `ids`, available or not."""
    found: dict[int, Track] = {}
    sql = f"{_TRACK.format(key='id', join='LEFT JOIN')} WHERE t.id = ?"
    for track in ids:
        if (row := connection.execute(sql, (track,)).fetchone()) is not None:
            found[track] = _track(row)
    return found


def album_order(connection: sqlite3.Connection) -> tuple[int, ...]:
    """Every available track of the folders, in album order."""
    rows = connection.execute(f"SELECT t.id FROM track t WHERE {_LISTED} ORDER BY t.album_key, t.id")
    return tuple(track for (track,) in rows)


def _count(connection: sqlite3.Connection, match: str) -> int:
    matching = " AND t.id IN (SELECT rowid FROM search WHERE search MATCH ?)" if match else ""
    sql = f"SELECT count(*) FROM track t WHERE {_LISTED}{matching}"
    (count,) = connection.execute(sql, (match,) if match else ()).fetchone()
    return int(count)


def _track(row: Sequence[Any]) -> Track:
    (track, folder, folder_name, folder_path, path, *rest) = row
    return Track(
        id=track,
        folder=folder or OUTSIDE,
        folder_name=folder_name or "",
        path=folder_path.rstrip(b"/") + b"/" + path if folder else path,
        file_name=path.rpartition(b"/")[2].decode("utf-8", "replace"),
        facts=FileFacts(*rest[0:4]),
        stream=StreamFacts(*rest[4:10]),
        tags=Tags(
            title=rest[10],
            artists=parted(rest[11]),
            album=rest[12],
            album_artist=rest[13],
            track_number=rest[14],
            disc_number=rest[15],
            date=rest[16],
            genres=parted(rest[17]),
            composers=parted(rest[18]),
            mbid=rest[19],
        ),
        added_unix_s=rest[20],
        available=bool(rest[21]),
        analysed=bool(rest[22]),
    )
