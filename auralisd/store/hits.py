"""Hits: the ids of the tracks that a question asks for, in a table of the connection's own memory.

They are found once for all pages of an answer, as long as nobody writes: `PRAGMA data_version` tells.
"""

import contextlib
import sqlite3
from collections.abc import Iterator

import msgspec

from auralisd.model.question import EVERY_TRACK, Question
from auralisd.store.conditions import Condition, Values, condition_of

_AGE_S = 60
"""Hits of a question with ages in it are found again after this long."""


class _Kept(msgspec.Struct, frozen=True):
    question: Question
    data_version: int
    found_unix_s: int
    total: int

    def holds(self, now_unix_s: int) -> bool:
        return 0 <= now_unix_s - self.found_unix_s < _AGE_S


class Hits:
    """Belongs to one connection, and is used on its thread only.

    `reuse` False: the connection writes too, which its `data_version` does not tell, so nothing is kept.
    """

    def __init__(self, *, reuse: bool = False) -> None:
        self._reuse = reuse
        self._kept: _Kept | None = None

    @contextlib.contextmanager
    def of(self, connection: sqlite3.Connection, question: Question, now_unix_s: int) -> Iterator[int]:
        """How many tracks are asked for; their ids are in `temp.hit`, but of every track they are those of `fact`."""
        try:
            yield self._find(connection, question, now_unix_s)
        except BaseException:
            self._kept = None  # the transaction is rolled back, and `temp.hit` with it
            raise

    def _find(self, connection: sqlite3.Connection, question: Question, now_unix_s: int) -> int:
        if question == EVERY_TRACK:
            (total,) = connection.execute("SELECT count(*) FROM fact").fetchone()
            return int(total)
        version = data_version(connection)
        kept = self._kept
        if kept is not None and (kept.question, kept.data_version) == (question, version) and kept.holds(now_unix_s):
            return kept.total
        self._kept = None
        total = _fill(connection, condition_of(question, now_unix_s))
        if self._reuse:
            self._kept = _Kept(question, version, now_unix_s, total)
        return total


def data_version(connection: sqlite3.Connection) -> int:
    """Another number whenever another connection has written."""
    (version,) = connection.execute("PRAGMA data_version").fetchone()
    return int(version)


def _fill(connection: sqlite3.Connection, condition: Condition) -> int:
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS hit (id INTEGER PRIMARY KEY)")
    connection.execute("DELETE FROM temp.hit")
    match, sql, values = condition.match, condition.sql, condition.values
    if condition.ids and not match:
        return _take(connection, f"OR IGNORE INTO temp.hit {condition.ids}", values)
    if match and not sql:
        # Each comes once: not to say so costs a third less.
        return _take(connection, "INTO temp.hit SELECT rowid FROM search WHERE search MATCH ?", (match,))
    if not match:
        return connection.execute(f"INSERT INTO temp.hit SELECT f.id FROM fact f WHERE {sql or 1}", values).rowcount
    # The plus keeps SQLite from searching the word index once for each id of a selection.
    return connection.execute(
        "INSERT INTO temp.hit SELECT f.id FROM search CROSS JOIN fact f ON f.id = search.rowid "
        f"WHERE search MATCH ? AND {sql.replace('f.id IN', '+f.id IN')}",
        (match, *values),
    ).rowcount


def _take(connection: sqlite3.Connection, selected: str, values: Values) -> int:
    """All that are selected, and then without those that are not listed: few, as a rule."""
    found = connection.execute(f"INSERT {selected}", values).rowcount
    hidden = connection.execute("DELETE FROM temp.hit WHERE id IN (SELECT id FROM track WHERE listed = 0)").rowcount
    return found - hidden
