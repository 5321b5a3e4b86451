"""Albums: which tracks belong together.

The rule, and the only place where it stands.  Tracks may belong to one album when they lie in the same music folder and
have the same album title.  Of these,

1. each belongs to the album of its MusicBrainz id; or, where it has none, of its album artist; or, where it names none,
   of its directory.  A directory that is named like a disc (`CD1`, `Disc 2 - Live`, `disk_03`) counts as the one above
   it, so that the discs of a box belong together;
2. tracks of one directory that rule 1 parts are one album all the same when they do not name two MusicBrainz albums,
   and all call themselves part of a compilation, or no two have the same disc and number.  Where they name several
   album artists, every track must also have a number, and half of the numbers up to the highest must be there.  So
   nobody is parted by an album artist who is named on some tracks only, or another on each, as the artists of a
   sampler often are; and two albums called "Greatest Hits" in one directory, with two tracks number 1, or of which a
   song or two were kept, stay two;
3. tracks of one artist or MusicBrainz album in several directories are an album for each when two of different
   directories have the same disc and number: they are two editions, or the same in two formats.

Titles and artists are the same when they differ in case and accents only, and an artist's guest ("feat. Bob") does not
count.  A track without an album title belongs to none, and so does a file outside the music folders: nobody looks after
its fellows.  Of more than 400 tracks under one title only rule 1 is asked: they are a pile and no album.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from auralisd.model.knowledge import AlbumPlace
from auralisd.model.profile import MEASURED_VERSION
from auralisd.model.track import Tags, parted_guest
from auralisd.store.order import DISC, disc_of, fold
from auralisd.store.rows import OUTSIDE, Place

MOST_TRACKS = 400


class Member(msgspec.Struct, frozen=True, gc=False):
    """A track, as far as the rule asks of it."""

    id: int
    folder: int
    path: bytes
    album: str
    album_artist: str | None = None
    disc_number: int | None = None
    track_number: int | None = None
    compilation: bool = False
    mb_album: str | None = None


class Fellow(msgspec.Struct, frozen=True, gc=False):
    """An available track of an album; `measured` also when it was tried in vain, and `code` says why."""

    id: int
    size_bytes: int
    mtime_ns: int
    measured: bool
    code: str


def group_of(album: str | None, folder: int) -> str:
    """Equal for all tracks of one music folder and album title; "" where there can be no album."""
    return _digest(folder, album, b"") if album and folder != OUTSIDE else ""


def album_of(tags: Tags, place: Place) -> str:
    """The album's identity by rule 1, equal for all its tracks; "" for none."""
    folder, path = place
    if not tags.album or folder == OUTSIDE:
        return ""
    return _digest(folder, tags.album, _rule_1(tags.mb_album, tags.album_artist, _home_of(path)))


def _rule_1(mb_album: str | None, album_artist: str | None, home: bytes) -> bytes:
    if mb_album:
        return b"mb\0" + mb_album.casefold().encode()
    if album_artist:
        return b"artist\0" + fold(parted_guest(album_artist)[0]).encode()
    return b"dir\0" + home


def parted(tracks: Sequence[Member]) -> dict[int, str]:
    """The identity of each track's album, of tracks that share folder and title."""
    homes = {track.id: _home_of(track.path) for track in tracks}
    # Rule 1 once for each of its answers: as a rule all tracks have the same.
    asked = {track.id: (track.mb_album, track.album_artist, homes[track.id]) for track in tracks}
    answers = {ask: _rule_1(*ask) for ask in set(asked.values())}
    keys = {track: answers[ask] for track, ask in asked.items()}
    if len(answers) > 1 and len(tracks) <= MOST_TRACKS:
        for home, here in _by(tracks, homes).items():
            _apply_rule_2(home, here, keys)
        for key, same in _by(tracks, keys).items():
            _apply_rule_3(key, _by(same, homes), keys)
    folder, album = tracks[0].folder, tracks[0].album
    identities = {key: _digest(folder, album, key) for key in set(keys.values())}
    return {track: identities[key] for track, key in keys.items()}


def _apply_rule_2(home: bytes, tracks: Sequence[Member], keys: dict[int, bytes]) -> None:
    found = {keys[track.id] for track in tracks}
    named = {key for key in found if not key.startswith(b"dir\0")}
    releases = {key for key in named if key.startswith(b"mb\0")}
    if len(found) < 2 or len(releases) > 1:
        return
    if all(track.compilation for track in tracks) or _is_one_by_numbers(tracks, several=len(named) > 1):
        one = next(iter(releases or named)) if len(releases or named) == 1 else b"dir\0" + home
        keys.update((track.id, one) for track in tracks)


def _is_one_by_numbers(tracks: Sequence[Member], *, several: bool) -> bool:
    known = [number for track in tracks if (number := _number_of(track))[1]]
    if len(set(known)) < len(known):
        return False
    highest: dict[int, int] = {}
    for disc, place in known:
        highest[disc] = max(place, highest.get(disc, 0))
    return not several or (len(known) == len(tracks) and sum(highest.values()) <= 2 * len(known))


def _apply_rule_3(key: bytes, homes: dict[bytes, list[Member]], keys: dict[int, bytes]) -> None:
    numbers = [{number for track in here if (number := _number_of(track))[1]} for here in homes.values()]
    if len(homes) > 1 and len(set().union(*numbers)) < sum(map(len, numbers)):
        keys.update((track.id, key + b"\0" + home) for home, here in homes.items() for track in here)


def _number_of(track: Member) -> tuple[int, int]:
    """Disc (of the tags, else of the directory) and number, 0 where it is not known."""
    return (track.disc_number or disc_of(track.path), track.track_number or 0)


def _by(tracks: Iterable[Member], keys: Mapping[int, bytes]) -> dict[bytes, list[Member]]:
    groups: dict[bytes, list[Member]] = {}
    for track in tracks:
        groups.setdefault(keys[track.id], []).append(track)
    return groups


def _digest(folder: int, album: str, key: bytes) -> str:
    """A digest, because a path must not get into what is told of an album."""
    return hashlib.blake2b(b"%d\0%s\0%s" % (folder, fold(album).encode(), key), digest_size=16).hexdigest()


def fellows(connection: sqlite3.Connection, album: str) -> list[Fellow]:
    """The available tracks of an album, by disc (of the tags, else of the directory), track and name."""
    rows = connection.execute(
        "SELECT id, size_bytes, mtime_ns, measured_version = ?, measured_code, disc_number, track_number, path "
        "FROM track WHERE album_identity = ? AND album_identity != '' AND listed",
        (MEASURED_VERSION, album),
    ).fetchall()
    rows.sort(key=lambda row: (row[5] or disc_of(row[7]), row[6] or 0, row[7].rpartition(b"/")[2].lower(), row[0]))
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
            found[track] = AlbumPlace(album, disc or disc_of(path), number or 0, path.rpartition(b"/")[2].lower())
    return found


def identity_of(connection: sqlite3.Connection, track: int) -> str | None:
    """The identity of a track's album, "" when it belongs to none; None when there is no such track."""
    row = connection.execute("SELECT album_identity FROM track WHERE id = ?", (track,)).fetchone()
    return row[0] if row else None


def _home_of(path: bytes) -> bytes:
    """The directory of a file, or the one above it where that is a disc's."""
    directory = path.rpartition(b"/")[0]
    above, _, name = directory.rpartition(b"/")
    return above if DISC.match(name) else directory
