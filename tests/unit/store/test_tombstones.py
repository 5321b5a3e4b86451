"""Tracks whose files are gone are kept for 90 days."""

import sqlite3

import msgspec

from auralisd.model.track import Tags
from auralisd.store.albums import identity_of
from auralisd.store.knowing import remember_for_album
from auralisd.store.listening import keep_favourite, keep_rating
from auralisd.store.migrations import migrate
from auralisd.store.rows import OUTSIDE, ReadFile
from auralisd.store.tombstones import KEPT_S, forget_gone, forget_outside
from auralisd.store.tracks import add_tracks, keep_folders, lose_tracks
from tests.unit.store.test_tracks import a_file


def test_what_is_gone_is_forgotten_after_90_days_and_what_is_away_or_queued_never() -> None:
    rows = sqlite3.connect(":memory:", isolation_level=None)
    migrate(rows)
    keep_folders(rows, [(b"/music", "music")])
    files: list[ReadFile] = [
        a_file(b"%d/1.flac" % number, inode=number, tags=Tags("T", album="Album")) for number in range(5)
    ]
    long_gone, lately_gone, away, here, queued = add_tracks(rows, files, 0)
    for track in (long_gone, here):
        remember_for_album(rows, identity_of(rows, track) or "", "warm")
    lose_tracks(rows, [long_gone, queued], 1000)
    lose_tracks(rows, [lately_gone], 2000)
    lose_tracks(rows, [away], None)
    rows.execute("INSERT INTO queue_entry (position, entry, track) VALUES (0, 1, ?)", (queued,))

    assert forget_gone(rows, 1000 + KEPT_S) == 0
    assert forget_gone(rows, 1001 + KEPT_S) == 1
    assert forget_gone(rows, 1001 + KEPT_S) == 0
    assert [track for (track,) in rows.execute("SELECT id FROM track ORDER BY id")] == [lately_gone, away, here, queued]
    assert rows.execute("SELECT album FROM album_preset").fetchall() == [(identity_of(rows, here),)]
    rows.execute("INSERT INTO search (search) VALUES ('integrity-check')")


def test_a_file_from_outside_is_forgotten_with_the_queue_unless_somebody_thinks_much_of_it() -> None:
    rows = sqlite3.connect(":memory:", isolation_level=None)
    rows.execute("PRAGMA foreign_keys = ON")
    migrate(rows)
    keep_folders(rows, [(b"/music", "music")])
    inside = a_file(b"0.flac", inode=9)
    files = [msgspec.structs.replace(inside, place=(OUTSIDE, b"/elsewhere/%d.flac" % number)) for number in range(4)]
    here, left, queued, rated, loved = add_tracks(rows, [inside, *files], 1000)
    rows.execute("INSERT INTO queue_entry (position, entry, track) VALUES (0, 1, ?)", (queued,))
    keep_rating(rows, (rated,), 0.5)
    keep_favourite(rows, (loved,), favourite=True)

    assert forget_outside(rows, 1000 + 3600) == 0  # it may be on its way into the queue
    assert forget_outside(rows, 1001 + 3600) == 1
    assert forget_outside(rows, 1001 + 3600) == 0
    assert [track for (track,) in rows.execute("SELECT id FROM track ORDER BY id")] == [here, queued, rated, loved]
    assert left not in (here, queued, rated, loved)
