"""Duplicates by the signature of their sound, and everything forgotten."""

import sqlite3

from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.albums import identity_of
from auralisd.store.duplicates import find_duplicates, holding_sound
from auralisd.store.forgetting import forget_everything
from auralisd.store.knowing import remember_for_album, remember_for_track
from auralisd.store.rows import OUTSIDE, ReadFile
from auralisd.store.tracks import add_tracks, change_tracks, keep_folders, lose_tracks, retag_tracks


def a_file(number: int, sound: bytes, *, folder: int = 1) -> ReadFile:
    path = b"%d.flac" % number if folder else b"/tmp/%d.flac" % number
    tags = Tags("T", ("Ada",), "Album")
    return ReadFile((folder, path), FileFacts(1, number, 1, 1), StreamFacts("flac", signature=sound), tags)


def groups(connection: sqlite3.Connection) -> tuple[tuple[int, ...], ...]:
    return find_duplicates(connection, b"", 500).groups


def test_tracks_of_one_sound_are_a_group_and_others_are_none(rows: sqlite3.Connection) -> None:
    add_tracks(rows, [a_file(n, sound) for n, sound in enumerate((b"a", b"b", b"a", b"", b"", b"c", b"a"), 1)], 0)

    assert groups(rows) == ((1, 3, 7),)
    assert holding_sound(rows, b"a") == (1, 3, 7)


def test_what_is_absent_or_lies_elsewhere_is_no_duplicate(rows: sqlite3.Connection) -> None:
    add_tracks(rows, [a_file(1, b"a"), a_file(2, b"a"), a_file(3, b"a", folder=OUTSIDE)], 0)
    lose_tracks(rows, [2], None)

    assert groups(rows) == ()


def test_a_sound_that_changed_leaves_its_group_and_one_read_later_joins_it(rows: sqlite3.Connection) -> None:
    add_tracks(rows, [a_file(1, b"a"), a_file(2, b"a"), a_file(3, b"")], 0)
    change_tracks(rows, [(2, a_file(2, b"b"))])
    retag_tracks(rows, [(3, a_file(3, b"a"))])

    assert groups(rows) == ((1, 3),)


def test_pages_meet_each_group_once_while_others_come_and_go(rows: sqlite3.Connection) -> None:
    sounds = [bytes((sound,)) for sound in range(1, 8)]
    add_tracks(rows, [a_file(n, sound) for n, sound in enumerate(sounds * 2, 1)], 0)
    seen: list[tuple[int, ...]] = []
    after = b""
    for _ in range(7):
        page = find_duplicates(rows, after, 2)
        assert page.total >= 6
        seen += page.groups
        lose_tracks(rows, [8], 0)  # the first group falls apart behind us
        if not (after := page.after):
            break

    assert seen == [(n, n + 7) for n in range(1, 8)]


def test_everything_is_forgotten_but_no_id_comes_again(rows: sqlite3.Connection) -> None:
    add_tracks(rows, [a_file(1, b"a"), a_file(2, b"b")], 0)
    remember_for_track(rows, 1, "warm")
    remember_for_album(rows, identity_of(rows, 1) or "", "warm")
    (latest,) = rows.execute("SELECT max(id) FROM value").fetchone()

    assert forget_everything(rows) == 2
    assert forget_everything(rows) == 0
    for table in ("track", "fact", "credit", "album_preset", "unsettled"):
        assert rows.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    assert rows.execute("SELECT max(id), count(*), max(name) FROM value").fetchone() == (latest, 1, "")
    assert rows.execute("SELECT count(*) FROM value_search WHERE value_search MATCH 'Album OR Ada'").fetchone() == (0,)
    assert rows.execute("SELECT count(*) FROM track_preset").fetchone() == (0,)
    assert rows.execute("SELECT count(*) FROM search WHERE search MATCH 'T'").fetchone() == (0,)
    assert add_tracks(rows, [a_file(1, b"a")], 0) == [3]
    assert rows.execute("SELECT min(id) FROM value WHERE kind != 0").fetchone() > (latest,)
    assert keep_folders(rows, [(b"/music", "music")]) == (1,)
