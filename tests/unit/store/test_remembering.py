"""Presets that are remembered for tracks and albums, and where they go."""

import sqlite3

import pytest

from auralisd.model.track import FileFacts
from auralisd.store.albums import identity_of
from auralisd.store.identity import move_to_copies
from auralisd.store.knowing import remember_for_album, remember_for_track
from auralisd.store.settling import settle_albums
from auralisd.store.tracks import add_tracks, change_tracks, keep_folders, lose_tracks, place_tracks
from tests.unit.store.songs import a_song, known


@pytest.fixture
def rows(rows: sqlite3.Connection) -> sqlite3.Connection:
    keep_folders(rows, [(b"/music", "music"), (b"/more", "more")])
    return rows


def test_a_tracks_own_preset_goes_before_its_albums(rows: sqlite3.Connection) -> None:
    one, two = add_tracks(rows, [a_song(b"a/1"), a_song(b"a/2", inode=2)], 1)
    remember_for_album(rows, identity_of(rows, one) or "", "warm")
    remember_for_track(rows, one, "live")
    told = [(known(rows, track).preset, known(rows, track).preset_scope) for track in (one, two)]
    remember_for_track(rows, one, "")
    remember_for_album(rows, identity_of(rows, one) or "", "")
    after = known(rows, one)

    assert told == [("live", "track"), ("warm", "album")]
    assert (after.preset, after.preset_scope) == ("", "")


def test_a_tracks_preset_survives_a_move_a_retag_and_a_return(rows: sqlite3.Connection) -> None:
    (track,) = add_tracks(rows, [a_song(b"a/1")], 1)
    remember_for_track(rows, track, "live")
    place_tracks(rows, [(track, (2, b"elsewhere/2"), FileFacts(2, 7, 1000, 5))])
    change_tracks(rows, [(track, a_song(b"elsewhere/2", folder=2, album="Other"))])
    lose_tracks(rows, [track], 9)
    place_tracks(rows, [(track, (1, b"a/1"), FileFacts(1, 1, 1000, 5))])

    assert known(rows, track).preset == "live"


def test_an_albums_preset_survives_a_move_of_its_directory(rows: sqlite3.Connection) -> None:
    tracks = add_tracks(rows, [a_song(b"a/%d" % number, inode=number) for number in (1, 2, 3)], 1)
    settle_albums(rows)
    remember_for_album(rows, identity_of(rows, tracks[0]) or "", "warm")
    # As a scan does: all are lost first, and then placed in transactions of their own.
    lose_tracks(rows, tracks, 9)
    settle_albums(rows)
    for number, track in enumerate(tracks, start=1):
        place_tracks(rows, [(track, (1, b"b/%d" % number), FileFacts(1, number, 1000, 5))])
        settle_albums(rows)

    assert [known(rows, track).preset for track in tracks] == ["warm"] * 3
    assert rows.execute("SELECT count(*) FROM album_preset").fetchone() == (1,)


def test_an_albums_preset_survives_a_correction_of_its_title(rows: sqlite3.Connection) -> None:
    tracks = add_tracks(rows, [a_song(b"a/%d" % number, inode=number) for number in (1, 2)], 1)
    settle_albums(rows)
    remember_for_album(rows, identity_of(rows, tracks[0]) or "", "warm")
    for number, track in enumerate(tracks, start=1):
        change_tracks(rows, [(track, a_song(b"a/%d" % number, inode=number, album="Album, corrected"))])
        settle_albums(rows)

    assert [known(rows, track).preset for track in tracks] == ["warm", "warm"]


def test_an_albums_preset_survives_a_move_to_another_file_system(rows: sqlite3.Connection) -> None:
    """It is a copy, and then a deletion."""
    tracks = add_tracks(rows, [a_song(b"a/%d" % number, inode=number) for number in (1, 2)], 1)
    remember_for_album(rows, identity_of(rows, tracks[0]) or "", "warm")
    add_tracks(rows, [a_song(b"a/%d" % number, inode=number + 4, folder=2) for number in (1, 2)], 5)
    settle_albums(rows)
    lose_tracks(rows, tracks, 9)

    assert move_to_copies(rows, tracks, 9) == 2
    settle_albums(rows)
    assert [(known(rows, track).preset, known(rows, track).preset_scope) for track in tracks] == [("warm", "album")] * 2
    assert rows.execute("SELECT count(*) FROM album_preset").fetchone() == (1,)


def test_one_track_that_moves_to_another_file_system_brings_no_preset_into_an_album_there(
    rows: sqlite3.Connection,
) -> None:
    one, two, other = add_tracks(rows, [a_song(b"a/1"), a_song(b"a/2", inode=2), a_song(b"a/3", inode=3, folder=2)], 1)
    remember_for_album(rows, identity_of(rows, one) or "", "warm")
    add_tracks(rows, [a_song(b"a/1", inode=5, folder=2)], 5)
    settle_albums(rows)
    lose_tracks(rows, [one], 9)

    assert move_to_copies(rows, [one], 9) == 1
    settle_albums(rows)
    assert [known(rows, track).preset for track in (one, two, other)] == ["", "warm", ""]


def test_one_track_that_joins_another_album_brings_no_preset_with_it(rows: sqlite3.Connection) -> None:
    one, two, other = add_tracks(rows, [a_song(b"a/1"), a_song(b"a/2", inode=2), a_song(b"b/3", inode=3)], 1)
    settle_albums(rows)
    remember_for_album(rows, identity_of(rows, one) or "", "warm")
    place_tracks(rows, [(one, (1, b"b/1"), FileFacts(1, 1, 1000, 5))])
    settle_albums(rows)

    assert [known(rows, track).preset for track in (one, two, other)] == ["", "warm", ""]


def test_a_preset_of_a_copy_stays_when_the_track_lives_on_in_it(rows: sqlite3.Connection) -> None:
    one, two = add_tracks(rows, [a_song(b"a/1"), a_song(b"a/2", inode=2)], 1)
    copies = add_tracks(rows, [a_song(b"a/%d" % number, inode=number + 4, folder=2) for number in (1, 2)], 5)
    remember_for_track(rows, one, "live")
    for copy in copies:
        remember_for_track(rows, copy, "warm")
    lose_tracks(rows, [one, two], 9)

    assert move_to_copies(rows, [one, two], 9) == 2
    assert [known(rows, track).preset for track in (one, two)] == ["live", "warm"]
