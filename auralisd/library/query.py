"""Queries: the page that is asked for, and the place where it ended as an opaque cursor."""

import base64
import binascii

import msgspec

from auralisd.errors import InvalidRequest
from auralisd.library.grammar import question_of
from auralisd.store.search import SORTS, Position, Wanted

MAX_LIMIT = 500
_TEXT_SORTS = ("album", "title", "artist")
"""Their keys are bytes; those of all others are numbers."""


class _Mark(msgspec.Struct, frozen=True, array_like=True):
    """What a cursor holds: it continues the question it came from, and no other."""

    expression: str
    sort: str
    descending: bool
    key: bytes | int | float
    id: int


def wanted_page(expression: str, *, cursor: str, limit: int, sort: str, descending: bool, offset: int) -> Wanted:
    """The page that is asked for.  Raises InvalidRequest."""
    sort = sort or "album"
    if sort not in SORTS:
        raise InvalidRequest(f"sort: {sort!r} is unknown; there are {', '.join(SORTS)}")
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidRequest(f"limit: {limit} is not in 1..{MAX_LIMIT}")
    if not 0 <= offset < 2**31:
        raise InvalidRequest(f"offset: {offset} is not in 0..{2**31 - 1}")
    question = question_of(expression)
    after = _position(cursor, expression, sort=sort, descending=descending) if cursor else None
    return Wanted(question, sort, descending, limit, offset, after)


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
    if isinstance(mark.key, bytes) != (sort in _TEXT_SORTS) or beyond_sqlite:
        raise InvalidRequest("cursor: this is none of ours; begin with an empty one")
    return mark.key, mark.id
