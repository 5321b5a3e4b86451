"""Search: all SQL that answers questions about tracks."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from auralisd.model.listening import Numbers
from auralisd.model.profile import MEASURED_VERSION
from auralisd.model.taste import TaggedGain
from auralisd.model.track import FileFacts, StreamFacts, Tags, Track
from auralisd.store.rows import OUTSIDE
from auralisd.store.tracks import parted

SORT_COLUMNS = {"album": "album_key", "title": "title_key", "artist": "artist_key", "added": "added_unix_s"}

_TRACK = f"""SELECT t.id, t.folder, f.name, f.path, t.path, t.device, t.inode, t.size_bytes, t.mtime_ns, t.format,
    t.duration_us, t.rate_hz, t.channels, t.bits, t.bitrate, t.title, t.artists, t.album, t.album_artist,
    t.track_number, t.disc_number, t.date, t.genres, t.composers, t.mbid, t.added_unix_s, t.available,
    t.measured_version = {MEASURED_VERSION} AND t.measured_code = '',
    t.track_gain_db, t.track_peak, t.album_gain_db, t.album_peak,
    l.favourite, l.rating, l.plays, l.skips, l.last_played_unix_s
    FROM track t LEFT JOIN folder f ON f.id = t.folder LEFT JOIN listening l ON l.track = t.id WHERE t.id = ?"""
_BROAD = 2000
"""More matches than this are not sorted: see `_page_query`."""

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
    total = _count(connection, wanted.match)
    sql, values = _page_query(wanted, broad=not wanted.match or total > _BROAD)
    rows = connection.execute(sql, values).fetchall()
    page = rows[: wanted.limit]
    after = (page[-1][1], page[-1][0]) if len(rows) > wanted.limit else None
    return list(find_tracks(connection, (track for track, _ in page)).values()), after, total


def _page_query(wanted: Wanted, *, broad: bool) -> tuple[str, list[Any]]:
    """Ids and sort keys of one page and one row more.

    Few matches are looked up and sorted; of many, the first in order are met soon on a walk through the order.
    """
    key = SORT_COLUMNS[wanted.sort]
    way, beyond = ("DESC", "<") if wanted.descending else ("ASC", ">")
    conditions: list[str] = ["listed"]
    values: list[Any] = []
    if wanted.match:
        conditions.append("id IN (SELECT rowid FROM search WHERE search MATCH ?)")
        values.append(wanted.match)
    if wanted.after is not None:
        conditions.append(f"({key}, id) {beyond} (?, ?)")
        values += wanted.after
    source = f"track INDEXED BY track_by_{wanted.sort}" if broad else "track NOT INDEXED"
    sql = (
        f"SELECT id, {key} FROM {source} WHERE {' AND '.join(conditions)} "
        f"ORDER BY {key} {way}, id {way} LIMIT ? OFFSET ?"
    )
    return sql, [*values, wanted.limit + 1, wanted.offset]


def find_tracks(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, Track]:
    """The tracks that exist among `ids`, available or not."""
    found: dict[int, Track] = {}
    for track in ids:
        if (row := connection.execute(_TRACK, (track,)).fetchone()) is not None:
            found[track] = _track(row)
    return found


def album_order(connection: sqlite3.Connection) -> tuple[int, ...]:
    """Every available track of the folders, in album order."""
    rows = connection.execute("SELECT id FROM track WHERE listed ORDER BY album_key, id")
    return tuple(track for (track,) in rows)


def _count(connection: sqlite3.Connection, match: str) -> int:
    """How many match: those of the word index, which is quick to count, without those that are not listed."""
    if not match:
        (count,) = connection.execute("SELECT count(*) FROM track WHERE listed = 1").fetchone()
        return int(count)
    (found,) = connection.execute("SELECT count(*) FROM search WHERE search MATCH ?", (match,)).fetchone()
    (unlisted,) = connection.execute(
        "SELECT count(*) FROM track INDEXED BY track_listed WHERE listed = 0 AND id IN "
        "(SELECT rowid FROM search WHERE search MATCH ?)",
        (match,),
    ).fetchone()
    return int(found - unlisted)


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
            track_gain=gain_of(*rest[23:25]),
            album_gain=gain_of(*rest[25:27]),
        ),
        added_unix_s=rest[20],
        available=bool(rest[21]),
        analysed=bool(rest[22]),
        numbers=_numbers(*rest[27:32]),
    )


def _numbers(
    favourite: int | None, rating: float | None, plays: int | None, skips: int | None, last_played_unix_s: int | None
) -> Numbers:
    """Of a track that nobody has listened to yet, all is None."""
    return Numbers(bool(favourite), rating, plays or 0, skips or 0, last_played_unix_s)


def gain_of(gain_db: float | None, peak: float | None) -> TaggedGain | None:
    """What a pair of columns says."""
    return None if gain_db is None else TaggedGain(gain_db, peak)
