"""Identity: a file that was not there before may be a track that is gone, known by its sound.

The sound's signature is the same whatever the tags say and wherever the file lies.  Where it is another, as after the
sound was cut or encoded anew, the MusicBrainz id with the same format and length tells, where it can only be one track;
another format is another encoding of it, and no silent replacement: see `replacing`.
"""

import sqlite3
from collections.abc import Iterable

from auralisd.store.order import fold
from auralisd.store.rows import ReadFile
from auralisd.store.tracks import change_tracks, place_tracks, retag_tracks

_SAME_LENGTH_US = 1_000_000
_LATELY_S = 3_600
"""A copy that came so shortly before its original went is where that was moved to, on another file system."""
_FROM_GONE = "FROM track WHERE folder IS NOT NULL AND gone_unix_s IS NOT NULL AND"
_GONE = f"SELECT id {_FROM_GONE} "
_THERE = "SELECT 1 FROM track WHERE listed = 1 AND "
_RECORDING = "mbid = ? AND duration_us BETWEEN ? AND ?"
_LATEST = " ORDER BY gone_unix_s DESC, id DESC LIMIT 1"


def any_gone(connection: sqlite3.Connection) -> bool:
    """There are tracks that a new file may be."""
    return connection.execute("SELECT 1 FROM track WHERE gone_unix_s IS NOT NULL LIMIT 1").fetchone() is not None


def return_gone(connection: sqlite3.Connection, file: ReadFile) -> tuple[int, str] | None:
    """Let a track that is gone be `file`, where it is the same: its id, `moved` with its sound, or `changed`."""
    if (track := _gone_by_sound(connection, file.stream.signature)) is not None:
        carry_sound(connection, track, file)
        return track, "moved"
    if (track := _gone_by_musicbrainz(connection, file)) is not None:
        change_tracks(connection, ((track, file),))
        return track, "changed"
    return None


def keeps_sound(connection: sqlite3.Connection, track: int, file: ReadFile) -> bool:
    """The track's file was written anew, and its sound is what it was."""
    found = connection.execute(
        "SELECT 1 FROM track WHERE id = ? AND signature = ?", (track, file.stream.signature)
    ).fetchone()
    return found is not None


def carry_sound(connection: sqlite3.Connection, track: int, file: ReadFile) -> None:
    """The same sound in another file, with other tags perhaps: what was measured of it still counts."""
    measured = connection.execute(
        "SELECT 1 FROM profile JOIN track ON track.id = profile.track WHERE track.id = ? "
        "AND profile.size_bytes = track.size_bytes AND profile.mtime_ns = track.mtime_ns",
        (track,),
    ).fetchone()
    place_tracks(connection, ((track, file.place, file.facts),))
    retag_tracks(connection, ((track, file),))
    if measured is not None:
        connection.execute(
            "UPDATE profile SET size_bytes = ?, mtime_ns = ? WHERE track = ?",
            (file.facts.size_bytes, file.facts.mtime_ns, track),
        )


def move_to_copies(connection: sqlite3.Connection, gone: Iterable[int], now_unix_s: int) -> int:
    """Of tracks that have just gone: those of which a copy came lately live on in it; answers how many.

    So a move to another file system, which is a copy and then a deletion, keeps its tracks.  A copy that stands in the
    queue, or has plays or a rating of its own, stays what it is.
    """
    count = 0
    for track in gone:
        copy = connection.execute(
            "SELECT copy.id FROM track JOIN track AS copy ON copy.signature = track.signature AND copy.listed = 1 "
            "WHERE track.id = ? AND track.gone_unix_s IS NOT NULL AND copy.id > track.id AND copy.added_unix_s >= ? "
            "AND copy.id NOT IN (SELECT track FROM queue_entry) AND copy.id NOT IN (SELECT track FROM listening) "
            "ORDER BY copy.id DESC LIMIT 1",
            (track, now_unix_s - _LATELY_S),
        ).fetchone()
        if copy is not None:
            _live_on(connection, track, _take_away(connection, copy[0], heir=track))
            count += 1
    return count


def _take_away(connection: sqlite3.Connection, copy: int, *, heir: int) -> dict[str, object]:
    """What the row of a track says of its file, by column; the track is no more.  A preset that is remembered for it is
    remembered for `heir`, unless that has one of its own."""
    columns = [
        name
        for _, name, *_ in connection.execute("PRAGMA table_info(track)")
        if name not in {"id", "added_unix_s", "gone_unix_s", "available", "measured_version", "measured_code"}
    ]
    values = connection.execute(f"SELECT {', '.join(columns)} FROM track WHERE id = ?", (copy,)).fetchone()
    connection.execute("UPDATE OR IGNORE track_preset SET track = ? WHERE track = ?", (heir, copy))
    connection.execute("DELETE FROM track WHERE id = ?", (copy,))
    return dict(zip(columns, values, strict=True))


def _live_on(connection: sqlite3.Connection, track: int, columns: dict[str, object]) -> None:
    """`track` is the file that `columns` tell of."""
    connection.execute(
        f"UPDATE track SET {', '.join(f'{name} = ?' for name in columns)}, available = 1, gone_unix_s = NULL "
        "WHERE id = ?",
        (*columns.values(), track),
    )
    connection.execute(
        "UPDATE profile SET (size_bytes, mtime_ns) = (SELECT size_bytes, mtime_ns FROM track WHERE id = ?) "
        "WHERE track = ?",
        (track, track),
    )


def _gone_by_sound(connection: sqlite3.Connection, signature: bytes) -> int | None:
    return _first(connection, _GONE + "signature = ?" + _LATEST, (signature,)) if signature else None


def _gone_by_musicbrainz(connection: sqlite3.Connection, file: ReadFile) -> int | None:
    stream = file.stream
    if file.tags.mbid is None or stream.duration_us is None:
        return None
    same = (file.tags.mbid, stream.duration_us - _SAME_LENGTH_US, stream.duration_us + _SAME_LENGTH_US)
    if connection.execute(_THERE + _RECORDING, same).fetchone() is not None:
        return None  # the recording is on several albums: who is to say which of them this is?
    gone = connection.execute(f"SELECT id, album, format {_FROM_GONE} {_RECORDING}", same).fetchall()
    if len(gone) > 1:
        gone = [row for row in gone if fold(row[1] or "") == fold(file.tags.album or "")]
    return gone[0][0] if len(gone) == 1 and gone[0][2] == stream.format else None


def _first(connection: sqlite3.Connection, sql: str, values: tuple[object, ...]) -> int | None:
    row = connection.execute(sql, values).fetchone()
    return row[0] if row else None
