"""Search: all SQL that answers questions about tracks."""

import sqlite3
import time
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from auralisd.model.listening import Numbers
from auralisd.model.profile import MEASURED_VERSION
from auralisd.model.question import EVERY_TRACK, Question
from auralisd.model.taste import TaggedGain
from auralisd.model.track import FileFacts, StreamFacts, Tags, Track
from auralisd.store.hits import Hits
from auralisd.store.rows import OUTSIDE
from auralisd.store.tracks import parted
from auralisd.store.values import ALBUM

SORTS = ("album", "title", "artist", "added", "year", "duration", "rating", "plays", "played")
"""The orders of an answer; rows that are equal in one of them are in the order of their ids."""

_WALKED = {"album": "album_key", "title": "title_key", "artist": "artist_key", "added": "added_unix_s"}
"""Orders that `track` has an index for."""
_SORTED = {
    "year": "coalesce(f.year, {last})",
    "duration": "coalesce(f.duration_us, {last})",
    "rating": "coalesce(l.rating, {last})",
    "plays": "coalesce(l.plays, 0)",
    "played": "coalesce(l.last_played_unix_s, 0)",
}
"""Orders that are made when asked for; what is not known comes last, whichever way round."""
_LAST = 2**62

_TRACK = f"""SELECT t.id, t.folder, f.name, f.path, t.path, t.device, t.inode, t.size_bytes, t.mtime_ns, t.format,
    t.duration_us, t.rate_hz, t.channels, t.bits, t.bitrate, t.title, t.artists, t.album, t.album_artist,
    t.track_number, t.disc_number, t.date, t.genres, t.composers, t.mbid, t.added_unix_s, t.available,
    t.measured_version = {MEASURED_VERSION} AND t.measured_code = '',
    t.track_gain_db, t.track_peak, t.album_gain_db, t.album_peak,
    l.favourite, l.rating, l.plays, l.skips, l.last_played_unix_s,
    (SELECT v.id FROM value v WHERE v.kind = {ALBUM} AND v.key = t.album_identity),
    t.bpm, t.comment, p.loudness_lufs, p.true_peak_dbtp
    FROM track t LEFT JOIN folder f ON f.id = t.folder LEFT JOIN listening l ON l.track = t.id
    LEFT JOIN profile p ON p.track = t.id AND p.version = {MEASURED_VERSION} AND t.measured_version = p.version
    WHERE t.id = ?"""
_BROAD = 4000
"""More matches than this are not sorted: see `_walk_or_sort`."""

Position = tuple[Any, int]
"""The sort key and the id of a row: where a page ends."""


class Wanted(msgspec.Struct, frozen=True):
    """One page: `after` is the position of the row before it."""

    question: Question
    sort: str
    descending: bool
    limit: int
    offset: int = 0
    after: Position | None = None


def find_page(
    connection: sqlite3.Connection, wanted: Wanted, *, hits: Hits | None = None, now_unix_s: int | None = None
) -> tuple[list[Track], Position | None, int]:
    """The page's tracks, the position after which the next one begins (None: no more), and how many match in all."""
    now_unix_s = int(time.time()) if now_unix_s is None else now_unix_s
    with (hits or Hits()).of(connection, wanted.question, now_unix_s) as total:
        sql, values = _page_query(wanted, total)
        rows = connection.execute(sql, values).fetchall()
        page = rows[: wanted.limit]
        after = (page[-1][1], page[-1][0]) if len(rows) > wanted.limit else None
        return list(find_tracks(connection, (track for track, _ in page)).values()), after, total


def _page_query(wanted: Wanted, total: int) -> tuple[str, list[Any]]:
    """Ids and sort keys of one page and one row more."""
    way, beyond = ("DESC", "<") if wanted.descending else ("ASC", ">")
    if wanted.sort in _WALKED:
        track, key, source, tests = _walk_or_sort(wanted, total)
    else:
        track, key = "f.id", _SORTED[wanted.sort].format(last=-_LAST if wanted.descending else _LAST)
        source = _source_of_sort(key, everything=wanted.question == EVERY_TRACK)
        tests = []
    values: list[Any] = []
    if wanted.after is not None:
        tests.append(f"({key}, {track}) {beyond} (?, ?)")
        values += wanted.after
    where = f"WHERE {' AND '.join(tests)} " if tests else ""
    sql = f"SELECT {track}, {key} FROM {source} {where}ORDER BY {key} {way}, {track} {way} LIMIT ? OFFSET ?"
    return sql, [*values, wanted.limit + 1, wanted.offset]


def _source_of_sort(key: str, *, everything: bool) -> str:
    if "l." in key:
        return f"{'fact' if everything else 'temp.hit'} f LEFT JOIN listening l ON l.track = f.id"
    return "fact f" if everything else "temp.hit h CROSS JOIN fact f ON f.id = h.id"


def _walk_or_sort(wanted: Wanted, total: int) -> tuple[str, str, str, list[str]]:
    """Few matches are looked up and sorted; of many, the first in order are met soon on a walk through the order."""
    key = _WALKED[wanted.sort]
    if wanted.question != EVERY_TRACK and total <= _BROAD:
        return "t.id", f"t.{key}", "temp.hit h CROSS JOIN track t ON t.id = h.id", []
    among = [] if wanted.question == EVERY_TRACK else ["t.id IN temp.hit"]
    return "t.id", f"t.{key}", f"track t INDEXED BY track_by_{wanted.sort}", ["t.listed", *among]


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
            bpm=rest[33],
            comment=rest[34],
        ),
        added_unix_s=rest[20],
        available=bool(rest[21]),
        analysed=bool(rest[22]),
        numbers=_numbers(*rest[27:32]),
        album_id=rest[32],
        loudness_lufs=rest[35],
        true_peak_dbtp=rest[36],
    )


def _numbers(
    favourite: int | None, rating: float | None, plays: int | None, skips: int | None, last_played_unix_s: int | None
) -> Numbers:
    """Of a track that nobody has listened to yet, all is None."""
    return Numbers(bool(favourite), rating, plays or 0, skips or 0, last_played_unix_s)


def gain_of(gain_db: float | None, peak: float | None) -> TaggedGain | None:
    """What a pair of columns says."""
    return None if gain_db is None else TaggedGain(gain_db, peak)
