"""The language of expressions, and the place where each expression that makes no sense is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auralisd.errors import InvalidRequest
from auralisd.library.grammar import question_of
from auralisd.model.question import (
    EVERY_TRACK,
    NO_TRACK,
    All,
    Any,
    Compared,
    Flagged,
    Not,
    Question,
    Same,
    Words,
)


def word(text: str, field: str = "") -> Words:
    return Words(field, text, prefix=True)


A, B, C = word("a"), word("b"), word("c")


@pytest.mark.parametrize(
    ("expression", "question"),
    [
        ("", EVERY_TRACK),
        ("  \t ", EVERY_TRACK),
        ("Bach", word("Bach")),
        ("bach  cello", All((word("bach"), word("cello")))),
        ("simon & garfunkel", All((word("simon"), word("garfunkel")))),
        ("a* -b ^c {d} AC/DC P!nk", All(tuple(map(word, ("a*", "-b", "^c", "{d}", "AC/DC", "P!nk"))))),
        ("!!!", NO_TRACK),
        ("& & &", NO_TRACK),
        ('"dark side"', Words("", "dark side", prefix=False)),
        ('"favourite"', Words("", "favourite", prefix=False)),
        ("artist:bach", word("bach", "artist")),
        ("Genre : rock", word("rock", "genre")),
        ('album:"dark side"', Words("album", "dark side", prefix=False)),
        ('composer=="J. S. Bach"', Same("composer", "J. S. Bach")),
        ("artist!=x", Not(Same("artist", "x"))),
        ("format:flac", Same("format", "flac")),
        ("year>=1990", Compared("year", ">=", 1990)),
        ("year == 1990", Compared("year", "=", 1990)),
        ("rating>0.6", Compared("rating", ">", 0.6)),
        ("loudness<-14.5", Compared("loudness", "<", -14.5)),
        ("true_peak>=−1", Compared("true_peak", ">=", -1)),
        ("bpm>=120", Compared("bpm", ">=", 120)),
        ("mbid==x", Same("mbid", "x")),
        ("comment:live has_lyrics", All((word("live", "comment"), Flagged("has_lyrics")))),
        ("plays=0 skips!=0", All((Compared("plays", "=", 0), Compared("skips", "!=", 0)))),
        ("duration<3m", Compared("duration", "<", 180)),
        ("played<30d", Compared("played", "<", 30 * 86_400)),
        ("added<2w", Compared("added", "<", 14 * 86_400)),
        ("favourite", Flagged("favourite")),
        ("album_id=7", Compared("album_id", "=", 7)),
        ("a and b", All((A, B))),
        ("a or b c", Any((A, All((B, C))))),
        ("(a or b) c", All((Any((A, B)), C))),
        ("a OR b AND NOT c", Any((A, All((B, Not(C)))))),
        ("not not a", Not(Not(A))),
        ("not (a b)", Not(All((A, B)))),
        ("not favourite", Not(Flagged("favourite"))),
        *((each, word(each)) for each in ("android", "oregano", "nothing", "band", "years", "favourites")),
    ],
)
def test_an_expression_asks_for(expression: str, question: Question) -> None:
    assert question_of(expression) == question


@pytest.mark.parametrize(
    ("expression", "place", "reason"),
    [
        ("artst:bach", 1, "'artst' is no field"),
        ("a year>-5", 8, "'-5' is no value for year; one would be 1959"),
        ("loudness<loud", 10, "'loud' is no value for loudness; one would be -14"),
        ("mbid>7", 5, "mbid is text"),
        ("has_art=1", 8, "has_art stands alone"),
        ("a b artst:bach", 5, "no field; there are title, artist"),
        ("year>=", 7, "followed by no value"),
        ("year>=x", 7, "'x' is no value for year"),
        ("year:1990", 5, "year is a number"),
        ("artist>b", 7, "artist is text"),
        ("artist:", 8, "followed by no value"),
        ("artist:(b)", 8, "followed by no value"),
        ("played=30d", 7, "compared with '<' or '>'"),
        ("played<30", 8, "one would be 30d"),
        ("played<30m", 8, "one would be 30d"),
        ("favourite=1", 10, "stands alone"),
        ("album_id>7", 9, "compared with '='"),
        ("album_id=7.5", 10, "is no id"),
        ("rating>-1", 8, "no value for rating"),
        ("rating>1e400", 8, "no value for rating"),
        ("(a", 1, "never closed"),
        ("a (b or (c)", 3, "never closed"),
        ("a)", 2, "closes nothing"),
        ("()", 2, "has no field before it"),
        ("a or", 5, "it ends where a word is expected"),
        ("not", 4, "it ends where a word is expected"),
        ("or a", 1, "has nothing before it"),
        ("a and and b", 7, "has nothing before it"),
        ("a = b", 1, "'a' is no field"),
        ("=b", 1, "has no field before it"),
        ('say "this', 5, "the quotation is never closed"),
        ('"title":x', 1, "is no field"),
        ("w " * 33, 65, "more than 32"),
        ("(" * 17 + "a" + ")" * 17, 17, "more than 16"),
        ("not " * 17 + "a", 65, "more than 16"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_place(expression: str, place: int, reason: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        question_of(expression)

    assert str(refusal.value).startswith(f"expression: at character {place}: ")
    assert reason in str(refusal.value)


@given(
    st.text() | st.lists(st.sampled_from([*"()=<>:!&", '"', "and", "or", "not", "year", "a", "9", " "])).map("".join)
)
def test_whatever_is_typed_is_understood_or_refused_within_it(expression: str) -> None:
    try:
        question_of(expression)
    except InvalidRequest as refusal:
        place = int(str(refusal).split("at character ")[1].split(":")[0])
        assert 1 <= place <= len(expression) + 1
