"""Settling: tracks are put into their albums anew whenever some of those that share folder and title came, changed or
went, and what is remembered for an album goes along.

Triggers note in `unsettled` where such tracks were before, whoever writes there; at the end of each transaction the
rule of `albums` is made true.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

from auralisd.model.track import Tags, parted_guest
from auralisd.store.albums import MOST_TRACKS, Member, parted
from auralisd.store.order import fold, leading_artist, under_artist

_VARIOUS = b"various artists"
_NOTE = "INSERT OR IGNORE INTO unsettled VALUES"
_GROUPS = "SELECT album_group FROM unsettled UNION SELECT t.album_group FROM unsettled u JOIN track t ON t.id = u.track"
_MEMBERS = (
    "SELECT id, folder, path, album, album_artist, disc_number, track_number, compilation, mb_album, artists, "
    "artist_sort, album_artist_sort, album_identity, album_key FROM track "
    "WHERE album_group = ? AND album_group != '' AND gone_unix_s IS NULL LIMIT ?"
)
_MOVED = (
    "SELECT DISTINCT u.album, t.album_identity, u.album_group = t.album_group FROM unsettled u "
    "JOIN track t ON t.id = u.track "
    "WHERE t.gone_unix_s IS NULL AND t.album_identity != u.album AND u.album IN (SELECT album FROM album_preset)"
)
_HAS_TRACKS = "SELECT 1 FROM track WHERE album_identity = ? AND album_identity != '' AND gone_unix_s IS NULL LIMIT 1"
_WAS_THERE = (
    "SELECT 1 FROM track t LEFT JOIN unsettled u ON u.track = t.id WHERE t.album_identity = ? "
    "AND t.album_identity != '' AND t.gone_unix_s IS NULL AND coalesce(u.album, t.album_identity) = t.album_identity "
    "LIMIT 1"
)

UNSETTLED: tuple[str, ...] = (
    # `album_group` stands in `track` since an older step, and nobody filled it.
    "UPDATE track SET album_group = album_group(album, folder) WHERE album IS NOT NULL AND folder IS NOT NULL",
    # Where a track was before this transaction, '' for one that is new.
    """CREATE TABLE unsettled (
        track INTEGER PRIMARY KEY,
        album_group TEXT NOT NULL,
        album TEXT NOT NULL
    )""",
    "INSERT INTO unsettled SELECT id, album_group, album_identity FROM track WHERE album_group != ''",
    f"""CREATE TRIGGER unsettled_by_coming AFTER INSERT ON track WHEN new.album_group != '' BEGIN
        {_NOTE} (new.id, '', '');
    END""",
    f"""CREATE TRIGGER unsettled_by_tags AFTER UPDATE OF album_group, album_identity ON track
    WHEN old.album_group != '' OR new.album_group != '' BEGIN
        {_NOTE} (old.id, old.album_group, old.album_identity);
    END""",
    f"""CREATE TRIGGER unsettled_by_leaving AFTER UPDATE OF gone_unix_s ON track
    WHEN old.album_group != '' AND old.gone_unix_s IS NOT new.gone_unix_s BEGIN
        {_NOTE} (old.id, old.album_group, old.album_identity);
    END""",
    f"""CREATE TRIGGER unsettled_by_deletion AFTER DELETE ON track
    WHEN old.album_group != '' AND old.gone_unix_s IS NULL BEGIN
        {_NOTE} (old.id, old.album_group, old.album_identity);
    END""",
)
"""The step of the schema."""


def settle_albums(connection: sqlite3.Connection) -> None:
    """Make the rule of `albums` true for what is unsettled."""
    (touched,) = connection.execute("SELECT count(*) FROM unsettled").fetchone()
    if not touched:
        return
    for (group,) in connection.execute(_GROUPS).fetchall():
        # More than an album holds beside all that is touched: a pile, and settled as one when it became one.
        rows = connection.execute(_MEMBERS, (group, MOST_TRACKS + touched + 1)).fetchall()
        if 0 < len(rows) <= MOST_TRACKS + touched:
            _settle(connection, rows)
    _hand_on_presets(connection)
    connection.execute("DELETE FROM unsettled")


def _settle(connection: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    identities = parted([_member(row) for row in rows])
    artists = _artists(rows, identities)
    for row in rows:
        track, identity, key = row[0], row[-2], row[-1]
        if (wanted := identities[track]) != identity:
            connection.execute("UPDATE track SET album_identity = ? WHERE id = ?", (wanted, track))
        if (place := under_artist(key, artists[wanted])) != key:
            connection.execute("UPDATE track SET album_key = ? WHERE id = ?", (place, track))


def _hand_on_presets(connection: sqlite3.Connection) -> None:
    """Where tracks of an album are in one now that is new, it gets what was remembered for the old one, as after a
    directory was renamed or a title corrected; so does one with which the rule has joined all of the old one.  The old
    album keeps it too while it has tracks."""
    left = connection.execute(_MOVED).fetchall()
    empty = {before for before, _, _ in left if connection.execute(_HAS_TRACKS, (before,)).fetchone() is None}
    for before, after, under_one_title in left:
        joined = under_one_title and before in empty
        if after and (joined or connection.execute(_WAS_THERE, (after,)).fetchone() is None):
            connection.execute(
                "INSERT OR IGNORE INTO album_preset (album, preset) SELECT ?, preset FROM album_preset WHERE album = ?",
                (after, before),
            )
    connection.executemany("DELETE FROM album_preset WHERE album = ?", ((before,) for before in empty))


def _member(row: tuple[Any, ...]) -> Member:
    track, folder, path, album, album_artist, disc_number, track_number, compilation, mb_album = row[:9]
    return Member(track, folder, path, album, album_artist, disc_number, track_number, bool(compilation), mb_album)


def _artists(rows: Sequence[tuple[Any, ...]], identities: dict[int, str]) -> dict[str, bytes]:
    """Under whom each album stands in album order, all of it: one artist, the one album artist who is named, or
    "various artists"."""
    said = {(identities[row[0]], row[4], *row[9:12]) for row in rows}  # as a rule the same by all of an album
    found: dict[str, set[bytes]] = {}
    named: dict[str, dict[str, set[bytes]]] = {}
    for album, album_artist, *others in said:
        artist = leading_artist(_tags(album_artist, *others))
        found.setdefault(album, set()).add(artist)
        if album_artist:
            named.setdefault(album, {}).setdefault(fold(parted_guest(album_artist)[0]), set()).add(artist)
    return {album: _one_of(artists, named.get(album, {})) for album, artists in found.items()}


def _one_of(artists: set[bytes], named: dict[str, set[bytes]]) -> bytes:
    if len(artists) == 1:
        return next(iter(artists))
    if len(named) != 1:
        return _VARIOUS
    [(name, keys)] = named.items()
    # Where some of the tracks say under which name the artist is sorted, that counts for all.
    return min(keys - {name.encode()}, default=name.encode())


def _tags(album_artist: str | None, artists: str, artist_sort: str | None, album_artist_sort: str | None) -> Tags:
    names = tuple(artists.split("\n")) if artists else ()
    return Tags(artists=names, album_artist=album_artist, artist_sort=artist_sort, album_artist_sort=album_artist_sort)
