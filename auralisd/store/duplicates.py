"""Duplicates: available tracks that hold the same sound, told by its signature."""

import sqlite3

import msgspec

_SAME = "FROM track INDEXED BY track_by_signature WHERE signature IS NOT NULL AND listed = 1"


class Duplicates(msgspec.Struct, frozen=True):
    """One page of groups: the ids of each, in order.  `after` is the signature behind which the next page begins (b""
    when there is no more), `total` how many groups there are in all."""

    groups: tuple[tuple[int, ...], ...]
    after: bytes
    total: int


def find_duplicates(connection: sqlite3.Connection, after: bytes, limit: int) -> Duplicates:
    """The groups whose signature comes after `after`: a page stays true while tracks come and go."""
    (total,) = connection.execute(
        f"SELECT count(*) FROM (SELECT 1 {_SAME} GROUP BY signature HAVING count(*) > 1)"
    ).fetchone()
    signatures = [
        row[0]
        for row in connection.execute(
            f"SELECT signature {_SAME} AND signature > ? GROUP BY signature HAVING count(*) > 1 "
            "ORDER BY signature LIMIT ?",
            (after, limit + 1),
        )
    ]
    page = signatures[:limit]
    return Duplicates(
        groups=tuple(holding_sound(connection, signature) for signature in page),
        after=page[-1] if len(signatures) > limit else b"",
        total=total,
    )


def holding_sound(connection: sqlite3.Connection, signature: bytes) -> tuple[int, ...]:
    """The available tracks with this signature."""
    rows = connection.execute(f"SELECT id {_SAME} AND signature = ? ORDER BY id", (signature,))
    return tuple(track for (track,) in rows)
