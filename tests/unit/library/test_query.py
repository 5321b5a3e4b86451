"""Pages and cursors: what is refused of them."""

import base64

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auralisd.errors import InvalidRequest
from auralisd.library.query import wanted_page
from auralisd.store.search import Wanted


def page(expression: str = "", *, cursor: str = "", limit: int = 10, sort: str = "", offset: int = 0) -> Wanted:
    return wanted_page(expression, cursor=cursor, limit=limit, sort=sort, descending=False, offset=offset)


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_a_limit_out_of_range_is_refused(limit: int) -> None:
    with pytest.raises(InvalidRequest, match="limit"):
        page(limit=limit)


def test_an_unknown_sort_is_refused_naming_those_there_are() -> None:
    with pytest.raises(InvalidRequest, match="album, title, artist, added"):
        page(sort="loudness")


def test_a_negative_offset_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="offset"):
        page(offset=-1)


@given(st.text())
def test_a_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    if cursor:
        with pytest.raises(InvalidRequest, match="cursor"):
            page(cursor=cursor)


def test_a_forged_cursor_beyond_what_the_database_counts_is_refused() -> None:
    forged = base64.urlsafe_b64encode(msgspec.msgpack.encode(("", "added", False, 2**63, 1))).decode()
    with pytest.raises(InvalidRequest, match="cursor"):
        page(cursor=forged, sort="added")
