"""Rows of the library: what is written is what is found."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auralisd.library.query import cursor_after, wanted_page
from auralisd.model.profile import PeakStretch, SoundProfile
from auralisd.model.track import FileFacts, StreamFacts, Tags, Track
from auralisd.store.migrations import migrate
from auralisd.store.playback import PlaceRow, PlaybackRows, QueueRows, load_playback, save_place, save_queue
from auralisd.store.profiles import is_measured, keep_profile, load_profile, refuse_measure, unmeasured
from auralisd.store.rows import Place, ReadFile, Refused
from auralisd.store.search import album_order, find_page, find_tracks
from auralisd.store.tracks import (
    add_tracks,
    change_tracks,
    count_available,
    id_at,
    keep_folders,
    lose_tracks,
    place_tracks,
    refuse_files,
)

ARIA = Tags("Aria", ("Ada",))


def a_file(path: bytes = b"a.flac", *, folder: int = 1, inode: int = 1, tags: Tags | None = None) -> ReadFile:
    return ReadFile(
        (folder, path),
        FileFacts(1, inode, 1000, 5),
        StreamFacts("flac", 1_000_000, 44_100, 2, 16),
        ARIA if tags is None else tags,
    )


def find(connection: sqlite3.Connection, words: str, sort: str = "") -> list[str]:
    wanted = wanted_page(words, cursor="", limit=500, sort=sort, descending=False, offset=0)
    tracks, _, total = find_page(connection, wanted)
    assert total == len(tracks)
    return [track.file_name for track in tracks]


def test_a_track_comes_back_as_it_was_written(rows: sqlite3.Connection) -> None:
    tags = Tags("T", ("A", "B"), "Al", "Various", 3, 2, "1999", ("Rock", "Pop"), ("C",), "mb")
    (track,) = add_tracks(rows, [a_file(b"x/\xff\n.flac", tags=tags)], 77)

    found = find_tracks(rows, (track,))[track]

    assert found == Track(
        id=track,
        folder=1,
        folder_name="music",
        path=b"/music/x/\xff\n.flac",
        file_name="�\n.flac",
        facts=FileFacts(1, 1, 1000, 5),
        stream=StreamFacts("flac", 1_000_000, 44_100, 2, 16),
        tags=tags,
        added_unix_s=77,
        album_id=found.album_id,
    )
    assert found.album_id


def test_words_are_found_as_prefixes_without_case_and_accents(rows: sqlite3.Connection) -> None:
    tags = Tags("Élan vital", ("Björk", "AC/DC"), "Homogénic", genres=("Électronique",))
    add_tracks(rows, [a_file(tags=tags)], 1)

    for words in ("elan", "ÉLAN vit", "bjo homog", "electro", "ac/dc", "elan & bjork"):
        assert find(rows, words) == ["a.flac"], words
    for words in ("lan", "elan nothing", "&&&"):
        assert find(rows, words) == [], words


def test_a_track_without_a_title_is_found_by_its_name(rows: sqlite3.Connection) -> None:
    (track,) = add_tracks(rows, [a_file(b"x/Moon song.flac", tags=Tags())], 1)
    assert find(rows, "moon") == ["Moon song.flac"]
    place_tracks(rows, [(track, (1, b"x/Sun song.flac"), FileFacts(1, 1, 1000, 5))])

    assert find(rows, "moon") == []
    assert find(rows, "sun") == ["Sun song.flac"]


def test_album_order_is_by_album_artist_album_disc_and_track(rows: sqlite3.Connection) -> None:
    def song(name: bytes, *tags: object) -> ReadFile:
        return a_file(name, tags=Tags("T", ("Zed",), *tags))  # type: ignore[arg-type]

    add_tracks(
        rows,
        [
            song(b"7", None),
            song(b"6", "Beta"),
            song(b"5", "Alpha", "Anna", 1, 2),
            song(b"4", "Alpha", "Anna", 10, 1),
            song(b"3", "Alpha", "Anna", 2, 1),
            song(b"2", "ÀA", "anna"),
        ],
        1,
    )

    assert find(rows, "") == ["2", "3", "4", "5", "6", "7"]
    assert [find_tracks(rows, (track,))[track].file_name for track in album_order(rows)] == find(rows, "")


@pytest.mark.parametrize("sort", ["album", "title", "artist", "added"])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("words", ["", "song"])
def test_pages_follow_each_other_without_gap_or_repeat(
    rows: sqlite3.Connection, sort: str, descending: bool, words: str
) -> None:
    for number in range(50):
        tags = Tags(f"Song {number % 7}", (f"Artist {number % 3}",), "Album")
        add_tracks(rows, [a_file(b"%d" % number, inode=number, tags=tags)], number // 10)
    whole = wanted_page(words, cursor="", limit=500, sort=sort, descending=descending, offset=0)
    expected = [track.id for track in find_page(rows, whole)[0]]

    seen: list[int] = []
    cursor = ""
    while True:
        wanted = wanted_page(words, cursor=cursor, limit=7, sort=sort, descending=descending, offset=0)
        tracks, after, total = find_page(rows, wanted)
        seen += [track.id for track in tracks]
        assert total == 50
        if not (cursor := cursor_after(after, words, wanted)):
            break

    assert seen == expected
    assert len(set(seen)) == 50


def test_many_matches_come_in_the_same_order_as_few(rows: sqlite3.Connection) -> None:
    for number in range(2100):
        tags = Tags(f"Song {number * 7919 % 2100:04}", ("Ada",), "Both" if number % 2 else "Half")
        add_tracks(rows, [a_file(b"%d" % number, inode=number, tags=tags)], 1)
    many = [
        track.tags.title
        for track in find_page(
            rows, wanted_page("song", cursor="", limit=500, sort="title", descending=False, offset=0)
        )[0]
    ]

    assert many == [f"Song {number:04}" for number in range(500)]


def test_an_offset_passes_rows_over(rows: sqlite3.Connection) -> None:
    add_tracks(rows, [a_file(b"%d" % number, inode=number) for number in range(5)], 1)
    wanted = wanted_page("", cursor="", limit=2, sort="", descending=False, offset=3)

    assert [track.file_name for track in find_page(rows, wanted)[0]] == ["3", "4"]


def test_what_is_not_available_is_not_found_but_kept(rows: sqlite3.Connection) -> None:
    gone, away, here = add_tracks(rows, [a_file(b"%d" % number, inode=number) for number in range(3)], 1)
    lose_tracks(rows, [gone], 9)
    lose_tracks(rows, [away], None)

    assert find(rows, "aria") == ["2"]
    assert find(rows, "") == ["2"]
    assert count_available(rows) == 1
    assert sorted(find_tracks(rows, (gone, away, here, 99))) == [gone, away, here]


def test_a_place_that_was_left_can_be_taken_by_another_track(rows: sqlite3.Connection) -> None:
    one, two = add_tracks(rows, [a_file(b"one", inode=1), a_file(b"two", inode=2)], 1)
    place_tracks(rows, [(one, (1, b"two"), FileFacts(1, 1, 1000, 5)), (two, (1, b"one"), FileFacts(1, 2, 1000, 5))])

    assert id_at(rows, (1, b"one")) == two
    assert id_at(rows, (1, b"two")) == one


def test_a_folder_that_is_no_longer_named_hides_its_tracks_and_shows_them_again(rows: sqlite3.Connection) -> None:
    add_tracks(rows, [a_file()], 1)
    keep_folders(rows, [(b"/other", "other")])
    assert count_available(rows) == 0
    keep_folders(rows, [(b"/music", "music")])

    assert rows.execute("SELECT available, gone_unix_s FROM track").fetchall() == [(0, None)]


def test_a_refusal_is_forgotten_once_the_file_is_read(rows: sqlite3.Connection) -> None:
    place: Place = (1, b"a.flac")
    refuse_files(rows, [Refused(place, FileFacts(1, 1, 7, 8), "damaged")])
    assert rows.execute("SELECT count(*) FROM unreadable").fetchone() == (1,)
    add_tracks(rows, [a_file()], 1)

    assert rows.execute("SELECT count(*) FROM unreadable").fetchone() == (0,)


def a_profile() -> SoundProfile:
    return SoundProfile(44_100, 2, 100, -14.0, None, ((25.0, -60.0),), (), (PeakStretch(-1.0, 1.0, (-200,) * 10),))


def test_a_profile_is_kept_for_the_file_it_was_measured_of(rows: sqlite3.Connection) -> None:
    file = a_file()
    (track,) = add_tracks(rows, [file], 1)
    assert unmeasured(rows, 0, 10) == (track,)
    assert keep_profile(rows, track, file.facts, a_profile())

    assert load_profile(rows, track) == a_profile()
    assert find_tracks(rows, (track,))[track].analysed
    assert unmeasured(rows, 0, 10) == ()


def test_a_file_that_changes_loses_its_profile(rows: sqlite3.Connection) -> None:
    file = a_file()
    (track,) = add_tracks(rows, [file], 1)
    keep_profile(rows, track, file.facts, a_profile())
    change_tracks(rows, [(track, ReadFile(file.place, FileFacts(1, 1, 1001, 6), file.stream, file.tags))])

    assert load_profile(rows, track) is None
    assert not find_tracks(rows, (track,))[track].analysed
    assert not keep_profile(rows, track, file.facts, a_profile())
    assert unmeasured(rows, 0, 10) == (track,)


def test_a_move_keeps_the_profile(rows: sqlite3.Connection) -> None:
    file = a_file()
    (track,) = add_tracks(rows, [file], 1)
    keep_profile(rows, track, file.facts, a_profile())
    place_tracks(rows, [(track, (1, b"b/b.flac"), file.facts)])

    assert load_profile(rows, track) == a_profile()


def test_what_cannot_be_measured_is_not_tried_again(rows: sqlite3.Connection) -> None:
    file = a_file()
    (track,) = add_tracks(rows, [file], 1)
    refuse_measure(rows, track, file.facts, "damaged")

    assert is_measured(rows, track)
    assert unmeasured(rows, 0, 10) == ()
    assert not find_tracks(rows, (track,))[track].analysed


def test_at_the_very_first_start_there_is_no_playback(rows: sqlite3.Connection) -> None:
    assert load_playback(rows) is None


def test_playback_comes_back_as_it_was_saved(rows: sqlite3.Connection) -> None:
    queue = QueueRows(((4, 9), (5, 9), (6, 2)), (6, 4, 5), 7, 3)
    place = PlaceRow("Playing", 5, 123_456_789, "list", "albums", True, True, 0.5, False, "warm", 0.25)
    save_queue(rows, QueueRows(((1, 1),), (), 2))
    save_queue(rows, queue)
    save_place(rows, PlaceRow())
    save_place(rows, place)

    assert load_playback(rows) == PlaybackRows(queue, place)


@given(st.lists(st.tuples(st.permutations(range(1, 8)), st.integers(0, 7), st.booleans()), min_size=1, max_size=6))
def test_a_queue_that_is_saved_over_another_comes_back_as_it_is_now(edits: list[tuple[list[int], int, bool]]) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    kept = None
    for revision, (ids, count, shuffled) in enumerate(edits):
        entries = tuple((entry, 10 * entry) for entry in ids[:count])
        queue = QueueRows(entries, tuple(sorted(ids[:count])) if shuffled else (), 8, revision)
        save_queue(connection, queue, kept)
        loaded, kept = load_playback(connection), queue

        assert loaded is not None
        assert loaded.queue == queue
    connection.close()


def test_a_track_that_was_forgotten_since_it_was_compared_is_not_placed(rows: sqlite3.Connection) -> None:
    kept, forgotten = add_tracks(rows, [a_file(b"a.flac"), a_file(b"b.flac", inode=2)], 1)
    rows.execute("DELETE FROM track WHERE id = ?", (forgotten,))
    place_tracks(
        rows, [(forgotten, (1, b"d.flac"), FileFacts(1, 2, 1000, 5)), (kept, (1, b"c.flac"), FileFacts(1, 1, 1000, 5))]
    )

    assert id_at(rows, (1, b"c.flac")) == kept
    assert id_at(rows, (1, b"d.flac")) is None
