"""Statistics: the library in figures."""

import sqlite3
from collections import Counter

import msgspec

from auralisd.model.profile import MEASURED_VERSION
from auralisd.store.values import ALBUM_ARTIST, ARTIST, GENRE


class Statistics(msgspec.Struct, frozen=True):
    """Of the available tracks in the music folders; `unavailable` counts those whose file or drive is away.

    `duration_us` and `size_bytes` are sums; `listened_us` is what the plays of the tracks come to at full length.
    """

    tracks: int
    unavailable: int
    albums: int
    artists: int
    genres: int
    analysed: int
    duration_us: int
    size_bytes: int
    favourites: int
    rated: int
    plays: int
    skips: int
    never_played: int
    listened_us: int


_STRIDE = 2_000
"""So many ids are looked at in one transaction: others must not wait for the whole library."""

_WITHIN = "listed AND id > :after AND id <= :until"
_SUMS = f"""SELECT count(*) AS tracks, sum(measured_version = {MEASURED_VERSION} AND measured_code = '') AS analysed,
    sum(duration_us) AS duration_us, sum(size_bytes) AS size_bytes FROM track NOT INDEXED WHERE {_WITHIN}"""
_UNAVAILABLE = """SELECT count(*) AS unavailable FROM track NOT INDEXED
    WHERE NOT available AND gone_unix_s IS NULL AND folder IS NOT NULL AND id > :after AND id <= :until"""
_LISTENED = f"""SELECT sum(favourite) AS favourites, count(rating) AS rated, sum(plays) AS plays, sum(skips) AS skips,
    sum(plays > 0) AS played, sum(plays * duration_us) AS listened_us
    FROM track NOT INDEXED JOIN listening ON listening.track = id WHERE {_WITHIN}"""

_ALBUMS = "SELECT DISTINCT album FROM fact NOT INDEXED WHERE album IS NOT NULL AND id > :after AND id <= :until"
_NAMED = """SELECT DISTINCT c.value FROM credit c CROSS JOIN fact f ON f.id = c.track
    WHERE c.role IN ({roles}) AND c.track > :after AND c.track <= :until"""
_ARTISTS = _NAMED.format(roles=f"{ARTIST}, {ALBUM_ARTIST}")
_GENRES = _NAMED.format(roles=GENRE)
"""The ids of what browsing shows: the figures are how many of them there are."""


class Counting:
    """The figures as they come together, stride by stride; used by one question after another."""

    def __init__(self) -> None:
        self._after = 0
        self._sums: Counter[str] = Counter()
        self._albums: set[int] = set()
        self._artists: set[int] = set()
        self._genres: set[int] = set()

    def go_on(self, connection: sqlite3.Connection) -> bool:
        """Count the next tracks; False when there are no more."""
        (last,) = connection.execute("SELECT max(id) FROM track").fetchone()
        if self._after >= (last or 0):
            return False
        stride = {"after": self._after, "until": self._after + _STRIDE}
        self._after += _STRIDE
        for sql in (_SUMS, _UNAVAILABLE, _LISTENED):
            cursor = connection.execute(sql, stride)
            names = [column[0] for column in cursor.description]
            self._sums.update({name: value or 0 for name, value in zip(names, cursor.fetchone(), strict=True)})
        for sql, found in ((_ALBUMS, self._albums), (_ARTISTS, self._artists), (_GENRES, self._genres)):
            found.update(value for (value,) in connection.execute(sql, stride))
        return True

    @property
    def figures(self) -> Statistics:
        sums = self._sums
        return Statistics(
            tracks=sums["tracks"],
            unavailable=sums["unavailable"],
            albums=len(self._albums),
            artists=len(self._artists),
            genres=len(self._genres),
            analysed=sums["analysed"],
            duration_us=sums["duration_us"],
            size_bytes=sums["size_bytes"],
            favourites=sums["favourites"],
            rated=sums["rated"],
            plays=sums["plays"],
            skips=sums["skips"],
            never_played=sums["tracks"] - sums["played"],
            listened_us=sums["listened_us"],
        )
