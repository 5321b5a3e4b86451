"""Settling: tracks are put into their albums anew whenever some of those that share folder and title came or went."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from auralisd.model.track import Tags
from auralisd.store.albums import MOST_TRACKS, Member, leave_album, parted
from auralisd.store.order import leading_artist, under_artist

_MAX_VARIABLES = 500
_MORE_AT_ONCE = 500
"""No more tracks come in one transaction: a pile of so many more than an album holds was settled as one already."""
_VARIOUS = b"various artists"


def groups_of(connection: sqlite3.Connection, tracks: Sequence[int]) -> set[str]:
    """The groups (`albums.group_of`) that these belong to now."""
    groups: set[str] = set()
    for start in range(0, len(tracks), _MAX_VARIABLES):
        part = tracks[start : start + _MAX_VARIABLES]
        rows = connection.execute(
            f"SELECT DISTINCT album_group FROM track WHERE id IN ({','.join('?' * len(part))})", part
        )
        groups.update(group for (group,) in rows)
    return groups - {""}


def settle_albums(connection: sqlite3.Connection, groups: Iterable[str]) -> None:
    """Make the rule of `albums` true for all tracks of these groups that are not gone."""
    for group in sorted(groups):
        rows = connection.execute(
            "SELECT id, folder, path, album, album_artist, disc_number, track_number, compilation, mb_album, artists, "
            "artist_sort, album_artist_sort, album_identity, album_key FROM track "
            "WHERE album_group = ? AND album_group != '' AND gone_unix_s IS NULL LIMIT ?",
            (group, MOST_TRACKS + _MORE_AT_ONCE + 1),
        ).fetchall()
        if 1 < len(rows) <= MOST_TRACKS + _MORE_AT_ONCE:
            _settle(connection, rows)


def _settle(connection: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    identities = parted([_member(row) for row in rows])
    artists = _artists(rows, identities)
    left: dict[str, Counter[str]] = {}
    for row in rows:
        track, identity, key = row[0], row[-2], row[-1]
        if (wanted := identities[track]) != identity:
            connection.execute("UPDATE track SET album_identity = ? WHERE id = ?", (wanted, track))
            left.setdefault(identity, Counter())[wanted] += 1
        if (place := under_artist(key, artists[wanted])) != key:
            connection.execute("UPDATE track SET album_key = ? WHERE id = ?", (place, track))
    for album, heirs in left.items():
        leave_album(connection, album, heirs.most_common(1)[0][0])


def _member(row: tuple[Any, ...]) -> Member:
    track, folder, path, album, album_artist, disc_number, track_number, compilation, mb_album = row[:9]
    return Member(track, folder, path, album, album_artist, disc_number, track_number, bool(compilation), mb_album)


def _artists(rows: Sequence[tuple[Any, ...]], identities: dict[int, str]) -> dict[str, bytes]:
    """Under whom each album stands in album order, all of it: one artist, the one album artist who is named, or
    "various artists"."""
    said = {(identities[row[0]], row[4], *row[9:12]) for row in rows}  # as a rule the same by all of an album
    found: dict[str, set[bytes]] = {}
    named: dict[str, set[bytes]] = {}
    for album, album_artist, *others in said:
        artist = leading_artist(_tags(album_artist, *others))
        found.setdefault(album, set()).add(artist)
        if album_artist:
            named.setdefault(album, set()).add(artist)
    return {album: _only(artists) or _only(named.get(album, set())) or _VARIOUS for album, artists in found.items()}


def _tags(album_artist: str | None, artists: str, artist_sort: str | None, album_artist_sort: str | None) -> Tags:
    names = tuple(artists.split("\n")) if artists else ()
    return Tags(artists=names, album_artist=album_artist, artist_sort=artist_sort, album_artist_sort=album_artist_sort)


def _only(artists: set[bytes]) -> bytes:
    return next(iter(artists)) if len(artists) == 1 else b""
