"""A file that somebody found becomes one track, whoever else found it, and is the one that it was before it went."""

import sqlite3

import msgspec

from auralisd.doors.worker import FileRead
from auralisd.library.counts import Counts
from auralisd.library.outcome import Outcome
from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.adopting import adopt_file
from auralisd.store.rows import OUTSIDE, ReadFile, ToRead
from auralisd.store.tracks import lose_tracks


def a_file(path: bytes, *, inode: int = 1, sound: bytes = b"a", folder: int = 1) -> ReadFile:
    return ReadFile((folder, path), FileFacts(1, inode, 1, 1), StreamFacts("flac", signature=sound), Tags("T"))


def scanned(connection: sqlite3.Connection, file: ReadFile) -> Counts:
    """A scan has found this file to be new, and read it."""
    found = ToRead(file.place, file.facts)
    outcome = Outcome([found], [FileRead(b"/music/" + file.place[1], file.facts, file.stream, file.tags)])
    outcome.write(connection)
    counts = Counts()
    outcome.add_to(counts)
    return counts


def test_a_file_that_somebody_adopted_while_a_scan_read_it_is_one_track(rows: sqlite3.Connection) -> None:
    track, outcome = adopt_file(rows, a_file(b"a.flac"), 5)

    assert outcome == "added"
    assert scanned(rows, a_file(b"a.flac")).nothing
    assert scanned(rows, a_file(b"a.flac", inode=2, sound=b"b")).changed == 1
    assert adopt_file(rows, a_file(b"a.flac", inode=2, sound=b"b"), 5) == (track, "")
    assert rows.execute("SELECT count(*), max(inode) FROM track").fetchone() == (1, 2)


def test_a_file_that_is_adopted_may_be_a_track_that_is_gone(rows: sqlite3.Connection) -> None:
    track, _ = adopt_file(rows, a_file(b"a.flac"), 5)
    lose_tracks(rows, [track], 9)

    assert adopt_file(rows, a_file(b"/tmp/a.flac", folder=OUTSIDE), 10)[0] != track
    assert adopt_file(rows, a_file(b"b.flac", inode=7), 10) == (track, "moved")


def test_what_is_adopted_anew_with_the_same_sound_stays_measured(rows: sqlite3.Connection) -> None:
    track, _ = adopt_file(rows, a_file(b"a.flac"), 5)
    rows.execute("UPDATE track SET measured_version = 7")
    retagged = msgspec.structs.replace(a_file(b"a.flac", inode=2), tags=Tags("Another"))

    assert adopt_file(rows, retagged, 5) == (track, "changed")
    assert rows.execute("SELECT title, measured_version FROM track").fetchone() == ("Another", 7)
