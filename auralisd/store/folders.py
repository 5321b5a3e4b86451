"""Folders: the choices of the listener, which stand beside the music folders that the configuration names."""

import sqlite3
from collections.abc import Sequence

import msgspec

from auralisd.model.track import FileFacts
from auralisd.store.tracks import lose_tracks, place_tracks

_PART = 500
"""So many rows a transaction, so that others wait for the store only briefly."""


class Choices(msgspec.Struct, frozen=True):
    """Paths: `added` in the order in which they were, `removed` of folders that nobody has to name; `leaving` are the
    ids of those that still hold tracks."""

    added: tuple[bytes, ...] = ()
    removed: frozenset[bytes] = frozenset()
    leaving: tuple[int, ...] = ()


def find_choices(connection: sqlite3.Connection) -> Choices:
    """What was chosen, and holds."""
    added = connection.execute("SELECT path FROM folder WHERE choice > 0 ORDER BY choice, id")
    removed = connection.execute("SELECT path FROM folder WHERE choice < 0")
    leaving = connection.execute("SELECT id FROM folder WHERE leaving")
    return Choices(
        tuple(path for (path,) in added),
        frozenset(path for (path,) in removed),
        tuple(folder for (folder,) in leaving),
    )


def folder_at(connection: sqlite3.Connection, path: bytes) -> int | None:
    """The id of the folder that is, or was, a music folder there."""
    row = connection.execute("SELECT id FROM folder WHERE path = ?", (path,)).fetchone()
    return row[0] if row else None


def add_folder(connection: sqlite3.Connection, path: bytes, name: str) -> tuple[int, int]:
    """One music folder more, durably; answers its id, which is the one that it had if it was one before, and how many
    tracks that were opened by their paths, and lie in it, are tracks of it now.
    """
    (last,) = connection.execute("SELECT coalesce(max(choice), 0) FROM folder").fetchone()
    (folder,) = connection.execute(
        "INSERT INTO folder (path, name, choice) VALUES (?, ?, ?) "
        "ON CONFLICT (path) DO UPDATE SET name = excluded.name, choice = excluded.choice, leaving = 0 "
        "RETURNING id",
        (path, name, max(last, 0) + 1),
    ).fetchone()
    return int(folder), _take_in(connection, folder, path)


def empty_folder(connection: sqlite3.Connection, folder: int, now_unix_s: int) -> tuple[int, int]:
    """Let some hundred tracks of a music folder be gone, to return with it: how many were, and how many of these were
    there until now."""
    rows = connection.execute(
        "SELECT id, available FROM track WHERE folder = ? AND gone_unix_s IS NULL LIMIT ?", (folder, _PART)
    ).fetchall()
    lose_tracks(connection, [track for track, _ in rows], now_unix_s)
    if not rows:
        connection.execute("UPDATE folder SET leaving = 0 WHERE id = ?", (folder,))
    return len(rows), sum(available for _, available in rows)


def remove_folder(connection: sqlite3.Connection, folder: int, *, remembered: bool) -> None:
    """It is no music folder any more, and to be emptied.  `remembered`: although nobody added it, it is left out from
    now on."""
    connection.execute("UPDATE folder SET choice = ?, leaving = 1 WHERE id = ?", (-1 if remembered else 0, folder))


def forget_choices(connection: sqlite3.Connection, paths: Sequence[bytes]) -> None:
    """These are named by the configuration now, which is what counts."""
    connection.executemany("UPDATE folder SET choice = 0, leaving = 0 WHERE path = ?", ((path,) for path in paths))


def _take_in(connection: sqlite3.Connection, folder: int, path: bytes) -> int:
    """Not one that lies where a track of the folder lay before, which is the one to return, or where nobody looks."""
    inside = path.rstrip(b"/") + b"/"
    outside = connection.execute(
        "SELECT id, path, device, inode, size_bytes, mtime_ns FROM track "
        "WHERE folder IS NULL AND gone_unix_s IS NULL AND path >= ? AND path < ?",
        (inside, inside[:-1] + b"0"),
    ).fetchall()
    known = {row[0] for row in connection.execute("SELECT path FROM track WHERE folder = ?", (folder,))}
    taken = [
        (track, (folder, whole[len(inside) :]), FileFacts(*facts))
        for track, whole, *facts in outside
        if whole[len(inside) :] not in known and b"/." not in whole[len(inside) - 1 :]
    ]
    place_tracks(connection, taken)
    return len(taken)
