"""The rule of albums, on what real collections look like."""

import contextlib
import itertools
import random
import sqlite3

import pytest

from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.albums import MOST_TRACKS, identity_of
from auralisd.store.knowing import remember_for_album
from auralisd.store.migrations import migrate
from auralisd.store.rows import ReadFile
from auralisd.store.search import album_order
from auralisd.store.settling import settle_albums
from auralisd.store.tracks import add_tracks, change_tracks, keep_folders, lose_tracks, place_tracks, retag_tracks

Song = tuple[str, Tags]
"""Where it lies in the music folder, and what its tags say."""


def a_file(number: int, song: Song) -> ReadFile:
    path, tags = song
    return ReadFile((1, path.encode()), FileFacts(1, number, 1, 1), StreamFacts("flac"), tags)


def albums(connection: sqlite3.Connection) -> set[frozenset[str]]:
    """The paths of the tracks of each album, at the end of a transaction."""
    settle_albums(connection)
    found: dict[str, set[str]] = {}
    for identity, path in connection.execute("SELECT album_identity, path FROM track WHERE gone_unix_s IS NULL"):
        found.setdefault(identity or path.decode(), set()).add(path.decode())
    return {frozenset(paths) for paths in found.values()}


def parts(*songs: Song) -> set[frozenset[str]]:
    """How they are parted, whatever the order in which they came."""
    outcomes = []
    for order in [songs, songs[::-1], *(random.Random(n).sample(songs, len(songs)) for n in range(4))]:
        with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
            migrate(connection)
            keep_folders(connection, [(b"/music", "music")])
            for number, song in enumerate(order):
                add_tracks(connection, [a_file(number, song)], 0)
                settle_albums(connection)
            outcomes.append(albums(connection))
    assert all(outcome == outcomes[0] for outcome in outcomes)
    return outcomes[0]


def one_album(*songs: Song) -> bool:
    return len(parts(*songs)) == 1


def song(path: str, number: int | None = None, **tags: object) -> Song:
    return path, Tags(**{"title": "T", "album": "Album", "track_number": number, **tags})  # type: ignore[arg-type]


def test_an_album_artist_who_is_named_on_some_tracks_only_parts_nothing() -> None:
    assert one_album(song("a/1", 1, album_artist="Ada"), song("a/2", 2), song("a/3", 3, artists=("Ada", "Bob")))
    assert one_album(song("a/1", None, album_artist="Ada"), song("a/2", None))


def test_a_guest_of_the_album_artist_parts_nothing() -> None:
    assert one_album(song("a/1", 1, album_artist="Ada"), song("b/2", 2, album_artist="ADA feat. Bob"))


def test_a_sampler_whose_tracks_name_their_own_artists_as_the_albums_is_one() -> None:
    assert one_album(*(song(f"a/{n}", n, album_artist=f"Artist {n}") for n in range(1, 9)))


def test_a_compilation_is_one_also_where_numbers_come_twice() -> None:
    twice = [song(f"a/{n}", 1, album_artist=f"Artist {n}", compilation=True) for n in range(1, 4)]

    assert one_album(*twice)
    assert not one_album(*twice[:2], song("a/3", 1, album_artist="Artist 3"))


def test_two_albums_of_one_title_in_one_directory_stay_two() -> None:
    abba = [song(f"a/abba {n}", n, album="Greatest Hits", album_artist="ABBA") for n in range(1, 4)]
    queen = [song(f"a/queen {n}", n, album="Greatest Hits", album_artist="Queen") for n in range(1, 4)]

    assert len(parts(*abba, *queen)) == 2


def test_a_song_or_two_of_each_best_of_in_one_directory_are_no_album() -> None:
    songs = [
        song(f"kept/{artist} {n}", n, album="Greatest Hits", album_artist=artist)
        for artist, numbers in (("ABBA", (4,)), ("Queen", (9, 11)), ("Sting", (17,)))
        for n in numbers
    ]

    assert len(parts(*songs)) == 3


def test_songs_of_many_albums_that_were_collected_in_one_directory_stay_with_their_albums() -> None:
    songs = [song(f"best of/{n}", n, album=f"Album {n % 3}", album_artist="Ada") for n in range(1, 10)]

    assert {len(each) for each in parts(*songs)} == {3}


def test_various_artists_without_a_compilation_flag_are_one() -> None:
    assert one_album(*(song(f"a/{n}", n, artists=(f"Artist {n}",)) for n in range(1, 9)))
    assert one_album(*(song(f"a/{n}", None, artists=(f"Artist {n}",)) for n in range(1, 9)))
    mixed = ("Various Artists", "various artists", "VA", None)
    assert one_album(*(song(f"a/{n}", n, album_artist=mixed[n % 4]) for n in range(1, 9)))


def test_tracks_without_an_album_title_belong_to_none() -> None:
    assert len(parts(song("a/1", 1, album=None), song("a/2", 2, album=None), song("a/3", 3), song("a/4", 4))) == 3


def test_without_numbers_two_album_artists_of_one_directory_stay_two() -> None:
    assert not one_album(song("a/1", None, album_artist="Ada"), song("a/2", None, album_artist="Bob"))


def test_the_same_album_in_two_formats_is_two() -> None:
    songs = [song(f"{kind}/{n}.{kind}", n, album_artist="Ada") for kind in ("flac", "mp3") for n in (1, 2, 3)]

    assert parts(*songs) == {frozenset(f"{kind}/{n}.{kind}" for n in (1, 2, 3)) for kind in ("flac", "mp3")}


@pytest.mark.parametrize("directory", ["Album (Disc {})", "Album CD{}", "CD{}", "Box/Disc {} - Live", "{}"])
def test_the_discs_of_an_album_in_directories_of_their_own_are_one(directory: str) -> None:
    songs = [
        song(f"{directory.format(disc)}/{n}", n, album_artist="Ada", disc_number=disc if directory == "{}" else None)
        for disc in (1, 2)
        for n in (1, 2, 3)
    ]

    assert one_album(*songs)


def test_musicbrainz_knows_what_belongs_together_and_what_does_not() -> None:
    assert one_album(song("a/1", 1, mb_album="x", album_artist="Ada"), song("b/2", 2, mb_album="X", album_artist="Bob"))
    assert not one_album(song("a/1", 1, mb_album="x"), song("a/2", 2, mb_album="y"))
    assert one_album(song("a/1", 1, mb_album="x"), song("a/2", 2, album_artist="Ada"), song("a/3", 3))


def test_directories_that_have_only_the_title_in_common_are_never_merged() -> None:
    assert not one_album(song("ada/1", 1), song("bob/2", 2))
    assert not one_album(song("ada/1", 1, album_artist="Ada"), song("bob/2", 2, album_artist="Bob"))


def test_a_pile_under_one_title_is_parted_by_its_artists_alone() -> None:
    few = [song(f"a/{n}", n, album_artist="Ada" if n % 2 else "Bob") for n in range(1, MOST_TRACKS + 1)]
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        keep_folders(connection, [(b"/music", "music")])
        add_tracks(connection, [a_file(number, each) for number, each in enumerate(few)], 0)
        assert len(albums(connection)) == 1
        add_tracks(connection, [a_file(9_999, song("a/one more", MOST_TRACKS + 1, album_artist="Bob"))], 0)
        assert len(albums(connection)) == 2
        lose_tracks(connection, [1], 0)
        assert len(albums(connection)) == 1
        more = [song(f"a/{n}", n, album_artist="Bob") for n in range(500, 500 + 2 * MOST_TRACKS)]
        add_tracks(connection, [a_file(n, each) for n, each in enumerate(more, 500)], 0)
        assert {len(each) for each in albums(connection)} == {199, 1_001}


def test_an_album_is_parted_and_joined_as_its_tracks_change(rows: sqlite3.Connection) -> None:
    first, second = song("a/1", 1, album_artist="Ada"), song("a/2", 2, album_artist="Bob")
    add_tracks(rows, [a_file(1, first), a_file(2, second)], 0)
    assert len(albums(rows)) == 1
    retag_tracks(rows, [(2, a_file(2, song("a/2", 1, album_artist="Bob")))])
    assert len(albums(rows)) == 2
    change_tracks(rows, [(2, a_file(2, second))])
    assert len(albums(rows)) == 1
    place_tracks(rows, [(2, (1, b"b/2"), FileFacts(1, 2, 1, 1))])
    assert len(albums(rows)) == 2


def test_a_remembered_preset_follows_its_album_when_it_is_parted_otherwise(rows: sqlite3.Connection) -> None:
    add_tracks(rows, [a_file(1, song("a/1", 1)), a_file(2, song("a/2", 2))], 0)
    settle_albums(rows)
    remember_for_album(rows, identity_of(rows, 1) or "", "warm")
    add_tracks(rows, [a_file(3, song("a/3", 3, album_artist="Ada"))], 0)
    settle_albums(rows)
    kept = rows.execute(
        "SELECT count(*) FROM track JOIN album_preset p ON p.album = album_identity WHERE preset = 'warm'"
    ).fetchone()

    assert kept == (3,)
    assert rows.execute("SELECT count(*) FROM album_preset").fetchone() == (1,)


def test_a_remembered_preset_goes_with_each_part_of_an_album_that_is_parted(rows: sqlite3.Connection) -> None:
    songs = [song(f"a/{n}", n, album_artist=name) for n, name in enumerate(("Ada", "Bob"), 1)]
    add_tracks(rows, [a_file(n, each) for n, each in enumerate(songs, 1)], 0)
    settle_albums(rows)
    remember_for_album(rows, identity_of(rows, 1) or "", "warm")
    change_tracks(rows, [(2, a_file(2, song("a/2", 1, album_artist="Bob")))])
    settle_albums(rows)
    presets = [
        rows.execute("SELECT preset FROM album_preset WHERE album = ?", (identity_of(rows, track),)).fetchone()
        for track in (1, 2)
    ]

    assert presets == [("warm",)] * 2
    assert rows.execute("SELECT count(*) FROM album_preset").fetchone() == (2,)


def test_a_sampler_keeps_its_preset_when_all_its_tags_are_written_anew(rows: sqlite3.Connection) -> None:
    songs = [song(f"a/{n}", n, album_artist=f"Artist {n}") for n in range(1, 5)]
    add_tracks(rows, [a_file(n, each) for n, each in enumerate(songs, 1)], 0)
    settle_albums(rows)
    before = identity_of(rows, 1)
    remember_for_album(rows, before or "", "warm")
    retag_tracks(rows, [(n, a_file(n, each)) for n, each in enumerate(songs, 1)])
    settle_albums(rows)

    assert {identity_of(rows, track) for track in range(1, 5)} == {before}
    assert rows.execute("SELECT album, preset FROM album_preset").fetchall() == [(before, "warm")]


def test_an_album_stands_together_in_album_order(rows: sqlite3.Connection) -> None:
    sampler = [song(f"a/{n}", n, artists=(name,)) for n, name in enumerate(("Zoe", "Ada", "Mia"), 1)]
    other = song("b/1", 1, album="Other", artists=("Bob",))
    for order in itertools.permutations((*sampler, other)):
        rows.execute("DELETE FROM track")
        for number, each in enumerate(order):
            add_tracks(rows, [a_file(number, each)], 0)
            settle_albums(rows)
        paths = [
            rows.execute("SELECT path FROM track WHERE id = ?", (track,)).fetchone()[0].decode()
            for track in album_order(rows)
        ]
        assert paths == ["b/1", "a/1", "a/2", "a/3"]


def test_an_album_comes_back_under_its_artist_when_all_name_one(rows: sqlite3.Connection) -> None:
    add_tracks(rows, [a_file(1, song("a/1", 1, artists=("Ada",))), a_file(2, song("a/2", 2, artists=("Zoe",)))], 0)
    settle_albums(rows)
    retag_tracks(rows, [(2, a_file(2, song("a/2", 2, artists=("Ada",))))])
    settle_albums(rows)
    keys = [key for (key,) in rows.execute("SELECT album_key FROM track ORDER BY id")]

    assert all(key.startswith(b"ada\0") for key in keys)


def test_an_album_stands_under_the_name_by_which_some_of_its_tracks_sort_its_artist(rows: sqlite3.Connection) -> None:
    songs = [
        song("a/1", 1, album_artist="The Beatles"),
        song("a/2", 2, album_artist="The Beatles", album_artist_sort="Beatles, The"),
        song("a/3", 3, album_artist="The Beatles feat. Bob"),
    ]
    add_tracks(rows, [a_file(n, each) for n, each in enumerate(songs, 1)], 0)
    settle_albums(rows)
    keys = [key for (key,) in rows.execute("SELECT album_key FROM track ORDER BY id")]

    assert all(key.startswith(b"beatles, the\0") for key in keys)


def test_discs_that_only_their_directories_number_follow_each_other(rows: sqlite3.Connection) -> None:
    songs = [song(f"Box/CD{disc}/{n}", n, artists=("Ada",)) for n in (1, 2) for disc in (2, 1)]
    add_tracks(rows, [a_file(n, each) for n, each in enumerate(songs, 1)], 0)
    settle_albums(rows)
    paths = [
        path.decode()
        for track in album_order(rows)
        for (path,) in rows.execute("SELECT path FROM track WHERE id = ?", (track,))
    ]

    assert paths == ["Box/CD1/1", "Box/CD1/2", "Box/CD2/1", "Box/CD2/2"]
