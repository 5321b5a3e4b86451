"""Queries: the page that is asked for, and the place where it ended as an opaque cursor."""

import base64
import binascii

import msgspec

from auralisd.errors import InvalidRequest
from auralisd.library.grammar import question_of
from auralisd.store.browsing import KINDS, WantedParts
from auralisd.store.search import SORTS, Position, Wanted

MAX_LIMIT = 500
_BY_BYTES = ("album", "title", "artist")
_BY_TEXT = ("albums", "artists", "genres", "folders")
"""What orders sort by; all others sort by numbers.  A cursor holds texts as bytes."""


class _Mark(msgspec.Struct, frozen=True, array_like=True):
    """What a cursor holds: it continues the question it came from, and no other."""

    expression: str
    order: str
    descending: bool
    key: bytes | int | float
    id: int


def wanted_page(expression: str, *, cursor: str, limit: int, sort: str, descending: bool, offset: int) -> Wanted:
    """The page that is asked for.  Raises InvalidRequest."""
    sort = sort or "album"
    if sort not in SORTS:
        raise InvalidRequest(f"sort: {sort!r} is unknown; there are {', '.join(SORTS)}")
    _check_extent(limit, offset)
    question = question_of(expression)
    after = _position(cursor, expression, order=sort, descending=descending) if cursor else None
    return Wanted(question, sort, descending, limit, offset, after)


def wanted_parts(kind: str, expression: str, *, cursor: str, limit: int, descending: bool, offset: int) -> WantedParts:
    """The page of parts that is asked for.  Raises InvalidRequest."""
    if kind not in KINDS:
        raise InvalidRequest(f"kind: {kind!r} is unknown; there are {', '.join(KINDS)}")
    _check_extent(limit, offset)
    question = question_of(expression)
    after = _position(cursor, expression, order=kind, descending=descending) if cursor else None
    return WantedParts(kind, question, descending, limit, offset, after)


def cursor_after(position: Position | None, expression: str, wanted: Wanted | WantedParts) -> str:
    """The cursor that continues after `position`; "" when there is no more."""
    if position is None:
        return ""
    key, row = position
    order = wanted.sort if isinstance(wanted, Wanted) else wanted.kind
    plain = key.encode() if isinstance(key, str) else key
    mark = msgspec.msgpack.encode(_Mark(expression, order, wanted.descending, plain, row))
    return base64.urlsafe_b64encode(mark).decode()


def _check_extent(limit: int, offset: int) -> None:
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidRequest(f"limit: {limit} is not in 1..{MAX_LIMIT}")
    if not 0 <= offset < 2**31:
        raise InvalidRequest(f"offset: {offset} is not in 0..{2**31 - 1}")


def _position(cursor: str, expression: str, *, order: str, descending: bool) -> Position:
    try:
        mark = msgspec.msgpack.decode(base64.urlsafe_b64decode(cursor.encode()), type=_Mark)
    except (msgspec.DecodeError, binascii.Error, UnicodeError):
        raise InvalidRequest("cursor: this is none of ours; begin with an empty one") from None
    if (mark.expression, mark.order, mark.descending) != (expression, order, descending):
        raise InvalidRequest("cursor: it belongs to another question; begin with an empty one")
    beyond_sqlite = not 0 <= mark.id < 2**63 or (isinstance(mark.key, int) and not abs(mark.key) < 2**63)
    if isinstance(mark.key, bytes) != (order in _BY_BYTES + _BY_TEXT) or beyond_sqlite:
        raise InvalidRequest("cursor: this is none of ours; begin with an empty one")
    if isinstance(mark.key, bytes) and order in _BY_TEXT:
        return mark.key.decode("utf-8", "replace"), mark.id
    return mark.key, mark.id
