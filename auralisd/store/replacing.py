"""Replacing: of tracks that are the same recording in another encoding, who might take whose place, and how it does.

Two tracks are one recording when they have the same MusicBrainz id, or the same title, first artist, album and, where
both say them, numbers, and differ in length by a second at the most.  Offered is a track whose file is gone, by any
such file; and one that lies beside it, by a better file only.  Nothing happens until somebody says so.
"""

import sqlite3
from typing import Any

import msgspec

LOSSLESS = ("flac", "wav", "aiff", "alac", "ape", "wavpack")
MUSICBRAINZ, TAGS = "musicbrainz", "tags"
_STRIDE = 1_000

_FIGURES = "x.format, x.bits, x.rate_hz, x.bitrate"
_SELECTED = f"SELECT DISTINCT g.id, t.id, {_FIGURES.replace('x.', 'g.')}, {_FIGURES.replace('x.', 't.')} FROM track t "
_ONE_RECORDING = (
    " WHERE t.listed = 1 AND g.id != t.id AND abs(g.duration_us - t.duration_us) <= 1000000 "
    "AND g.signature IS NOT t.signature "
    "AND NOT EXISTS (SELECT 1 FROM settled s WHERE s.old = g.id AND s.new = t.id) AND "
)
_SAME_TAGS = (
    "t.title IS NOT NULL AND g.title IS NOT NULL AND fold(coalesce(g.album, '')) = fold(coalesce(t.album, '')) "
    "AND coalesce(g.track_number = t.track_number, 1) AND coalesce(g.disc_number = t.disc_number, 1) "
    "AND coalesce(g.mbid = t.mbid, 1)"
)
_WAYS = (
    # The first that finds a pair says by what it was found.
    (
        True,
        MUSICBRAINZ,
        "CROSS JOIN track g INDEXED BY track_gone_by_mbid ON g.mbid = t.mbid AND g.mbid IS NOT NULL "
        f"AND g.gone_unix_s IS NOT NULL{_ONE_RECORDING} g.folder IS NOT NULL",
    ),
    (
        True,
        TAGS,
        "CROSS JOIN track g INDEXED BY track_gone_by_title ON g.title_key = t.title_key "
        f"AND g.gone_unix_s IS NOT NULL{_ONE_RECORDING} g.folder IS NOT NULL AND {_SAME_TAGS}",
    ),
    (
        False,
        MUSICBRAINZ,
        "CROSS JOIN track g INDEXED BY track_by_mbid ON g.mbid = t.mbid AND g.mbid IS NOT NULL "
        f"AND g.listed = 1{_ONE_RECORDING} g.folder = t.folder AND g.dir = t.dir",
    ),
    (
        False,
        TAGS,
        "CROSS JOIN track g INDEXED BY track_by_title ON g.title_key = t.title_key "
        f"AND g.listed{_ONE_RECORDING} {_SAME_TAGS}",
    ),
)


class Offer(msgspec.Struct, frozen=True, order=True):
    """The file of `new` for the track `old`; `missing`: its own is gone.  `by`: MUSICBRAINZ or TAGS."""

    old: int
    new: int
    missing: bool
    by: str


class Offers:
    """Offers as they come together, stride by stride: one question after another, so that others are answered too."""

    def __init__(self) -> None:
        self._after = 0
        self._found: dict[tuple[int, int], Offer] = {}

    def go_on(self, connection: sqlite3.Connection) -> bool:
        """Look at the next tracks; False when there are no more."""
        (last,) = connection.execute("SELECT max(id) FROM track").fetchone()
        if self._after >= (last or 0):
            return False
        until = self._after + _STRIDE
        for offer in _offers(connection, "t.id > ? AND t.id <= ?", (self._after, until)):
            self._found.setdefault((offer.old, offer.new), offer)
        self._after = until
        return True

    @property
    def found(self) -> tuple[Offer, ...]:
        """In the order of their ids."""
        return tuple(sorted(self._found.values()))


def offer_of(connection: sqlite3.Connection, old: int, new: int) -> Offer | None:
    """The offer of this pair, None when it is none."""
    return next(iter(_offers(connection, "g.id = ? AND t.id = ?", (old, new))), None)


def replace(connection: sqlite3.Connection, offer: Offer) -> None:
    """`old` has the file of `new` from now on, and `new` that of `old`: its plays, rating and the rest go to `old`.

    So whoever holds the id of `old` holds the better file, and nobody's id means nothing.
    """
    _join_numbers(connection, offer.old, offer.new)
    _change_files(connection, offer.old, offer.new)
    settle(connection, offer.new, offer.old)


def settle(connection: sqlite3.Connection, old: int, new: int) -> None:
    """This pair is not offered any more."""
    connection.execute("INSERT OR IGNORE INTO settled (old, new) VALUES (?, ?)", (old, new))


def stands_in_queue(connection: sqlite3.Connection, track: int) -> bool:
    return connection.execute("SELECT 1 FROM queue_entry WHERE track = ? LIMIT 1", (track,)).fetchone() is not None


def is_better(new: tuple[Any, ...], old: tuple[Any, ...]) -> bool:
    """Of format, bits, rate and bitrate: lossless is better than lossy, then more bits, a higher rate or bitrate."""
    return _worth(new) > _worth(old)


def _worth(figures: tuple[Any, ...]) -> tuple[int, ...]:
    file_format, bits, rate_hz, bitrate = figures
    if file_format in LOSSLESS:
        return (1, bits or 0, rate_hz or 0)
    return (0, bitrate or 0)


def _offers(connection: sqlite3.Connection, which: str, values: tuple[int, int]) -> list[Offer]:
    offers = []
    for missing, by, pairs in _WAYS:
        for old, new, *figures in connection.execute(f"{_SELECTED}{pairs} AND {which}", values):
            if missing or is_better(tuple(figures[4:]), tuple(figures[:4])):
                offers.append(Offer(old, new, missing, by))
    return offers


def _join_numbers(connection: sqlite3.Connection, old: int, new: int) -> None:
    connection.execute("INSERT OR IGNORE INTO listening (track) SELECT ? FROM listening WHERE track = ?", (old, new))
    connection.execute(
        "UPDATE listening SET favourite = max(listening.favourite, n.favourite), "
        "rating = coalesce(listening.rating, n.rating), plays = listening.plays + n.plays, "
        "skips = listening.skips + n.skips, "
        "last_played_unix_s = nullif(max(coalesce(listening.last_played_unix_s, 0), "
        "coalesce(n.last_played_unix_s, 0)), 0) FROM listening n WHERE listening.track = ? AND n.track = ?",
        (old, new),
    )
    connection.execute("DELETE FROM listening WHERE track = ?", (new,))
    connection.execute("UPDATE history SET track = ? WHERE track = ?", (old, new))
    connection.execute(
        "INSERT OR IGNORE INTO track_preset (track, preset) SELECT ?, preset FROM track_preset WHERE track = ?",
        (old, new),
    )
    connection.execute("DELETE FROM track_preset WHERE track = ?", (new,))


def _change_files(connection: sqlite3.Connection, one: int, other: int) -> None:
    columns = [
        name for _, name, *_ in connection.execute("PRAGMA table_info(track)") if name not in {"id", "added_unix_s"}
    ]
    rows = [
        connection.execute(f"SELECT {', '.join(columns)} FROM track WHERE id = ?", (track,)).fetchone()
        for track in (other, one)
    ]
    # Both leave before either arrives: they would meet on the way.
    connection.executemany("UPDATE track SET gone_unix_s = 0, available = 0 WHERE id = ?", ((one,), (other,)))
    for track, row in zip((one, other), rows, strict=True):
        connection.execute(
            f"UPDATE track SET {', '.join(f'{name} = ?' for name in columns)} WHERE id = ?", (*row, track)
        )
    profiles = connection.execute("SELECT * FROM profile WHERE track IN (?, ?)", (one, other)).fetchall()
    connection.execute("DELETE FROM profile WHERE track IN (?, ?)", (one, other))
    for track, *rest in profiles:  # what was measured goes with its file
        marks = ", ".join("?" * (1 + len(rest)))
        connection.execute(f"INSERT INTO profile VALUES ({marks})", (other if track == one else one, *rest))
