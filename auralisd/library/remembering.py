"""Remembering: the preset that a listener wants for a track or an album from now on."""

import sqlite3

from auralisd.errors import InvalidRequest, NotFound
from auralisd.model.knowledge import ALBUM, TRACK
from auralisd.store.albums import fellows, identity_of
from auralisd.store.knowing import remember_for_album, remember_for_track


def remember(connection: sqlite3.Connection, track: int, scope: str, preset: str) -> tuple[int, ...]:
    """Remember `preset` ("" forgets) for a track or its album; answers the tracks of which more is known now.

    The name is kept as it is: a preset of the listener's own may be away for a while.  Raises NotFound, InvalidRequest.
    """
    if (album := identity_of(connection, track)) is None:
        raise NotFound(f"track {track}: there is no such track; Query tells which there are")
    match scope:
        case "track":
            remember_for_track(connection, track, preset)
            return (track,)
        case "album" if album:
            remember_for_album(connection, album, preset)
            return tuple({track: None, **{fellow.id: None for fellow in fellows(connection, album)}})
        case "album":
            raise InvalidRequest(
                f"track {track}: it belongs to no album, because it has no album title or lies outside the music "
                f"folders; say {TRACK}"
            )
    raise InvalidRequest(f"scope {scope!r}: say {TRACK} or {ALBUM}")
