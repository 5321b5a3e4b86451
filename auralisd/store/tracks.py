"""Tracks: all SQL that brings the library up to date."""

import sqlite3
from collections.abc import Iterable, Sequence

from auralisd.model.taste import TaggedGain
from auralisd.model.track import TAGS_VERSION, FileFacts, StreamFacts, Tags
from auralisd.store.albums import album_of, group_of
from auralisd.store.asking import keep_new
from auralisd.store.order import keys_of
from auralisd.store.rows import OUTSIDE, Place, ReadFile, Refused
from auralisd.store.settling import note_new

_PLACED = "folder = ?, path = ?, dir = ?, device = ?, inode = ?, size_bytes = ?, mtime_ns = ?"
_STREAM = "format = ?, duration_us = ?, rate_hz = ?, channels = ?, bits = ?, bitrate = ?, signature = ?"
_TAGGED = (
    "title = ?, artists = ?, album = ?, album_artist = ?, track_number = ?, disc_number = ?, date = ?, genres = ?, "
    "composers = ?, mbid = ?, track_gain_db = ?, track_peak = ?, album_gain_db = ?, album_peak = ?, title_sort = ?, "
    "artist_sort = ?, album_sort = ?, album_artist_sort = ?, composer_sort = ?, original_date = ?, bpm = ?, "
    "comment = ?, compilation = ?, has_lyrics = ?, has_art = ?, mb_album = ?, mb_artists = ?, mb_album_artist = ?, "
    "mb_release_group = ?, tags_version = ?"
)
_KEYED = "heading = ?, album_key = ?, title_key = ?, artist_key = ?, album_identity = ?, album_group = ?"
_HERE = "available = 1, gone_unix_s = NULL"
_COLUMNS = [term.split(" = ")[0] for part in (_PLACED, _STREAM, _TAGGED, _KEYED) for term in part.split(", ")]
_ADD = (
    f"INSERT INTO track (id, {', '.join(_COLUMNS)}, added_unix_s, available) "
    f"VALUES ({', '.join('?' * (len(_COLUMNS) + 2))}, 1)"
)


def keep_folders(connection: sqlite3.Connection, folders: Sequence[tuple[bytes, str]]) -> tuple[int, ...]:
    """The ids of music folders (path and name), made where they are new; tracks of all others become unavailable."""
    connection.executemany(
        "INSERT INTO folder (path, name) VALUES (?, ?) ON CONFLICT (path) DO UPDATE SET name = excluded.name", folders
    )
    rows = dict(connection.execute("SELECT path, id FROM folder"))
    ids = tuple(rows.pop(path) for path, _ in folders)
    for other in rows.values():
        lose_tracks(connection, listed_in(connection, other), None)
    return ids


def listed_in(connection: sqlite3.Connection, folder: int) -> list[int]:
    """The available tracks of a music folder."""
    rows = connection.execute("SELECT id FROM track WHERE folder = ? AND available", (folder,))
    return [track for (track,) in rows]


def count_available(connection: sqlite3.Connection) -> int:
    (count,) = connection.execute("SELECT count(*) FROM fact").fetchone()
    return int(count)


# --- what is known ---------------------------------------------------------------------------------------


def id_at(connection: sqlite3.Connection, place: Place) -> int | None:
    """The id of the track whose file lies there now."""
    folder, path = place
    row = connection.execute(
        "SELECT id FROM track WHERE gone_unix_s IS NULL AND folder IS NULL AND path = ?"
        if folder == OUTSIDE
        else "SELECT id FROM track WHERE gone_unix_s IS NULL AND folder = ? AND path = ?",
        (path,) if folder == OUTSIDE else (folder, path),
    ).fetchone()
    return row[0] if row else None


# --- what changes ----------------------------------------------------------------------------------------


def add_tracks(connection: sqlite3.Connection, files: Iterable[ReadFile], now_unix_s: int) -> list[int]:
    """New tracks; answers their ids."""
    files = list(files)
    if not files:
        return []
    (before,) = connection.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'track'").fetchone()
    ids = list(range(before + 1, before + 1 + len(files)))
    connection.executemany(_ADD, ((track, *_all_of(file), now_unix_s) for track, file in zip(ids, files, strict=True)))
    _forget_refusals(connection, [file.place for file in files])
    note_new(connection, ids[0], ids[-1])
    keep_new(connection, ids[0], ids[-1])
    return ids


def change_tracks(connection: sqlite3.Connection, files: Iterable[tuple[int, ReadFile]]) -> None:
    """Tracks whose file holds something else now: what was measured of it no longer counts."""
    for track, file in files:
        connection.execute(
            f"UPDATE track SET {_PLACED}, {_STREAM}, {_TAGGED}, {_KEYED}, {_HERE}, measured_version = 0, "
            "measured_code = '' WHERE id = ?",
            (*_all_of(file), track),
        )
        connection.execute("DELETE FROM profile WHERE track = ?", (track,))
        _forget_refusals(connection, [file.place])


def retag_tracks(connection: sqlite3.Connection, files: Iterable[tuple[int, ReadFile]]) -> None:
    """Tracks of which more was read than before, and whose file is what it was: what was measured still counts."""
    for track, file in files:
        connection.execute(
            f"UPDATE track SET signature = ?, {_TAGGED}, {_KEYED} WHERE id = ?",
            (file.stream.signature or None, *_tagged(file.tags, file.place), track),
        )


def keep_tags(connection: sqlite3.Connection, tracks: Iterable[int]) -> None:
    """Tracks of which no more can be read than was: they are not tried again."""
    connection.executemany(
        "UPDATE track SET tags_version = ? WHERE id = ?", ((TAGS_VERSION, track) for track in tracks)
    )


def place_tracks(connection: sqlite3.Connection, tracks: Sequence[tuple[int, Place, FileFacts]]) -> None:
    """Tracks whose file lies elsewhere now, or is back, with the content that it had.

    Where another track lies there by now, as one whose file was opened since it was compared, a track is gone.
    """
    # All leave before any arrives: two that changed places would meet on the way.
    lose_tracks(connection, [track for track, _, _ in tracks], 0)
    for track, place, facts in tracks:
        if (tags := _tags_of(connection, track)) is None:
            continue  # it was forgotten since it was compared
        if id_at(connection, place) is not None:
            connection.execute("UPDATE track SET gone_unix_s = unixepoch() WHERE id = ?", (track,))
            continue
        connection.execute(
            f"UPDATE track SET {_PLACED}, {_KEYED}, {_HERE} WHERE id = ?",
            (*_placed(place, facts), *_keyed(tags, place), track),
        )


def lose_tracks(connection: sqlite3.Connection, tracks: Iterable[int], gone_unix_s: int | None) -> None:
    """Tracks whose file is gone, or away with its drive (None).  The rows stay: what returns is the same track."""
    connection.executemany(
        "UPDATE track SET available = 0, gone_unix_s = ? WHERE id = ?", ((gone_unix_s, track) for track in tracks)
    )


def refuse_files(connection: sqlite3.Connection, files: Iterable[Refused]) -> None:
    """Remember files that cannot be read, by what they looked like."""
    connection.executemany(
        "REPLACE INTO unreadable (folder, path, dir, size_bytes, mtime_ns, code) VALUES (?, ?, ?, ?, ?, ?)",
        ((*file.place, _dir(file.place[1]), file.facts.size_bytes, file.facts.mtime_ns, file.code) for file in files),
    )


# --- rows and values -------------------------------------------------------------------------------------


def joined(words: tuple[str, ...]) -> str:
    return "\n".join(words)


def parted(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()


def _dir(path: bytes) -> bytes:
    return path.rpartition(b"/")[0]


def _placed(place: Place, facts: FileFacts) -> tuple[object, ...]:
    folder, path = place
    return (
        folder or None,
        path,
        _dir(path),
        facts.device,
        facts.inode,
        facts.size_bytes,
        facts.mtime_ns,
    )


def _all_of(file: ReadFile) -> tuple[object, ...]:
    return (*_placed(file.place, file.facts), *_stream(file.stream), *_tagged(file.tags, file.place))


def _stream(stream: StreamFacts) -> tuple[object, ...]:
    return (
        stream.format,
        stream.duration_us,
        stream.rate_hz,
        stream.channels,
        stream.bits,
        stream.bitrate,
        stream.signature or None,
    )


def _tagged(tags: Tags, place: Place) -> tuple[object, ...]:
    return (
        tags.title,
        joined(tags.artists),
        tags.album,
        tags.album_artist,
        tags.track_number,
        tags.disc_number,
        tags.date,
        joined(tags.genres),
        joined(tags.composers),
        tags.mbid,
        *_gain(tags.track_gain),
        *_gain(tags.album_gain),
        tags.title_sort,
        tags.artist_sort,
        tags.album_sort,
        tags.album_artist_sort,
        tags.composer_sort,
        tags.original_date,
        tags.bpm,
        tags.comment,
        tags.compilation,
        tags.has_lyrics,
        tags.has_art,
        tags.mb_album,
        joined(tags.mb_artists),
        tags.mb_album_artist,
        tags.mb_release_group,
        TAGS_VERSION,
        *_keyed(tags, place),
    )


def _gain(gain: TaggedGain | None) -> tuple[float | None, float | None]:
    return (gain.gain_db, gain.peak) if gain else (None, None)


def _keyed(tags: Tags, place: Place) -> tuple[object, ...]:
    keys = keys_of(tags, place[1])
    identity, group = album_of(tags, place), group_of(tags.album, place[0])
    return (keys.heading, keys.album, keys.title, keys.artist, identity, group)


def _tags_of(connection: sqlite3.Connection, track: int) -> Tags | None:
    """As far as a track is sorted and put into an album by them; None when there is no such track."""
    row = connection.execute(
        "SELECT title, artists, album, album_artist, track_number, disc_number, title_sort, artist_sort, album_sort, "
        "album_artist_sort, mb_album, compilation FROM track WHERE id = ?",
        (track,),
    ).fetchone()
    if row is None:
        return None
    return Tags(
        title=row[0],
        artists=parted(row[1]),
        album=row[2],
        album_artist=row[3],
        track_number=row[4],
        disc_number=row[5],
        title_sort=row[6],
        artist_sort=row[7],
        album_sort=row[8],
        album_artist_sort=row[9],
        mb_album=row[10],
        compilation=bool(row[11]),
    )


def _forget_refusals(connection: sqlite3.Connection, places: Sequence[Place]) -> None:
    connection.executemany("DELETE FROM unreadable WHERE folder = ? AND path = ?", places)
