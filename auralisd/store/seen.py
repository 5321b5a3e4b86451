"""Seen: the files that a scan finds, and the news among them, in tables of the connection's own.

So a library of any size is compared with the disk without being held in memory.  A file in its place, with the facts of
an available track there, is no news, and nor is one that was refused and is as it was; the rest is in `news` until it
is told apart.  The tables are cleared when a scan begins, and gone when the connection is closed.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from auralisd.model.track import TAGS_VERSION, FileFacts
from auralisd.store.rows import OUTSIDE, Known, Place, Scope, ToRead

_KNOWN = (
    "SELECT id, folder, path, device, inode, size_bytes, mtime_ns, available, gone_unix_s IS NOT NULL, "
    f"tags_version < {TAGS_VERSION} FROM track WHERE "
)
_FACTS = "device INTEGER NOT NULL, inode INTEGER NOT NULL, size_bytes INTEGER NOT NULL, mtime_ns INTEGER NOT NULL"
_TABLES = (
    f"CREATE TEMP TABLE IF NOT EXISTS seen (folder INTEGER NOT NULL, path BLOB NOT NULL, {_FACTS}, "
    "PRIMARY KEY (folder, path)) WITHOUT ROWID",
    f"CREATE TEMP TABLE IF NOT EXISTS news (folder INTEGER NOT NULL, path BLOB NOT NULL, {_FACTS}, track INTEGER, "
    "known INTEGER NOT NULL DEFAULT 0, available INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (folder, path)) WITHOUT ROWID",
)
_SAME = (
    "track.device = seen.device AND track.inode = seen.inode AND track.size_bytes = seen.size_bytes "
    "AND track.mtime_ns = seen.mtime_ns AND track.available AND track.gone_unix_s IS NULL"
)
_AT = "track.folder = seen.folder AND track.path = seen.path AND track.gone_unix_s IS NULL AND track.folder IS NOT NULL"
_REFUSED = (
    "EXISTS (SELECT 1 FROM unreadable WHERE unreadable.folder = seen.folder AND unreadable.path = seen.path "
    "AND unreadable.size_bytes = seen.size_bytes AND unreadable.mtime_ns = seen.mtime_ns)"
)
_PLACED = "folder, path, device, inode, size_bytes, mtime_ns"


def begin(connection: sqlite3.Connection) -> None:
    """Nothing is seen yet."""
    for table in _TABLES:
        connection.execute(table)
    connection.execute("DELETE FROM seen")
    connection.execute("DELETE FROM news")


def see(connection: sqlite3.Connection, files: Iterable[tuple[Place, FileFacts]]) -> None:
    """These files lie there."""
    connection.executemany(
        "REPLACE INTO seen VALUES (?, ?, ?, ?, ?, ?)", ((*place, *_columns(facts)) for place, facts in files)
    )


def find_news(connection: sqlite3.Connection) -> int:
    """Gather the files that are not what the library says of them; answers how many.

    Those of which only the tags are to be read again are told apart already.
    """
    connection.execute("DELETE FROM news")
    connection.execute(
        f"INSERT INTO news ({_PLACED}, track, known) SELECT seen.folder, seen.path, seen.device, seen.inode, "
        "seen.size_bytes, seen.mtime_ns, track.id, track.id IS NOT NULL FROM seen "
        f"LEFT JOIN track ON {_AT} AND {_SAME} "
        f"WHERE track.tags_version < {TAGS_VERSION} OR (track.id IS NULL AND NOT {_REFUSED})"
    )
    (count,) = connection.execute("SELECT count(*) FROM news WHERE NOT known").fetchone()
    return int(count)


def missed(connection: sqlite3.Connection, scopes: Iterable[Scope], *, gone: bool) -> list[Known]:
    """Tracks whose rows say that they lie in one of `scopes`, and that are not there as they were; with `gone` also
    those that lay there."""
    found: dict[int, Known] = {}
    also = "1" if gone else "gone_unix_s IS NULL"
    for scope in scopes:
        condition, values = _within(scope)
        rows = connection.execute(
            f"{_KNOWN} {condition} AND {also} AND NOT EXISTS (SELECT 1 FROM seen WHERE seen.folder = track.folder "
            f"AND seen.path = track.path AND {_SAME})",
            values,
        )
        found.update((row[0], _known(row)) for row in rows)
    return list(found.values())


def strangers(connection: sqlite3.Connection) -> Iterator[Known]:
    """Every track that one of the news may be, for its inode or its place, wherever its row says that it lies."""
    rows = connection.execute(
        f"{_KNOWN} folder IS NOT NULL AND inode IN (SELECT inode FROM news WHERE NOT known) UNION "
        f"{_KNOWN} folder IS NOT NULL AND gone_unix_s IS NULL AND (folder, path) IN (SELECT folder, path FROM news)"
    )
    return map(_known, rows)


def news_about(connection: sqlite3.Connection, rows: Iterable[Known]) -> dict[Place, FileFacts]:
    """Those of the news that have the place or the inode of one of `rows`: no other can be one of them."""
    places, inodes = set(), set()
    for row in rows:
        places.add(row.place)
        inodes.add(row.facts.inode)
    if not places:
        return {}
    found = connection.execute(f"SELECT {_PLACED} FROM news WHERE NOT known")
    return {
        (folder, path): FileFacts(device, inode, size, mtime)
        for folder, path, device, inode, size, mtime in found
        if inode in inodes or (folder, path) in places
    }


def settle_news(connection: sqlite3.Connection, *, old: Iterable[Place], to_read: Iterable[ToRead]) -> None:
    """What was told apart: `old` needs no reading; all that is not named here is new."""
    connection.executemany("DELETE FROM news WHERE folder = ? AND path = ?", old)
    connection.executemany(
        "REPLACE INTO news VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ((*file.place, *_columns(file.facts), file.track, file.known, file.available) for file in to_read),
    )


def count_news(connection: sqlite3.Connection) -> int:
    (count,) = connection.execute("SELECT count(*) FROM news").fetchone()
    return int(count)


def read_news(connection: sqlite3.Connection, after: Place, limit: int) -> list[ToRead]:
    """The next by place, so that ids follow albums and the disk's head moves little."""
    rows: Sequence[tuple[int, bytes, int, int, int, int, int | None, int, int]] = connection.execute(
        "SELECT * FROM news WHERE (folder, path) > (?, ?) ORDER BY folder, path LIMIT ?", (*after, limit)
    ).fetchall()
    return [
        ToRead(
            (folder, path), FileFacts(device, inode, size, mtime), track, known=bool(known), available=bool(available)
        )
        for folder, path, device, inode, size, mtime, track, known, available in rows
    ]


def _columns(facts: FileFacts) -> tuple[int, int, int, int]:
    return (facts.device, facts.inode, facts.size_bytes, facts.mtime_ns)


def _known(row: tuple[int, int | None, bytes, int, int, int, int, int, int, int]) -> Known:
    track, folder, path, device, inode, size, mtime, available, gone, outdated = row
    facts = FileFacts(device, inode, size, mtime)
    return Known(track, (folder or OUTSIDE, path), facts, bool(available), bool(gone), bool(outdated))


def _within(scope: Scope) -> tuple[str, tuple[object, ...]]:
    if not scope.recursive:
        return "folder = ? AND dir = ?", (scope.folder, scope.dir)
    if not scope.dir:
        return "folder = ?", (scope.folder,)
    # b"0" follows b"/": the range holds exactly what lies below.
    return (
        "folder = ? AND (dir = ? OR (dir >= ? AND dir < ?))",
        (scope.folder, scope.dir, scope.dir + b"/", scope.dir + b"0"),
    )
