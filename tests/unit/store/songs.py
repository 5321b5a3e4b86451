"""Songs of an album, and what is known of them."""

import sqlite3

from auralisd.model.knowledge import Knowledge
from auralisd.model.profile import PeakStretch, SoundProfile
from auralisd.model.taste import TaggedGain
from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.knowing import AlbumProfiles, knowledge
from auralisd.store.profiles import keep_profile
from auralisd.store.rows import ReadFile
from auralisd.store.search import find_tracks


def a_song(
    path: bytes,
    *,
    inode: int = 1,
    folder: int = 1,
    album: str | None = "Album",
    album_artist: str | None = None,
    disc: int | None = None,
    number: int | None = None,
    gain: TaggedGain | None = None,
) -> ReadFile:
    tags = Tags("T", ("Ada",), album, album_artist, number, disc, track_gain=gain)
    stream = StreamFacts("flac", signature=b"sound of " + path.rpartition(b"/")[2])
    return ReadFile((folder, path), FileFacts(1, inode, 1000, 5), stream, tags)


def a_profile(lufs: float = -14.0, *, frames: int = 44_100) -> SoundProfile:
    stretch = PeakStretch(-1.0, 1.0, (-200,) * 10)
    return SoundProfile(
        44_100, 2, frames, lufs, -1.0, ((25.0, -60.0),), (), (stretch,), loudness_histogram=((lufs, 10.0),)
    )


def measure(connection: sqlite3.Connection, track: int, profile: SoundProfile) -> None:
    facts = find_tracks(connection, (track,))[track].facts
    assert keep_profile(connection, track, facts, profile)


def known(connection: sqlite3.Connection, track: int) -> Knowledge:
    return knowledge(connection, track, AlbumProfiles())
