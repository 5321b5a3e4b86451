"""Revision: where the numbers of the library's states begin after each start, so that none comes twice."""

import sqlite3

STRIDE = 1_000_000_000
"""More states than this no daemon lives through."""


def begin_revisions(connection: sqlite3.Connection) -> int:
    """A number that is higher than every one that was told before."""
    (begun,) = connection.execute(
        "INSERT INTO revision (one, begun) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET begun = begun + ? "
        "RETURNING begun",
        (STRIDE, STRIDE),
    ).fetchone()
    return int(begun)
