"""Tracks whose files are gone are kept for 90 days."""

import sqlite3

from auralisd.model.track import Tags
from auralisd.store.albums import identity_of
from auralisd.store.knowing import remember_for_album
from auralisd.store.migrations import migrate
from auralisd.store.rows import ReadFile
from auralisd.store.tombstones import KEPT_S, forget_gone
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
