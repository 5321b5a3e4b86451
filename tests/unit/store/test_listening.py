"""Numbers of tracks: they belong to the track, wherever its file goes and whatever its tags say."""

import sqlite3

import pytest

from auralisd.model.listening import PLAYED, SKIPPED, Numbers
from auralisd.model.question import EVERY_TRACK
from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.browsing import KINDS, WantedParts, find_parts
from auralisd.store.listening import (
    Heard,
    clear_history,
    count_heard,
    find_history,
    keep_favourite,
    keep_rating,
    unknown_among,
)
from auralisd.store.migrations import MIGRATIONS, migrate
from auralisd.store.rows import ReadFile
from auralisd.store.search import find_tracks
from auralisd.store.statistics import Counting, Statistics
from auralisd.store.tracks import (
    add_tracks,
    change_tracks,
    count_available,
    keep_folders,
    lose_tracks,
    place_tracks,
    retag_tracks,
)

FACTS = FileFacts(1, 1, 1000, 5)


def a_file(number: int = 1, tags: Tags | None = None, path: bytes = b"") -> ReadFile:
    facts = FileFacts(1, number, 1000, 5)
    return ReadFile((1, path or b"%d.flac" % number), facts, StreamFacts("flac", 60_000_000), tags or Tags("Aria"))


def numbers(connection: sqlite3.Connection, track: int) -> Numbers:
    return find_tracks(connection, (track,))[track].numbers


def listened_to(connection: sqlite3.Connection) -> tuple[int, Numbers]:
    """A track that a listener has an opinion of."""
    (track,) = add_tracks(connection, [a_file()], 1)
    keep_favourite(connection, (track,), favourite=True)
    keep_rating(connection, (track,), 0.75)
    count_heard(connection, 5, track, PLAYED, 100)
    count_heard(connection, 6, track, PLAYED, 200)
    count_heard(connection, 7, track, SKIPPED, 300)
    return track, Numbers(favourite=True, rating=0.75, plays=2, skips=1, last_played_unix_s=200)


def test_a_track_that_nobody_heard_has_no_numbers(rows: sqlite3.Connection) -> None:
    (track,) = add_tracks(rows, [a_file()], 1)

    assert numbers(rows, track) == Numbers()


def test_numbers_come_back_as_they_were_kept(rows: sqlite3.Connection) -> None:
    track, kept = listened_to(rows)

    assert numbers(rows, track) == kept


@pytest.mark.parametrize("fate", ["moved", "retagged", "more tags", "replaced", "away", "gone and back"])
def test_numbers_stay_with_the_track_whatever_becomes_of_its_file(rows: sqlite3.Connection, fate: str) -> None:
    track, kept = listened_to(rows)
    other = a_file(tags=Tags("Other", ("Bob",), "New album"))
    match fate:
        case "moved":
            place_tracks(rows, [(track, (1, b"else/where.flac"), FACTS)])
        case "retagged":
            change_tracks(rows, [(track, ReadFile(other.place, FileFacts(1, 1, 1001, 6), other.stream, other.tags))])
        case "more tags":
            retag_tracks(rows, [(track, other)])
        case "replaced":
            change_tracks(
                rows, [(track, ReadFile(other.place, FileFacts(1, 9, 77, 9), StreamFacts("mp3"), other.tags))]
            )
        case "away":
            lose_tracks(rows, [track], None)
        case "gone and back":
            lose_tracks(rows, [track], 9)
            place_tracks(rows, [(track, (1, b"1.flac"), FACTS)])

    assert numbers(rows, track) == kept


def test_a_rating_of_zero_is_a_rating_and_can_be_taken_away(rows: sqlite3.Connection) -> None:
    (track,) = add_tracks(rows, [a_file()], 1)
    keep_rating(rows, (track,), 0.0)
    assert numbers(rows, track).rating == 0.0
    keep_rating(rows, (track,), None)

    assert numbers(rows, track).rating is None


def test_only_what_is_other_than_before_counts_as_changed(rows: sqlite3.Connection) -> None:
    one, two = add_tracks(rows, [a_file(1), a_file(2)], 1)

    assert keep_favourite(rows, (one, two), favourite=False) == 0
    assert keep_favourite(rows, (one,), favourite=True) == 1
    assert keep_favourite(rows, (one, two, two), favourite=True) == 1
    assert keep_favourite(rows, (one, two), favourite=False) == 2
    assert keep_rating(rows, (one, two), None) == 0
    assert keep_rating(rows, (one, two), 0.5) == 2
    assert keep_rating(rows, (one, two), 0.5) == 0
    assert keep_rating(rows, (one,), None) == 1


def test_the_first_unknown_track_is_named(rows: sqlite3.Connection) -> None:
    (track,) = add_tracks(rows, [a_file()], 1)

    assert unknown_among(rows, (track, 77, 78)) == 77
    assert unknown_among(rows, (track, track)) is None


def test_what_counts_for_a_track_that_is_gone_counts_for_none(rows: sqlite3.Connection) -> None:
    assert not count_heard(rows, 1, 77, PLAYED, 100)
    assert find_history(rows, None, 10) == ([], 0)


def test_the_history_has_the_newest_first_and_its_pages_hold_while_it_grows(rows: sqlite3.Connection) -> None:
    track, _ = listened_to(rows)
    page, total = find_history(rows, None, 2)
    assert page == [Heard(3, 7, track, 300, SKIPPED), Heard(2, 6, track, 200, PLAYED)]
    assert total == 3
    count_heard(rows, 8, track, PLAYED, 400)

    assert find_history(rows, page[-1].id, 2) == ([Heard(1, 5, track, 100, PLAYED)], 4)


def test_a_history_that_was_cleared_keeps_the_counts_and_uses_no_number_again(rows: sqlite3.Connection) -> None:
    track, kept = listened_to(rows)
    clear_history(rows)
    assert find_history(rows, None, 10) == ([], 0)
    assert numbers(rows, track) == kept
    count_heard(rows, 8, track, SKIPPED, 400)

    assert find_history(rows, None, 10)[0] == [Heard(4, 8, track, 400, SKIPPED)]


def test_a_track_that_is_forgotten_takes_its_numbers_along(rows: sqlite3.Connection) -> None:
    track, _ = listened_to(rows)
    rows.execute("DELETE FROM track WHERE id = ?", (track,))

    assert find_history(rows, None, 10) == ([], 0)
    assert rows.execute("SELECT count(*) FROM listening").fetchone() == (0,)


def test_a_database_of_before_keeps_its_tracks_and_they_have_no_numbers() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, MIGRATIONS[:4])
    keep_folders(connection, [(b"/music", "music")])
    connection.execute(
        "INSERT INTO track (id, folder, path, dir, device, inode, size_bytes, mtime_ns, format, artists, genres, "
        "composers, heading, album_key, title_key, artist_key, added_unix_s, available) "
        "VALUES (7, 1, x'61', x'', 1, 1, 1, 1, 'flac', '', '', '', 'a', x'', x'', x'', 1, 1)"
    )
    migrate(connection)
    known, count = find_tracks(connection, (7,)), count_available(connection)
    connection.close()

    assert known[7].numbers == Numbers()
    assert count == 1


def statistics(connection: sqlite3.Connection) -> Statistics:
    counting = Counting()
    while counting.go_on(connection):
        pass
    return counting.figures


def test_the_figures_are_those_of_the_tracks_that_are_there(rows: sqlite3.Connection) -> None:
    one, two, three, four, five = add_tracks(
        rows,
        [
            a_file(1, Tags("A", ("Ada", "Bob"), "Album", genres=("Rock", "Pop"))),
            a_file(2, Tags("B", ("ada",), "Album", genres=("rock",))),
            a_file(3, Tags("C")),
            a_file(4, Tags("D", ("Zed",), "Lost")),
            a_file(5, Tags("E", ("Yan",), "Gone")),
        ],
        1,
    )
    keep_favourite(rows, (one, four), favourite=True)
    keep_rating(rows, (one, two, five), 0.0)
    for track, outcome in ((one, PLAYED), (one, PLAYED), (two, SKIPPED), (three, PLAYED), (four, PLAYED)):
        count_heard(rows, 1, track, outcome, 9)
    lose_tracks(rows, [four], None)
    lose_tracks(rows, [five], 9)
    found = statistics(rows)

    assert (found.tracks, found.unavailable, found.albums, found.artists, found.genres) == (3, 1, 1, 2, 2)
    assert (found.duration_us, found.size_bytes, found.analysed) == (180_000_000, 3000, 0)
    assert (found.favourites, found.rated, found.plays, found.skips) == (1, 2, 3, 1)
    assert (found.never_played, found.listened_us) == (1, 180_000_000)


def test_the_figures_of_many_tracks_are_counted_stride_by_stride(
    rows: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auralisd.store.statistics._STRIDE", 2)
    tracks = add_tracks(rows, [a_file(n, Tags("T", (f"Artist {n % 3}",), f"Album {n % 2}")) for n in range(7)], 1)
    keep_favourite(rows, tracks, favourite=True)
    found = statistics(rows)

    assert (found.tracks, found.albums, found.artists, found.favourites) == (7, 2, 3, 7)


def test_the_figures_are_what_browsing_shows(rows: sqlite3.Connection) -> None:
    files = [
        a_file(1, Tags("A", ("Björk",), "Album", "Somebody", genres=("Électronique",))),
        a_file(2, Tags("B", ("BJORK", "Ada"), "album", "somebody", genres=("Electronique", "Pop"))),
        a_file(3, Tags("C", composers=("Clara",))),
        a_file(4, Tags("D", ("Zed",), "Lost", genres=("Noise",))),
    ]
    lose_tracks(rows, add_tracks(rows, files, 1)[3:], None)
    found = statistics(rows)
    shown = {kind: find_parts(rows, WantedParts(kind, EVERY_TRACK, False, 50))[2] for kind in KINDS}

    assert (found.albums, found.artists, found.genres) == (1, 3, 2)
    assert (found.albums, found.artists, found.genres) == (shown["albums"], shown["artists"], shown["genres"])


def test_an_empty_library_has_figures_too(rows: sqlite3.Connection) -> None:
    assert set(vars_of(statistics(rows))) == {0}


def vars_of(found: object) -> list[int]:
    return [getattr(found, name) for name in found.__struct_fields__]  # type: ignore[attr-defined]
