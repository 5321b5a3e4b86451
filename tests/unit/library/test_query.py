"""Plain words, and the place where each other thing is refused."""

import base64

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auralisd.errors import InvalidRequest
from auralisd.library.query import match_of, wanted_page
from auralisd.store.search import Wanted


def page(expression: str = "", *, cursor: str = "", limit: int = 10, sort: str = "", offset: int = 0) -> Wanted:
    return wanted_page(expression, cursor=cursor, limit=limit, sort=sort, descending=False, offset=offset)


@pytest.mark.parametrize(
    ("expression", "match"),
    [
        ("", ""),
        ("  \t ", ""),
        ("Bach", '"Bach"*'),
        ("bach  cello", '"bach"* AND "cello"*'),
        ("simon & garfunkel", '"simon"* AND "garfunkel"*'),
        ("a* -b ^c {d} e+f g,h", '"a*"* AND "-b"* AND "^c"* AND "{d}"* AND "e+f"* AND "g,h"*'),
        ("!!!", '""'),
    ],
)
def test_words_become_prefixes(expression: str, match: str) -> None:
    assert match_of(expression) == match


@pytest.mark.parametrize(
    ("expression", "place"),
    [
        ("artist:bach", 7),
        ("bach (cello)", 6),
        ('say "this"', 5),
        ("year>=1990", 5),
        ("a = b", 3),
        ("love and hate", 6),
        ("OR", 1),
        ("x Not y", 3),
    ],
)
def test_what_is_no_plain_word_is_refused_at_its_place(expression: str, place: int) -> None:
    with pytest.raises(InvalidRequest, match=f"at character {place}:"):
        match_of(expression)


@pytest.mark.parametrize("word", ["android", "oregano", "nothing", "band"])
def test_a_word_that_only_begins_like_an_operator_is_a_word(word: str) -> None:
    assert match_of(word) == f'"{word}"*'


def test_too_many_words_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="33 words"):
        match_of("w " * 33)


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_a_limit_out_of_range_is_refused(limit: int) -> None:
    with pytest.raises(InvalidRequest, match="limit"):
        page(limit=limit)


def test_an_unknown_sort_is_refused_naming_those_there_are() -> None:
    with pytest.raises(InvalidRequest, match="album, title, artist, added"):
        page(sort="rating")


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
