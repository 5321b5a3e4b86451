"""Which track that is gone a new file is, told by its MusicBrainz id."""

import sqlite3

import pytest

from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.identity import return_gone
from auralisd.store.rows import ReadFile
from auralisd.store.search import find_tracks
from auralisd.store.tracks import add_tracks, lose_tracks

MBID = "b9ad642e-b012-41c7-b72a-42cf4911f9ff"


def a_file(
    name: str, *, album: str = "Album", mbid: str | None = MBID, seconds: float | None = 180.0, encoding: str = "flac"
) -> ReadFile:
    length_us = None if seconds is None else int(seconds * 1e6)
    stream = StreamFacts(encoding, length_us, 44_100, 2, 16, signature=name.encode())
    facts = FileFacts(1, abs(hash(name)) % 2**40, 1000, 5)
    return ReadFile((1, name.encode()), facts, stream, Tags("Aria", album=album, mbid=mbid))


def add(connection: sqlite3.Connection, file: ReadFile, *, gone: bool) -> int:
    (track,) = add_tracks(connection, [file], 0)
    if gone:
        lose_tracks(connection, [track], 9)
    return track


def names(connection: sqlite3.Connection) -> dict[int, str]:
    found = find_tracks(connection, range(1, 9))
    return {number: track.file_name for number, track in found.items() if track.available}


@pytest.mark.parametrize("seconds", [179.0, 180.0, 181.0])
def test_the_same_recording_cut_anew_is_the_track_that_is_gone(rows: sqlite3.Connection, seconds: float) -> None:
    track = add(rows, a_file("old"), gone=True)

    assert return_gone(rows, a_file("new", album="Corrected", seconds=seconds))
    assert names(rows) == {track: "new"}


@pytest.mark.parametrize(
    "file",
    [
        a_file("new", seconds=181.1),
        a_file("new", seconds=178.9),
        a_file("new", seconds=None),
        a_file("new", mbid=None),
        a_file("new", mbid="0" * 36),
        a_file("new", encoding="mp3"),
    ],
)
def test_another_length_id_or_encoding_is_another_track(rows: sqlite3.Connection, file: ReadFile) -> None:
    add(rows, a_file("old"), gone=True)

    assert not return_gone(rows, file)
    assert names(rows) == {}


def test_of_several_that_are_gone_it_is_that_of_the_same_album_or_none(rows: sqlite3.Connection) -> None:
    add(rows, a_file("one", album="Single"), gone=True)
    track = add(rows, a_file("two", album="Älbum"), gone=True)
    add(rows, a_file("three", album="Best of"), gone=True)

    assert not return_gone(rows, a_file("new", album="Live"))
    assert return_gone(rows, a_file("new", album="album"))
    assert names(rows) == {track: "new"}


def test_two_that_are_gone_from_one_album_are_not_told_apart(rows: sqlite3.Connection) -> None:
    for name in ("one", "two"):
        add(rows, a_file(name), gone=True)

    assert not return_gone(rows, a_file("new"))


def test_while_the_recording_is_there_on_another_album_nobody_is_taken_for_gone(rows: sqlite3.Connection) -> None:
    add(rows, a_file("single", album="Single"), gone=False)
    add(rows, a_file("old"), gone=True)

    assert not return_gone(rows, a_file("new"))
