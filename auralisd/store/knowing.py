"""Knowing: all that the library can tell the player of a track, and the presets that are remembered."""

import sqlite3
from collections.abc import Sequence

from auralisd.model.album import album_profile
from auralisd.model.knowledge import ALBUM, TRACK, Knowledge
from auralisd.model.profile import SoundProfile
from auralisd.store.albums import Fellow, fellows, identity_of
from auralisd.store.profiles import load_profile
from auralisd.store.search import gain_of

_KEPT_ALBUMS = 8
_MOST_TRACKS = 400
"""More tracks than this under one title are a pile and no album: they are not put together."""

_Signature = tuple[Fellow, ...]


class AlbumProfiles:
    """The profiles of the albums last asked for.  Belongs to whoever asks, and is used on one of the store's threads.

    A profile holds as long as the same files with the same content belong to the album and all are measured.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[_Signature, SoundProfile | None]] = {}

    def of(self, connection: sqlite3.Connection, album: str, tracks: Sequence[Fellow]) -> SoundProfile | None:
        """That of `tracks`, which are all available tracks of `album`; None while one of them is not measured.

        One that cannot be measured is left out: it cannot be played either.
        """
        if not tracks or len(tracks) > _MOST_TRACKS or not all(track.measured for track in tracks):
            return None
        signature, kept = tuple(tracks), self._kept.pop(album, None)
        if kept is None or kept[0] != signature:
            kept = (signature, _combined(connection, tracks))
        self._kept[album] = kept
        if len(self._kept) > _KEPT_ALBUMS:
            del self._kept[next(iter(self._kept))]
        return kept[1]


def knowledge(connection: sqlite3.Connection, track: int, albums: AlbumProfiles) -> Knowledge:
    """What is known of a track; nothing of one that does not exist."""
    row = connection.execute(
        "SELECT album_identity, track_gain_db, track_peak, album_gain_db, album_peak FROM track WHERE id = ?", (track,)
    ).fetchone()
    if row is None:
        return Knowledge()
    album, *gains = row
    tracks = fellows(connection, album)
    preset, scope = _remembered(connection, track, album)
    return Knowledge(
        profile=load_profile(connection, track),
        album=album,
        album_number=next((place for place, fellow in enumerate(tracks, start=1) if fellow.id == track), 0),
        album_profile=albums.of(connection, album, tracks),
        preset=preset,
        preset_scope=scope,
        tagged_track=gain_of(*gains[:2]),
        tagged_album=gain_of(*gains[2:]),
    )


def known_anew(connection: sqlite3.Connection, track: int) -> tuple[int, ...]:
    """The tracks of which more is known once `track` was measured: it, or all of its album when it was the last."""
    tracks = fellows(connection, identity_of(connection, track) or "")
    if not tracks or not all(fellow.measured for fellow in tracks):
        return (track,)
    return tuple(fellow.id for fellow in tracks)


def remember_for_track(connection: sqlite3.Connection, track: int, preset: str) -> None:
    """Remember a preset's name for a track; "" forgets."""
    if preset:
        connection.execute("REPLACE INTO track_preset (track, preset) VALUES (?, ?)", (track, preset))
    else:
        connection.execute("DELETE FROM track_preset WHERE track = ?", (track,))


def remember_for_album(connection: sqlite3.Connection, album: str, preset: str) -> None:
    """Remember a preset's name for an album; "" forgets."""
    if preset:
        connection.execute("REPLACE INTO album_preset (album, preset) VALUES (?, ?)", (album, preset))
    else:
        connection.execute("DELETE FROM album_preset WHERE album = ?", (album,))


def _remembered(connection: sqlite3.Connection, track: int, album: str) -> tuple[str, str]:
    for scope, sql, key in (
        (TRACK, "SELECT preset FROM track_preset WHERE track = ?", track),
        (ALBUM, "SELECT preset FROM album_preset WHERE album = ?", album),
    ):
        if (row := connection.execute(sql, (key,)).fetchone()) is not None:
            return row[0], scope
    return "", ""


def _combined(connection: sqlite3.Connection, tracks: Sequence[Fellow]) -> SoundProfile | None:
    profiles = [load_profile(connection, track.id) for track in tracks if not track.code]
    found = [profile for profile in profiles if profile is not None]
    return album_profile(found) if len(found) == len(profiles) else None
