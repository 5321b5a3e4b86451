"""What a look at the disk means where it could not see everything."""

import sqlite3
from collections.abc import Iterator

import pytest

from auralisd.library.sight import judge
from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.migrations import migrate
from auralisd.store.rows import ReadFile, Scope
from auralisd.store.seen import begin, read_news, see
from auralisd.store.tracks import add_tracks, keep_folders

ALL = [Scope(1)]
SHUT = Scope(1, b"shut")


@pytest.fixture
def rows() -> Iterator[sqlite3.Connection]:
    """Two tracks in a folder that is open, two in one that may be shut."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    keep_folders(connection, [(b"/music", "music")])
    add_tracks(connection, [a_file(b"open/1", 1), a_file(b"open/2", 2), a_file(b"shut/3", 3), a_file(b"shut/4", 4)], 1)
    begin(connection)
    yield connection
    connection.close()


def facts(inode: int, *, mtime_ns: int = 5) -> FileFacts:
    return FileFacts(1, inode, 1000, mtime_ns)


def a_file(path: bytes, inode: int) -> ReadFile:
    return ReadFile((1, path), facts(inode), StreamFacts("flac"), Tags("T"))


def test_nothing_is_missed_in_a_folder_that_may_not_be_read(rows: sqlite3.Connection) -> None:
    see(rows, [((1, b"open/1"), facts(1))])
    verdict = judge(rows, ALL, [SHUT], devices={1})

    assert verdict.changes.gone == (2,)


def test_what_was_listed_of_a_folder_before_it_was_shut_counts_and_the_rest_is_not_missed(
    rows: sqlite3.Connection,
) -> None:
    see(rows, [((1, b"open/1"), facts(1)), ((1, b"open/2"), facts(2)), ((1, b"shut/3"), facts(9, mtime_ns=6))])
    verdict = judge(rows, ALL, [SHUT], devices={1})

    assert verdict.changes.gone == ()
    assert [file.track for file in read_news(rows, (0, b""), 9)] == [3]


def test_a_file_that_may_have_left_a_folder_nobody_looked_at_is_moved_only_once_that_was_seen(
    rows: sqlite3.Connection,
) -> None:
    see(rows, [((1, b"open/1"), facts(1)), ((1, b"open/2"), facts(2)), ((1, b"open/new"), facts(3))])
    first = judge(rows, [Scope(1, b"open")], [], devices={1})
    see(rows, [((1, b"shut/4"), facts(4))])
    then = judge(rows, [Scope(1, b"open"), *first.unseen], [], devices={1})

    assert first.unseen == (Scope(1, b"shut", recursive=False),)
    assert [(track.id, track.place) for track in then.changes.moved] == [(3, (1, b"open/new"))]
    assert then.to_read == 0
