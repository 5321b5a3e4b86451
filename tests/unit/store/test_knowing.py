"""Albums, what is remembered for them and their tracks, and what is known when a track begins."""

import sqlite3

import msgspec
import pytest

from auralisd.model.knowledge import Knowledge
from auralisd.model.taste import TaggedGain
from auralisd.model.track import FileFacts, Tags
from auralisd.store.adopting import adopt_file
from auralisd.store.albums import album_of, album_places, fellows
from auralisd.store.knowing import AlbumProfiles, knowledge
from auralisd.store.migrations import MIGRATIONS, migrate
from auralisd.store.profiles import (
    KeptProfiles,
    forget_profiles,
    kept_profiles,
    refuse_measure,
    unmeasured,
)
from auralisd.store.rows import Place, Scope
from auralisd.store.search import find_tracks
from auralisd.store.seen import begin, missed
from auralisd.store.tracks import add_tracks, change_tracks, keep_folders, lose_tracks, place_tracks
from tests.unit.store.songs import a_profile, a_song, known, measure


@pytest.fixture
def rows(rows: sqlite3.Connection) -> sqlite3.Connection:
    keep_folders(rows, [(b"/music", "music"), (b"/more", "more")])
    return rows


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
