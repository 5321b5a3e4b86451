"""Conditions: a question as SQL over `fact`, the narrow table of the available tracks.

Words that stand together become one search of the word index, which drives the statement; all else is tested on the
rows that it yields, or on a walk over `fact`.
"""

from collections.abc import Sequence
from typing import Any as AnyValue

import msgspec

from auralisd.model.profile import MEASURED_VERSION
from auralisd.model.question import All, Any, Compared, Flagged, Not, Question, Same, Words
from auralisd.store.order import fold
from auralisd.store.values import ALBUM, ALBUM_ARTIST, ARTIST, COMPOSER, GENRE, KIND_OF

Values = tuple[AnyValue, ...]

_INDEXED = {"title": "heading", "artist": "artists", "album": "album", "genre": "genres"}
"""Fields and their columns in the word index of tracks."""
_ROLES = {"artist": ARTIST, "album_artist": ALBUM_ARTIST, "genre": GENRE, "composer": COMPOSER}
_LISTENED = {
    "favourite": "coalesce(l.favourite, 0)",
    "rating": "l.rating",
    "plays": "coalesce(l.plays, 0)",
    "skips": "coalesce(l.skips, 0)",
    "played": "coalesce(l.last_played_unix_s, 0)",
}
_COLUMNS = {
    **{name: f"f.{name}" for name in ("year", "track_number", "disc_number", "rate_hz", "channels", "bits", "bitrate")},
    "duration": "f.duration_us / 1e6",
    "added": "f.added_unix_s",
    "album_id": "f.album",
    "folder_id": "f.folder",
    **_LISTENED,
}
_ID_ROLES = {"artist_id": (ARTIST, ALBUM_ARTIST), "genre_id": (GENRE,)}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Condition(msgspec.Struct, frozen=True):
    """`match` is a search of the word index, "" for none; `sql` tests `f` (fact) and `l` (listening, when joined)."""

    match: str = ""
    sql: str = ""
    values: Values = ()

    @property
    def listening(self) -> bool:
        """True when `listening` must be joined as `l`."""
        return "l." in self.sql

    @property
    def everything(self) -> bool:
        return not self.match and not self.sql


def condition_of(question: Question, now_unix_s: int) -> Condition:
    """The tracks that `question` asks for; ages count back from now."""
    match question:
        case All(parts):
            return _all([condition_of(part, now_unix_s) for part in parts])
        case Any(parts):
            return _any([condition_of(part, now_unix_s) for part in parts])
        case Not(part):
            sql, values = _tested(condition_of(part, now_unix_s))
            return Condition(sql=f"NOT coalesce({sql}, 0)", values=values)
        case Words(field, text, prefix):
            return _words(field, text, prefix=prefix)
        case Same(field, text):
            return _same(field, text)
        case Flagged("analysed"):
            return Condition(sql="f.measured = ?", values=(MEASURED_VERSION,))
        case Flagged(field):
            return Condition(sql=_COLUMNS[field])
        case Compared():
            return _compared(question, now_unix_s)


def _all(parts: Sequence[Condition]) -> Condition:
    matches = [part.match for part in parts if part.match]
    tests = [part for part in parts if part.sql]
    return Condition(
        " AND ".join(f"({match})" for match in matches) if len(matches) > 1 else "".join(matches),
        " AND ".join(part.sql for part in tests),
        tuple(value for part in tests for value in part.values),
    )


def _any(parts: Sequence[Condition]) -> Condition:
    if not parts:
        return Condition(sql="0")
    if any(part.everything for part in parts):
        return Condition()
    words = [part.match for part in parts if part.match and not part.sql]
    together = [Condition(" OR ".join(f"({match})" for match in words))] if words else []
    rest = [part for part in parts if part.sql]
    if not rest:
        return together[0]
    tests = [_tested(part) for part in (*together, *rest)]
    return Condition(
        sql=f"({' OR '.join(sql for sql, _ in tests)})", values=tuple(value for _, values in tests for value in values)
    )


def _tested(part: Condition) -> tuple[str, Values]:
    """As a test of one row, whatever it is made of."""
    if part.everything:
        return "1", ()
    tests = [part.sql] if part.sql else []
    if part.match:
        tests.insert(0, "f.id IN (SELECT rowid FROM search WHERE search MATCH ?)")
    return f"({' AND '.join(tests)})", (*([part.match] if part.match else []), *part.values)


def _words(field: str, text: str, *, prefix: bool) -> Condition:
    phrase = '"' + text.replace('"', '""') + '"' + "*" * prefix
    if field == "":
        return Condition(phrase)
    if field in _INDEXED:
        return Condition(f"{{{_INDEXED[field]}}} : {phrase}")
    return Condition(
        sql="f.id IN (SELECT track FROM credit WHERE role = ? AND value IN "
        "(SELECT rowid FROM value_search WHERE value_search MATCH ?))",
        values=(_ROLES[field], phrase),
    )


def _same(field: str, text: str) -> Condition:
    folded = fold(text)
    if field == "format":
        return Condition(sql="f.format = ?", values=(folded,))
    if field == "album":
        return Condition(sql="f.album IN (SELECT id FROM value WHERE kind = ? AND folded = ?)", values=(ALBUM, folded))
    if field == "title":
        first = folded.encode() + b"\0"
        return Condition(
            sql="f.id IN (SELECT id FROM track WHERE listed AND title_key >= ? AND title_key < ?)",
            values=(first, folded.encode() + b"\1"),
        )
    role = _ROLES[field]
    return Condition(
        sql="f.id IN (SELECT track FROM credit WHERE role = ? AND value IN "
        "(SELECT id FROM value WHERE kind = ? AND folded = ?))",
        values=(role, KIND_OF[role], folded),
    )


def _compared(asked: Compared, now_unix_s: int) -> Condition:
    field, relation, value = asked.field, asked.relation, asked.value
    if field in _ID_ROLES:
        roles = ", ".join(map(str, _ID_ROLES[field]))
        test = f"f.id IN (SELECT track FROM credit WHERE value = ? AND role IN ({roles}))"
        return Condition(sql=test if relation == "=" else f"NOT {test}", values=(value,))
    if field in ("added", "played"):
        relation, value = _TURNED[relation], now_unix_s - value
    return Condition(sql=f"{_COLUMNS[field]} {relation} ?", values=(value,))
