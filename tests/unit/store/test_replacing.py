"""Which file is offered for which track, and what becomes of both."""

import sqlite3

import pytest

from auralisd.model.listening import PLAYED, SKIPPED, Numbers
from auralisd.model.profile import SoundProfile
from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store import replacing
from auralisd.store.knowing import remember_for_track
from auralisd.store.listening import count_heard, find_history, keep_favourite, keep_rating
from auralisd.store.profiles import keep_profile, load_profile
from auralisd.store.replacing import MUSICBRAINZ, TAGS, Offer, Offers, is_better, offer_of, replace, settle
from auralisd.store.rows import ReadFile
from auralisd.store.search import find_tracks
from auralisd.store.tracks import add_tracks, id_at, lose_tracks

ARIA = Tags("Aria", ("Ada",), "Album", track_number=1)
MBID = "b9ad642e-b012-41c7-b72a-42cf4911f9ff"


def add(
    connection: sqlite3.Connection,
    path: str,
    tags: Tags = ARIA,
    *,
    seconds: float = 180.0,
    bits: int | None = None,
    bitrate: int | None = 128,
) -> int:
    """A track of that path, whose sound is like no other's."""
    stream = StreamFacts(path.rpartition(".")[2], int(seconds * 1e6), 44_100, 2, bits, bitrate, signature=path.encode())
    facts = FileFacts(1, abs(hash(path)) % 2**40, len(path), 5)
    return add_tracks(connection, [ReadFile((1, path.encode()), facts, stream, tags)], 0)[0]


def offers(connection: sqlite3.Connection) -> tuple[Offer, ...]:
    found = Offers()
    while found.go_on(connection):
        pass
    return found.found


def test_a_better_file_beside_a_track_is_offered_and_not_the_other_way_round(rows: sqlite3.Connection) -> None:
    lossy = add(rows, "a/aria.mp3")
    lossless = add(rows, "a/aria.flac", bits=16)
    finer = add(rows, "b/aria.flac", bits=24)

    assert offers(rows) == (
        Offer(lossy, lossless, False, TAGS),
        Offer(lossy, finer, False, TAGS),
        Offer(lossless, finer, False, TAGS),
    )


@pytest.mark.parametrize(
    ("new", "old", "better"),
    [
        (("flac", 16, 44_100, 900), ("mp3", None, 44_100, 320), True),
        (("flac", 16, 44_100, 900), ("wav", 16, 44_100, 1411), False),
        (("flac", 24, 44_100, 900), ("flac", 16, 96_000, 900), True),
        (("mp3", None, 44_100, 320), ("mp3", None, 48_000, 128), True),
        (("mp3", None, 44_100, 320), ("flac", None, None, None), False),
        (("mp3", None, 44_100, None), ("mp3", None, 44_100, None), False),
    ],
)
def test_what_is_better_is_told_by_the_encoding(new: tuple[object, ...], old: tuple[object, ...], better: bool) -> None:
    assert is_better(new, old) is better


def test_for_a_track_that_is_gone_any_file_of_the_recording_is_offered(rows: sqlite3.Connection) -> None:
    gone = add(rows, "a/aria.flac", bits=16)
    lose_tracks(rows, [gone], 9)
    worse = add(rows, "a/aria.mp3")
    elsewhere = add(rows, "z/other.ogg", Tags("Another title", ("Bob",), "Best of", mbid=MBID))
    with_id = add(rows, "x/x.flac", Tags("Third", mbid=MBID))
    lose_tracks(rows, [with_id], 9)

    assert offers(rows) == (Offer(gone, worse, True, TAGS), Offer(with_id, elsewhere, True, MUSICBRAINZ))


@pytest.mark.parametrize(
    ("tags", "seconds"),
    [
        (Tags("Aria da capo", ("Ada",), "Album", track_number=1), 180.0),
        (Tags("Aria", ("Bob",), "Album", track_number=1), 180.0),
        (Tags("Aria", ("Ada",), "Another", track_number=1), 180.0),
        (Tags("Aria", ("Ada",), "Album", track_number=9), 180.0),
        (Tags("Aria", ("Ada",), "Album", track_number=1, mbid="0" * 36), 180.0),
        (ARIA, 182.0),
        (Tags(None, ("Ada",), "Album"), 180.0),
    ],
)
def test_another_recording_is_not_offered(rows: sqlite3.Connection, tags: Tags, seconds: float) -> None:
    for path, known in (("a/aria.mp3", Tags("Aria", ("Ada",), "Album", track_number=1, mbid=MBID)), ("b/x.mp3", tags)):
        add(rows, path, known)
        lose_tracks(rows, [id_at(rows, (1, path.encode())) or 0], 9)
    lose_tracks(rows, [2], None)
    add(rows, "a/aria.flac", tags, seconds=seconds, bits=16)

    assert [offer for offer in offers(rows) if offer.old == 1] == []


def test_case_and_accents_make_no_other_recording_nor_does_a_number_that_one_does_not_say(
    rows: sqlite3.Connection,
) -> None:
    lossy = add(rows, "a.mp3", Tags("Ária", ("ADA",), "álbum", track_number=1))
    lossless = add(rows, "b.flac", Tags("aria", ("Ada",), "Album"), bits=16, seconds=180.9)

    assert offers(rows) == (Offer(lossy, lossless, False, TAGS),)


def test_what_is_away_or_the_same_sound_is_not_offered(rows: sqlite3.Connection) -> None:
    lossy, lossless = add(rows, "a.mp3"), add(rows, "a.flac", bits=16)
    rows.execute("UPDATE track SET signature = ?", (b"the same",))
    same = offers(rows)
    rows.execute("UPDATE track SET signature = id")
    lose_tracks(rows, [lossy], None)
    away = offers(rows)
    lose_tracks(rows, [lossless], None)

    assert (same, away, offers(rows)) == ((), (), ())


def listened_to(connection: sqlite3.Connection, track: int, *, rating: float | None, at_unix_s: int) -> None:
    keep_rating(connection, (track,), rating)
    count_heard(connection, 5, track, PLAYED, at_unix_s)
    count_heard(connection, 6, track, SKIPPED, at_unix_s)


@pytest.mark.parametrize("missing", [False, True])
def test_a_track_that_is_replaced_keeps_all_and_has_the_better_file(rows: sqlite3.Connection, missing: bool) -> None:
    old, new = add(rows, "a/aria.mp3"), add(rows, "a/aria.flac", bits=16)
    listened_to(rows, old, rating=0.75, at_unix_s=100)
    listened_to(rows, new, rating=0.25, at_unix_s=200)
    keep_favourite(rows, (new,), favourite=True)
    remember_for_track(rows, old, "warm")
    facts = find_tracks(rows, (old, new))
    for track, loudness_lufs in ((old, -20.0), (new, -10.0)):
        keep_profile(rows, track, facts[track].facts, SoundProfile(44_100, 2, 1, loudness_lufs, -1.0, (), ()))
    if missing:
        lose_tracks(rows, [old], 9)
    replace(rows, Offer(old, new, missing, TAGS))
    found = find_tracks(rows, (old, new))
    history, _ = find_history(rows, None, 9)
    kept = load_profile(rows, old)

    assert (found[old].file_name, found[old].available, found[old].analysed) == ("aria.flac", True, True)
    assert (found[new].file_name, found[new].available) == ("aria.mp3", not missing)
    assert found[old].numbers == Numbers(favourite=True, rating=0.75, plays=2, skips=2, last_played_unix_s=200)
    assert found[new].numbers == Numbers()
    assert {line.track for line in history} == {old}
    assert kept is not None
    assert kept.integrated_lufs == -10.0
    assert rows.execute("SELECT track, preset FROM track_preset").fetchall() == [(old, "warm")]
    assert id_at(rows, (1, b"a/aria.flac")) == old
    assert offers(rows) == ()


def test_what_only_the_better_file_had_goes_over_too(rows: sqlite3.Connection) -> None:
    old, new = add(rows, "a.mp3"), add(rows, "a.flac", bits=16)
    listened_to(rows, new, rating=0.25, at_unix_s=200)
    remember_for_track(rows, new, "warm")
    replace(rows, Offer(old, new, False, TAGS))

    assert find_tracks(rows, (old,))[old].numbers == Numbers(rating=0.25, plays=1, skips=1, last_played_unix_s=200)
    assert rows.execute("SELECT track, preset FROM track_preset").fetchall() == [(old, "warm")]


def test_a_pair_that_was_declined_is_offered_no_more_and_others_are(rows: sqlite3.Connection) -> None:
    lossy, lossless, finer = add(rows, "a.mp3"), add(rows, "a.flac", bits=16), add(rows, "b.flac", bits=24)
    settle(rows, lossy, lossless)

    assert offer_of(rows, lossy, lossless) is None
    assert offer_of(rows, lossy, finer) == Offer(lossy, finer, False, TAGS)
    assert [(offer.old, offer.new) for offer in offers(rows)] == [(lossy, finer), (lossless, finer)]


def test_a_large_library_is_looked_through_in_strides(
    rows: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replacing, "_STRIDE", 2)
    pairs = []
    for number in range(5):
        tags = Tags(f"Song {number}", ("Ada",), "Album")
        pairs.append((add(rows, f"{number}.mp3", tags), add(rows, f"{number}.flac", tags, bits=16)))

    assert [(offer.old, offer.new) for offer in offers(rows)] == pairs
