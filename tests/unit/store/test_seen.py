"""What a scan has seen, beside the rows of the library."""

import sqlite3

import pytest

from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.rows import Place, ReadFile, Refused, Scope, ToRead
from auralisd.store.seen import begin, find_news, missed, news_about, read_news, see, settle_news, strangers
from auralisd.store.tracks import add_tracks, lose_tracks, refuse_files


@pytest.fixture
def rows(rows: sqlite3.Connection) -> sqlite3.Connection:
    begin(rows)
    return rows


def facts(inode: int, size_bytes: int = 1000) -> FileFacts:
    return FileFacts(1, inode, size_bytes, 5)


def a_file(path: bytes, inode: int) -> ReadFile:
    return ReadFile((1, path), facts(inode), StreamFacts("flac"), Tags("T"))


def places(files: list[ToRead]) -> list[Place]:
    return [file.place for file in files]


def test_a_file_that_is_what_the_library_says_is_no_news(rows: sqlite3.Connection) -> None:
    add_tracks(rows, [a_file(b"a.flac", 1)], 1)
    see(rows, [((1, b"a.flac"), facts(1))])

    assert find_news(rows) == 0
    assert missed(rows, [Scope(1)], gone=True) == []


@pytest.mark.parametrize("now", [facts(2), facts(1, size_bytes=7), FileFacts(2, 1, 1000, 5), FileFacts(1, 1, 1000, 6)])
def test_a_file_that_differs_in_anything_is_news(rows: sqlite3.Connection, now: FileFacts) -> None:
    (track,) = add_tracks(rows, [a_file(b"a.flac", 1)], 1)
    see(rows, [((1, b"a.flac"), now)])

    assert find_news(rows) == 1
    assert [row.id for row in missed(rows, [Scope(1)], gone=True)] == [track]


def test_a_track_that_is_away_or_gone_is_missed_though_its_file_is_there(rows: sqlite3.Connection) -> None:
    away, gone = add_tracks(rows, [a_file(b"a.flac", 1), a_file(b"b.flac", 2)], 1)
    lose_tracks(rows, [away], None)
    lose_tracks(rows, [gone], 9)
    see(rows, [((1, b"a.flac"), facts(1)), ((1, b"b.flac"), facts(2))])

    assert find_news(rows) == 2
    assert {row.id for row in missed(rows, [Scope(1)], gone=True)} == {away, gone}
    assert {row.id for row in missed(rows, [Scope(1)], gone=False)} == {away}


def test_a_refused_file_is_news_once_it_is_another(rows: sqlite3.Connection) -> None:
    refuse_files(rows, [Refused((1, b"a.flac"), facts(1), "damaged")])
    see(rows, [((1, b"a.flac"), facts(1))])
    before = find_news(rows)
    see(rows, [((1, b"a.flac"), facts(1, size_bytes=1001))])

    assert (before, find_news(rows)) == (0, 1)


def test_scopes_hold_exactly_what_lies_in_them(rows: sqlite3.Connection) -> None:
    paths = [b"top", b"a/1", b"a/b/2", b"a.b/3", b"a0/4", b"ab/5"]
    add_tracks(rows, [a_file(path, number) for number, path in enumerate(paths)], 1)

    def within(scope: Scope) -> set[bytes]:
        return {row.place[1] for row in missed(rows, [scope], gone=True)}

    assert within(Scope(1)) == set(paths)
    assert within(Scope(1, b"", recursive=False)) == {b"top"}
    assert within(Scope(1, b"a")) == {b"a/1", b"a/b/2"}
    assert within(Scope(1, b"a", recursive=False)) == {b"a/1"}


def test_a_track_elsewhere_is_a_stranger_by_its_inode_and_by_its_place(rows: sqlite3.Connection) -> None:
    moved, replaced, _ = add_tracks(rows, [a_file(b"a.flac", 1), a_file(b"b.flac", 2), a_file(b"c.flac", 3)], 1)
    see(rows, [((1, b"x.flac"), facts(1)), ((1, b"b.flac"), facts(9))])
    find_news(rows)
    found = list(strangers(rows))

    assert {row.id for row in found} == {moved, replaced}
    assert news_about(rows, found) == {(1, b"x.flac"): facts(1), (1, b"b.flac"): facts(9)}
    assert news_about(rows, []) == {}


def test_what_is_to_be_read_comes_by_place_and_in_pages(rows: sqlite3.Connection) -> None:
    see(rows, [((1, path), facts(number)) for number, path in enumerate((b"b/2", b"a/1", b"c", b"a/2"))])
    find_news(rows)
    settle_news(rows, old=[(1, b"c")], to_read=[ToRead((1, b"a/2"), facts(3), 7, available=False)])
    first = read_news(rows, (0, b""), 2)

    assert places(first) == [(1, b"a/1"), (1, b"a/2")]
    assert first[1] == ToRead((1, b"a/2"), facts(3), 7, available=False)
    assert places(read_news(rows, (1, b"a/2"), 2)) == [(1, b"b/2")]
