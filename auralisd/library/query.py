"""Queries: plain words → an FTS5 expression, and the place where a page ended → an opaque cursor."""

import base64
import binascii
import re
from typing import NoReturn

import msgspec

from auralisd.errors import InvalidRequest
from auralisd.store.search import SORT_COLUMNS, Position, Wanted

MAX_LIMIT = 500
_MAX_WORDS = 32
_WORD = re.compile(r"\S+")
_OPERATOR = re.compile(r'[:()"=<>]')
_RESERVED = frozenset({"and", "or", "not"})
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_NOTHING = '""'
"""Matches no track."""


class _Mark(msgspec.Struct, frozen=True, array_like=True):
    """What a cursor holds: it continues the question it came from, and no other."""

    expression: str
    sort: str
    descending: bool
    key: bytes | int
    id: int


def match_of(expression: str) -> str:
    """The FTS5 expression that asks for every word as a prefix; "" for no words.

    Raises InvalidRequest pointing at the first character that plain words cannot hold.
    """
    words = []
    for found in _WORD.finditer(expression):
        word = found[0]
        if (operator := _OPERATOR.search(word)) is not None:
            _refuse(found.start() + operator.start(), f"{operator[0]!r} is no part of plain words")
        if word.casefold() in _RESERVED:
            _refuse(found.start(), f"{word!r} is an operator, and only plain words are understood")
        words.append(word)
    if len(words) > _MAX_WORDS:
        raise InvalidRequest(f"expression: {len(words)} words are more than the {_MAX_WORDS} that are looked for")
    # A word of signs alone has nothing to look for; beside others it is passed over ("Simon & Garfunkel").
    sought = [word for word in words if _LETTER_OR_DIGIT.search(word)]
    if words and not sought:
        return _NOTHING
    return " AND ".join(f'"{word}"*'.replace("\0", "") for word in sought)


def wanted_page(expression: str, *, cursor: str, limit: int, sort: str, descending: bool, offset: int) -> Wanted:
    """The page that is asked for.  Raises InvalidRequest."""
    sort = sort or "album"
    if sort not in SORT_COLUMNS:
        raise InvalidRequest(f"sort: {sort!r} is unknown; there are {', '.join(SORT_COLUMNS)}")
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidRequest(f"limit: {limit} is not in 1..{MAX_LIMIT}")
    if not 0 <= offset < 2**31:
        raise InvalidRequest(f"offset: {offset} is not in 0..{2**31 - 1}")
    match = match_of(expression)
    after = _position(cursor, expression, sort=sort, descending=descending) if cursor else None
    return Wanted(match, sort, descending, limit, offset, after)


def cursor_after(position: Position | None, expression: str, wanted: Wanted) -> str:
    """The cursor that continues after `position`; "" when there is no more."""
    if position is None:
        return ""
    key, track = position
    mark = msgspec.msgpack.encode(_Mark(expression, wanted.sort, wanted.descending, key, track))
    return base64.urlsafe_b64encode(mark).decode()


def _position(cursor: str, expression: str, *, sort: str, descending: bool) -> Position:
    try:
        mark = msgspec.msgpack.decode(base64.urlsafe_b64decode(cursor.encode()), type=_Mark)
    except (msgspec.DecodeError, binascii.Error, UnicodeError):
        raise InvalidRequest("cursor: this is none of ours; begin with an empty one") from None
    if (mark.expression, mark.sort, mark.descending) != (expression, sort, descending):
        raise InvalidRequest("cursor: it belongs to another question; begin with an empty one")
    beyond_sqlite = not 0 <= mark.id < 2**63 or (isinstance(mark.key, int) and not abs(mark.key) < 2**63)
    if isinstance(mark.key, int) != (sort == "added") or beyond_sqlite:
        raise InvalidRequest("cursor: this is none of ours; begin with an empty one")
    return mark.key, mark.id


def _refuse(index: int, reason: str) -> NoReturn:
    raise InvalidRequest(f"expression: at character {index + 1}: {reason}")
