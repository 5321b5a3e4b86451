"""Albums: which tracks belong together.

The rule, and the only place where it stands.  Two tracks belong to one album when they lie in the same music folder,
have the same album title, and

* name the same album artist, wherever they lie; or
* name none, and lie in the same directory.  A directory that is named like a disc (`CD1`, `Disc 2 - Live`, `disk_03`)
  counts as the one above it, so that the discs of a box belong together.

Titles and artists are the same when they differ in case and accents only.  A track without an album title belongs to
none, and so does a file outside the music folders: nobody looks after its fellows.
"""

import contextlib
import hashlib
import re
import sqlite3
from collections.abc import Iterable, Iterator

import msgspec

from auralisd.model.knowledge import AlbumPlace
from auralisd.model.profile import MEASURED_VERSION
from auralisd.model.track import Tags
from auralisd.store.order import fold
from auralisd.store.rows import OUTSIDE, Place

_DISC = re.compile(rb"(?:cd|dis[ck])[ ._-]*(\d{1,2})(?!\d)", re.IGNORECASE)


class Fellow(msgspec.Struct, frozen=True, gc=False):
    """An available track of an album; `measured` also when it was tried in vain, and `code` says why."""

    id: int
    size_bytes: int
    mtime_ns: int
    measured: bool
    code: str


def album_of(tags: Tags, place: Place) -> str:
    """The album's identity, equal for all its tracks; "" for none."""
    folder, path = place
    if not tags.album or folder == OUTSIDE:
        return ""
    where = b"artist\0" + fold(tags.album_artist).encode() if tags.album_artist else b"dir\0" + _home_of(path)
    # A digest, because a path must not get into what is told of an album.
    return hashlib.blake2b(b"%d\0%s\0%s" % (folder, fold(tags.album).encode(), where), digest_size=16).hexdigest()


def fellows(connection: sqlite3.Connection, album: str) -> list[Fellow]:
    """The available tracks of an album, by disc (of the tags, else of the directory), track and name."""
    rows = connection.execute(
        "SELECT id, size_bytes, mtime_ns, measured_version = ?, measured_code, disc_number, track_number, path "
        "FROM track WHERE album_identity = ? AND album_identity != '' AND listed",
        (MEASURED_VERSION, album),
    ).fetchall()
    rows.sort(key=lambda row: (row[5] or _disc_of(row[7]), row[6] or 0, row[7].rpartition(b"/")[2].lower(), row[0]))
    return [Fellow(row[0], row[1], row[2], bool(row[3]), row[4]) for row in rows]


def album_places(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, AlbumPlace]:
    """Where tracks stand in their albums, ordered as `fellows`; one that belongs to none or is unknown is absent."""
    found: dict[int, AlbumPlace] = {}
    for track in ids:
        row = connection.execute(
            "SELECT album_identity, disc_number, track_number, path FROM track WHERE id = ? AND album_identity != ''",
            (track,),
        ).fetchone()
        if row is not None:
            album, disc, number, path = row
            found[track] = AlbumPlace(album, disc or _disc_of(path), number or 0, path.rpartition(b"/")[2].lower())
    return found


def identity_of(connection: sqlite3.Connection, track: int) -> str | None:
    """The identity of a track's album, "" when it belongs to none; None when there is no such track."""
    row = connection.execute("SELECT album_identity FROM track WHERE id = ?", (track,)).fetchone()
    return row[0] if row else None


@contextlib.contextmanager
def follow_album(connection: sqlite3.Connection, track: int) -> Iterator[None]:
    """While a track is moved or retagged: what is remembered for its album goes with it to an album that is new.

    So a renamed directory or a corrected title keeps it.  The old album keeps it too while it has tracks.
    """
    before = identity_of(connection, track)
    yield
    after = identity_of(connection, track)
    if not before or before == after or not _is_remembered(connection, before):
        return  # asked first, because it is nearly always so, and to look for others in a large album takes long
    if after and not _has_others(connection, after, track):
        connection.execute(
            "INSERT OR IGNORE INTO album_preset (album, preset) SELECT ?, preset FROM album_preset WHERE album = ?",
            (after, before),
        )
    if not _has_others(connection, before, track):
        connection.execute("DELETE FROM album_preset WHERE album = ?", (before,))


def _is_remembered(connection: sqlite3.Connection, album: str) -> bool:
    return connection.execute("SELECT 1 FROM album_preset WHERE album = ?", (album,)).fetchone() is not None


def _has_others(connection: sqlite3.Connection, album: str, track: int) -> bool:
    found = connection.execute(
        "SELECT 1 FROM track WHERE album_identity = ? AND album_identity != '' AND id != ? AND gone_unix_s IS NULL",
        (album, track),
    )
    return found.fetchone() is not None


def _home_of(path: bytes) -> bytes:
    """The directory of a file, or the one above it where that is a disc's."""
    directory = path.rpartition(b"/")[0]
    above, _, name = directory.rpartition(b"/")
    return above if _DISC.match(name) else directory


def _disc_of(path: bytes) -> int:
    found = _DISC.match(path.rpartition(b"/")[0].rpartition(b"/")[2])
    return int(found[1]) if found else 0
