"""Statistics: the library in figures."""

import sqlite3

import msgspec

from auralisd.model.profile import MEASURED_VERSION


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


_SUMS = f"""SELECT count(*), coalesce(sum(measured_version = {MEASURED_VERSION} AND measured_code = ''), 0),
    coalesce(sum(duration_us), 0), coalesce(sum(size_bytes), 0) FROM track WHERE listed"""
_LISTENED = """SELECT coalesce(sum(favourite), 0), count(rating), coalesce(sum(plays), 0), coalesce(sum(skips), 0),
    coalesce(sum(plays > 0), 0), coalesce(sum(plays * t.duration_us), 0)
    FROM listening JOIN track t ON t.id = track WHERE t.listed"""


def statistics(connection: sqlite3.Connection) -> Statistics:
    tracks, analysed, duration_us, size_bytes = connection.execute(_SUMS).fetchone()
    favourites, rated, plays, skips, played, listened_us = connection.execute(_LISTENED).fetchone()
    (unavailable,) = connection.execute(
        "SELECT count(*) FROM track WHERE NOT available AND gone_unix_s IS NULL AND folder IS NOT NULL"
    ).fetchone()
    (albums,) = connection.execute(
        "SELECT count(DISTINCT album_identity) FROM track WHERE album_identity != '' AND listed"
    ).fetchone()
    return Statistics(
        tracks=tracks,
        unavailable=unavailable,
        albums=albums,
        artists=_words(connection, "artists"),
        genres=_words(connection, "genres"),
        analysed=analysed,
        duration_us=duration_us,
        size_bytes=size_bytes,
        favourites=favourites,
        rated=rated,
        plays=plays,
        skips=skips,
        never_played=tracks - played,
        listened_us=listened_us,
    )


def _words(connection: sqlite3.Connection, column: str) -> int:
    """How many different words a column of lists holds, whatever their case."""
    rows = connection.execute(f"SELECT DISTINCT {column} FROM track WHERE listed AND {column} != ''")
    return len({word.casefold() for (words,) in rows for word in words.split("\n")})
