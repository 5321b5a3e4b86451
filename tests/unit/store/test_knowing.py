"""Albums, what is remembered for them and their tracks, and what is known when a track begins."""

import sqlite3

import msgspec
import pytest

from auralisd.model.knowledge import Knowledge
from auralisd.model.profile import PeakStretch, SoundProfile
from auralisd.model.taste import TaggedGain
from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.adopting import adopt_file
from auralisd.store.albums import album_of, album_places, fellows, identity_of
from auralisd.store.identity import move_to_copies
from auralisd.store.knowing import AlbumProfiles, knowledge, remember_for_album, remember_for_track
from auralisd.store.migrations import MIGRATIONS, migrate
from auralisd.store.profiles import (
    KeptProfiles,
    forget_profiles,
    keep_profile,
    kept_profiles,
    refuse_measure,
    unmeasured,
)
from auralisd.store.rows import Place, ReadFile, Scope
from auralisd.store.search import find_tracks
from auralisd.store.seen import begin, missed
from auralisd.store.settling import settle_albums
from auralisd.store.tracks import add_tracks, change_tracks, keep_folders, lose_tracks, place_tracks


@pytest.fixture
def rows(rows: sqlite3.Connection) -> sqlite3.Connection:
    keep_folders(rows, [(b"/music", "music"), (b"/more", "more")])
    return rows


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


def one_album(*songs: tuple[Place, Tags]) -> bool:
    return len({album_of(tags, place) for place, tags in songs}) == 1


# --- which tracks belong together ------------------------------------------------------------------------


def test_tracks_of_one_album_artist_belong_together_wherever_they_lie() -> None:
    tags = Tags("T", ("Ada",), "Album", "Ada")

    assert one_album(((1, b"a/1.flac"), tags), ((1, b"b/c/2.mp3"), Tags("U", ("Bob",), "ÁLBUM", "ADA")))
    assert not one_album(((1, b"a/1.flac"), tags), ((2, b"a/1.flac"), tags))
    assert not one_album(((1, b"a/1.flac"), tags), ((1, b"a/1.flac"), Tags("T", ("Ada",), "Album", "Bob")))
    assert not one_album(((1, b"a/1.flac"), tags), ((1, b"a/1.flac"), Tags("T", ("Ada",), "Other", "Ada")))


def test_without_album_artist_the_directory_decides() -> None:
    tags = Tags("T", ("Ada",), "Greatest Hits")

    assert one_album(((1, b"a/1.flac"), tags), ((1, b"a/2.flac"), Tags("T", ("Bob", "Cora"), "Greatest Hits")))
    assert not one_album(((1, b"a/1.flac"), tags), ((1, b"b/1.flac"), tags))
    assert not one_album(((1, b"a/1.flac"), tags), ((1, b"a/b/1.flac"), tags))
    assert not one_album(((1, b"a/1.flac"), tags), ((1, b"a/1.flac"), Tags("T", ("Ada",), "Greatest Hits", "Ada")))


@pytest.mark.parametrize("disc", [b"CD1", b"cd 2", b"Disc 1", b"disk_03", b"Disc-2 Live", b"CD01 (1999)"])
def test_the_discs_of_a_box_belong_together(disc: bytes) -> None:
    tags = Tags("T", (), "Box")

    assert one_album(((1, b"box/" + disc + b"/1.flac"), tags), ((1, b"box/1.flac"), tags))
    assert one_album(((1, disc + b"/1.flac"), tags), ((1, b"1.flac"), tags))


@pytest.mark.parametrize("directory", [b"CDs", b"Discography", b"CD1999", b"Discworld", b"my CD1"])
def test_what_only_begins_like_a_disc_is_a_directory(directory: bytes) -> None:
    tags = Tags("T", (), "Box")

    assert not one_album(((1, b"box/" + directory + b"/1.flac"), tags), ((1, b"box/1.flac"), tags))


def test_without_a_title_or_a_folder_there_is_no_album() -> None:
    assert album_of(Tags("T", ("Ada",), None, "Ada"), (1, b"a.flac")) == ""
    assert album_of(Tags("T", ("Ada",), "Album", "Ada"), (0, b"/tmp/a.flac")) == ""


def test_an_identity_tells_no_path() -> None:
    identity = album_of(Tags("T", (), "Album"), (1, b"secret\xff/a.flac"))

    assert identity.isalnum()
    assert "secret" not in identity


def test_the_tracks_of_an_album_are_counted_over_its_discs(rows: sqlite3.Connection) -> None:
    second_of_two, first_of_two, second, first = add_tracks(
        rows,
        [
            a_song(b"box/CD2/2.flac", number=2, inode=1),
            a_song(b"box/CD2/1.flac", number=1, inode=2),
            a_song(b"box/1/b.flac", number=2, disc=1, inode=3, album="Box2"),
            a_song(b"box/CD1/9.flac", number=9, inode=4),
        ],
        1,
    )

    assert [known(rows, track).album_number for track in (first, first_of_two, second_of_two)] == [1, 2, 3]
    assert known(rows, second).album_number == 1


def test_what_is_not_available_is_not_counted(rows: sqlite3.Connection) -> None:
    gone, left = add_tracks(rows, [a_song(b"a/1", number=1), a_song(b"a/2", number=2, inode=2)], 1)
    lose_tracks(rows, [gone], 9)

    assert known(rows, left).album_number == 1
    assert known(rows, gone).album_number == 0


def test_tracks_stand_in_their_albums_as_they_are_counted(rows: sqlite3.Connection) -> None:
    tracks = add_tracks(
        rows,
        [
            a_song(b"box/CD2/b.flac", number=1, inode=1),
            a_song(b"box/CD1/b.flac", number=2, inode=2),
            a_song(b"box/CD1/a.flac", number=1, inode=3),
            a_song(b"box/z.flac", inode=4, disc=1),
            a_song(b"box/B.flac", inode=5, disc=1),
            a_song(b"alone.flac", album=None, inode=6),
        ],
        1,
    )
    places = album_places(rows, (*tracks, 999))
    album = places[tracks[0]].album

    assert set(places) == set(tracks[:5])
    assert {place.album for place in places.values()} == {album}
    assert sorted(places, key=lambda track: places[track]) == [fellow.id for fellow in fellows(rows, album)]


def test_tracks_without_an_album_are_no_fellows(rows: sqlite3.Connection) -> None:
    one, _ = add_tracks(rows, [a_song(b"a", album=None), a_song(b"b", album=None, inode=2)], 1)

    assert fellows(rows, "") == []
    assert known(rows, one) == Knowledge()
    assert known(rows, 99) == Knowledge()


# --- the album's profile ---------------------------------------------------------------------------------


def test_an_album_has_a_profile_once_all_its_tracks_are_measured(rows: sqlite3.Connection) -> None:
    one, two = add_tracks(rows, [a_song(b"a/1"), a_song(b"a/2", inode=2)], 1)
    measure(rows, one, a_profile(-14.0))
    before = known(rows, one)
    measure(rows, two, a_profile(-20.0))
    after = known(rows, one)

    assert (before.profile, before.album_profile) == (a_profile(-14.0), None)
    assert after.album_profile is not None
    assert after.album_profile.frames == 88_200
    assert after.album_profile.integrated_lufs == pytest.approx(-16.04, abs=0.01)


def test_a_track_that_cannot_be_measured_is_left_out(rows: sqlite3.Connection) -> None:
    one, two = add_tracks(rows, [a_song(b"a/1"), a_song(b"a/2", inode=2)], 1)
    measure(rows, one, a_profile())
    refuse_measure(rows, two, FileFacts(1, 2, 1000, 5), "damaged")
    profile = known(rows, one).album_profile

    assert profile is not None
    assert profile.frames == 44_100


def test_a_kept_album_profile_follows_every_change_of_its_tracks(rows: sqlite3.Connection) -> None:
    kept = AlbumProfiles()
    one, two = add_tracks(rows, [a_song(b"a/1"), a_song(b"a/2", inode=2)], 1)

    def frames() -> int | None:
        profile = knowledge(rows, one, kept).album_profile
        return profile.frames if profile else None

    measure(rows, one, a_profile(frames=100))
    measure(rows, two, a_profile(frames=10))
    seen = [frames()]
    lose_tracks(rows, [two], None)
    seen.append(frames())
    place_tracks(rows, [(two, (1, b"a/2"), FileFacts(1, 2, 1000, 5))])
    seen.append(frames())
    longer = msgspec.structs.replace(a_song(b"a/2", inode=2), facts=FileFacts(1, 2, 1001, 6))
    change_tracks(rows, [(two, longer)])
    seen.append(frames())
    measure(rows, two, a_profile(frames=20))
    seen.append(frames())
    (three,) = add_tracks(rows, [a_song(b"a/3", inode=3)], 1)
    seen.append(frames())
    measure(rows, three, a_profile(frames=3))
    seen.append(frames())
    place_tracks(rows, [(three, (1, b"b/3"), FileFacts(1, 3, 1000, 5))])
    seen.append(frames())

    assert seen == [110, 100, 110, None, 120, None, 123, 120]


def test_an_album_is_put_together_once_for_all_its_tracks(rows: sqlite3.Connection) -> None:
    tracks = add_tracks(rows, [a_song(b"a/%d" % number, inode=number) for number in range(1, 21)], 1)
    for track in tracks:
        measure(rows, track, a_profile())
    kept = AlbumProfiles()
    first = knowledge(rows, tracks[0], kept).album_profile

    assert first is not None
    assert all(knowledge(rows, track, kept).album_profile is first for track in tracks)


def test_profiles_of_an_older_version_are_measured_again(rows: sqlite3.Connection) -> None:
    (track,) = add_tracks(rows, [a_song(b"a/1")], 1)
    measure(rows, track, a_profile())
    rows.execute("UPDATE track SET measured_version = 1")
    rows.execute("UPDATE profile SET version = 1")

    assert unmeasured(rows, 0, 10) == (track,)
    assert not find_tracks(rows, (track,))[track].analysed
    assert known(rows, track).profile is None


# --- presets that are remembered -------------------------------------------------------------------------


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


# --- gains of tags, and rows of yesterday ----------------------------------------------------------------


def test_tagged_gains_are_known(rows: sqlite3.Connection) -> None:
    (track,) = add_tracks(rows, [a_song(b"a/1", gain=TaggedGain(-6.5, 1.01))], 1)

    assert known(rows, track).tagged_track == TaggedGain(-6.5, 1.01)
    assert known(rows, track).tagged_album is None
    assert find_tracks(rows, (track,))[track].tags.track_gain == TaggedGain(-6.5, 1.01)


def outdated(connection: sqlite3.Connection) -> list[bool]:
    begin(connection)
    return [row.outdated for row in missed(connection, [Scope(1)], gone=True)]


def test_rows_from_before_the_gains_are_outdated_until_they_are_read(rows: sqlite3.Connection) -> None:
    old = sqlite3.connect(":memory:", isolation_level=None)
    migrate(old, MIGRATIONS[:2])
    keep_folders(old, [(b"/music", "music")])
    old.execute(
        "INSERT INTO track (folder, path, dir, device, inode, size_bytes, mtime_ns, format, artists, genres, "
        "composers, heading, album_key, title_key, artist_key, added_unix_s, available, measured_version) "
        "VALUES (1, x'61', x'', 1, 1, 1, 1, 'flac', '', '', '', 'a', x'', x'', x'', 1, 1, 1)"
    )
    migrate(old)
    before = outdated(old)
    adopt_file(old, msgspec.structs.replace(a_song(b"a"), facts=FileFacts(1, 1, 1, 1)), 5)
    after = outdated(old)
    kept = old.execute("SELECT measured_version, album_identity != '' FROM track").fetchone()
    old.close()

    assert (before, after, kept) == ([True], [False], (1, 1))


# --- forgetting ------------------------------------------------------------------------------------------


def test_a_forgotten_profile_is_gone_and_its_track_is_to_be_measured_again(rows: sqlite3.Connection) -> None:
    one, two = add_tracks(rows, [a_song(b"1.flac", inode=1), a_song(b"2.flac", inode=2)], 5)
    measure(rows, one, a_profile())
    measure(rows, two, a_profile(-20.0))
    kept = kept_profiles(rows)

    assert kept.tracks == 2
    assert forget_profiles(rows, one) == (kept.size_bytes - kept_profiles(rows).size_bytes, (one,))
    assert known(rows, one).profile is None
    assert known(rows, two).profile == a_profile(-20.0)
    assert unmeasured(rows, 0, 10) == (one,)


def test_all_profiles_can_be_forgotten(rows: sqlite3.Connection) -> None:
    tracks = add_tracks(rows, [a_song(b"1.flac", inode=1), a_song(b"2.flac", inode=2)], 5)
    for track in tracks:
        measure(rows, track, a_profile())

    assert forget_profiles(rows)[1] == tuple(tracks)
    assert kept_profiles(rows) == KeptProfiles(0, 0)
    assert unmeasured(rows, 0, 10) == tuple(tracks)
