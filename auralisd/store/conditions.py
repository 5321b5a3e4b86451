"""Conditions: a question as SQL over `fact`, the narrow table of the available tracks.

Words that stand together become one search of the word index, which drives the statement; all else is tested on the
rows that it yields, or on a walk over `fact`.
"""

import operator
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any as AnyValue

import msgspec

from auralisd.model.profile import MEASURED_VERSION
from auralisd.model.question import AGES, All, Any, Compared, Flagged, Not, Question, Same, Words
from auralisd.store.order import fold
from auralisd.store.values import ALBUM, ALBUM_ARTIST, ARTIST, COMPOSER, GENRE, KIND_OF

Values = tuple[AnyValue, ...]

_INDEXED = {"title": "heading", "artist": "artists", "album": "album", "genre": "genres"}
"""Fields and their columns in the word index of tracks."""
_ROLES = {"artist": ARTIST, "album_artist": ALBUM_ARTIST, "genre": GENRE, "composer": COMPOSER}
_COLUMNS = {
    **{name: f"f.{name}" for name in ("year", "track_number", "disc_number", "rate_hz", "channels", "bits", "bitrate")},
    "duration": "f.duration_us / 1e6",
    "added": "f.added_unix_s",
    "album_id": "f.album",
    "folder_id": "f.folder",
}
_LISTENED = {"rating": "rating", "plays": "plays", "skips": "skips", "played": "last_played_unix_s"}
"""Columns of `listening`, which has no row of a track that nobody listened to: see `_listening`."""
_ON_TRACK = {"bpm": "bpm", "has_lyrics": "has_lyrics", "has_art": "has_art"}
_MEASURED = {"loudness": "loudness_lufs", "true_peak": "true_peak_dbtp"}
"""Columns of `track` and of `profile` that few are asked for, each with an index of its own."""
_ID_ROLES = {"artist_id": (ARTIST, ALBUM_ARTIST), "genre_id": (GENRE,)}
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_MATCHING = "SELECT rowid FROM search WHERE search MATCH ?"
_COMMENTED = "SELECT rowid FROM comment_search WHERE comment_search MATCH ?"
_NEVER = -1
"""When a track was played that never was: before any time."""
_HOLDS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Condition(msgspec.Struct, frozen=True):
    """Both of what is given: a search of the word index (`match`), and a test of a row `f` of fact (`sql`).

    `ids`: the test says no more than that the row's id is among those that this selects.  `heard`: it says no more than
    this of the track's row of `listening`; `unheard` is what it says where there is none.
    """

    match: str = ""
    sql: str = ""
    values: Values = ()
    ids: str = ""
    heard: str = ""
    unheard: bool = False

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
            return _not(condition_of(part, now_unix_s))
        case Words(field, text, prefix):
            return _words(field, text, prefix=prefix)
        case Same(field, text):
            return _same(field, text)
        case Flagged("analysed"):
            return Condition(sql="f.measured = ?", values=(MEASURED_VERSION,))
        case Flagged(field) if field in _ON_TRACK:
            return _among(f"SELECT id FROM track WHERE {_ON_TRACK[field]}")
        case Flagged():
            return _listening("favourite", unheard=False)
        case Compared():
            return _compared(question, now_unix_s)


def _all(parts: Sequence[Condition]) -> Condition:
    parts = _heard_together(parts, "AND", all)
    if len(parts) == 1:
        return parts[0]
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
    parts = _heard_together(parts, "OR", any)
    words = [part.match for part in parts if part.match and not part.sql]
    chosen = [part for part in parts if part.ids]
    tested = [part for part in parts if part.sql and not part.ids]
    together = Condition(" OR ".join(f"({match})" for match in words))
    if not chosen and not tested:
        return together
    if words:
        chosen.append(_among(_MATCHING, together.match))
    if len(chosen) > 1:
        # As one selection, which can drive a statement; side by side they would be tried on every row.
        values = tuple(value for part in chosen for value in part.values)
        chosen = [_among(" UNION ALL ".join(part.ids for part in chosen), *values)]
    tested += chosen
    if len(tested) == 1:
        return tested[0]
    tests = [_tested(part) for part in tested]
    return Condition(
        sql=f"({' OR '.join(sql for sql, _ in tests)})", values=tuple(value for _, values in tests for value in values)
    )


def _heard_together(
    parts: Sequence[Condition], word: str, combined: Callable[[Iterable[bool]], bool]
) -> list[Condition]:
    """Those of `listening` as one, so that it is walked once."""
    heard = [part for part in parts if part.heard]
    if len(heard) < 2:
        return list(parts)
    values = tuple(value for part in heard for value in part.values)
    test = f" {word} ".join(f"({part.heard})" for part in heard)
    return [
        *(part for part in parts if not part.heard),
        _listening(test, *values, unheard=combined(part.unheard for part in heard)),
    ]


def _listening(test: str, *values: AnyValue, unheard: bool) -> Condition:
    """Where it holds for a track without a row too, those are left out whose row says otherwise."""
    if not unheard:
        among = _among(f"SELECT track FROM listening WHERE {test}", *values)
        return msgspec.structs.replace(among, heard=test)
    excepted = f"SELECT track FROM listening WHERE NOT coalesce({test}, 0)"
    return Condition(sql=f"f.id NOT IN ({excepted})", values=values, heard=test, unheard=True)


def _among(ids: str, *values: AnyValue) -> Condition:
    return Condition(sql=f"f.id IN ({ids})", values=values, ids=ids)


def _not(part: Condition) -> Condition:
    if part.heard:
        return _listening(f"NOT coalesce({part.heard}, 0)", *part.values, unheard=not part.unheard)
    sql, values = _tested(part)
    return Condition(sql=f"NOT {sql}" if part.ids else f"NOT coalesce({sql}, 0)", values=values)


def _tested(part: Condition) -> tuple[str, Values]:
    """As a test of one row, whatever it is made of."""
    if part.everything:
        return "1", ()
    tests = [part.sql] if part.sql else []
    if part.match:
        tests.insert(0, f"f.id IN ({_MATCHING})")
    return f"({' AND '.join(tests)})", (*([part.match] if part.match else []), *part.values)


def _words(field: str, text: str, *, prefix: bool) -> Condition:
    phrase = _phrase(text) + "*" * prefix
    if field == "":
        return Condition(phrase)
    if field in _INDEXED:
        return Condition(f"{{{_INDEXED[field]}}} : {phrase}")
    if field == "comment":
        return _among(_COMMENTED, phrase)
    return _among(
        "SELECT track FROM credit WHERE role = ? AND value IN "
        "(SELECT rowid FROM value_search WHERE value_search MATCH ?)",
        _ROLES[field],
        phrase,
    )


def _phrase(text: str) -> str:
    return '"' + text.replace('"', '""').replace("\0", " ") + '"'


def _same(field: str, text: str) -> Condition:
    folded = fold(text)
    if field == "format":
        return Condition(sql="f.format = ?", values=(folded,))
    if field == "mbid":
        return _among("SELECT id FROM track WHERE mbid = ?", folded)
    if field == "comment":
        return _same_comment(text, folded)
    if field == "album":
        return Condition(sql="f.album IN (SELECT id FROM value WHERE kind = ? AND folded = ?)", values=(ALBUM, folded))
    if field == "title":
        compared = "SELECT id FROM track WHERE fold(heading) = ? AND id IN "
        if _LETTER_OR_DIGIT.search(text) is None:  # signs are in no index
            return _among(compared + "(SELECT id FROM fact)", folded)
        return _among(f"{compared} ({_MATCHING})", folded, "{heading} : " + _phrase(text))
    role = _ROLES[field]
    return _among(
        "SELECT track FROM credit WHERE role = ? AND value IN (SELECT id FROM value WHERE kind = ? AND folded = ?)",
        role,
        KIND_OF[role],
        folded,
    )


def _same_comment(text: str, folded: str) -> Condition:
    compared = "SELECT id FROM track WHERE fold(coalesce(comment, '')) = ? AND comment IS NOT NULL"
    if _LETTER_OR_DIGIT.search(text) is None:
        return _among(compared, folded)
    return _among(f"{compared} AND id IN ({_COMMENTED})", folded, _phrase(text))


def _compared(asked: Compared, now_unix_s: int) -> Condition:
    field, relation, value = asked.field, asked.relation, asked.value
    if field in AGES:
        relation, value = _TURNED[relation], max(0, now_unix_s - value)
    if field in _LISTENED:
        return _listened(field, relation, value)
    if field in _ON_TRACK:
        return _among(f"SELECT id FROM track WHERE {_ON_TRACK[field]} {relation} ?", value)
    if field in _MEASURED:
        measured = f"SELECT track FROM profile WHERE {_MEASURED[field]} {relation} ? AND version = {MEASURED_VERSION}"
        return _among(measured, value)
    if field in _ID_ROLES:
        roles = ", ".join(map(str, _ID_ROLES[field]))
        named = _among(f"SELECT track FROM credit WHERE value = ? AND role IN ({roles})", value)
        return named if relation == "=" else Condition(sql=f"NOT {named.sql}", values=named.values)
    # The plus: a range is met in the order of the ids on a walk, which costs less than to bring it into that order.
    by_walk = "" if relation == "=" else "+"
    return Condition(sql=f"{by_walk}{_COLUMNS[field]} {relation} ?", values=(value,))


def _listened(field: str, relation: str, value: float) -> Condition:
    column = _LISTENED[field]
    if field == "rating":
        return _listening(f"rating {relation} ?", value, unheard=False)
    otherwise = _NEVER if field == "played" else 0
    unheard = _HOLDS[relation](otherwise, value)
    if field == "played" and unheard:
        column = f"coalesce({column}, {_NEVER})"
    return _listening(f"{column} {relation} ?", value, unheard=unheard)
