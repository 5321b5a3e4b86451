"""What was measured and what tags say beside the usual: shown in rows and found by expressions."""

import sqlite3

import msgspec
import pytest

from auralisd.library.query import wanted_page
from auralisd.model.profile import SoundProfile
from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.migrations import MIGRATIONS, migrate
from auralisd.store.profiles import forget_profiles, keep_profile
from auralisd.store.rows import ReadFile
from auralisd.store.search import find_page, find_tracks
from auralisd.store.tracks import add_tracks, change_tracks, keep_folders, lose_tracks, retag_tracks
from tests.older import write_tracks

MBID = "b9ad642e-b012-41c7-b72a-42cf4911f9ff"
SONGS = {
    "slow": Tags("Slow", bpm=60.5, comment="Recorded live, in Köln", has_lyrics=True, mbid=MBID),
    "fast": Tags("Fast", bpm=180.0, comment="!!!", has_art=True),
    "plain": Tags("Plain"),
}


def facts(number: int) -> FileFacts:
    return FileFacts(1, number, 1000, 5)


def a_file(number: int, name: str, tags: Tags) -> ReadFile:
    return ReadFile((1, f"{name}.flac".encode()), facts(number), StreamFacts("flac", 1_000_000), tags)


def a_profile(loudness_lufs: float | None, peak_dbtp: float | None) -> SoundProfile:
    return SoundProfile(44_100, 2, 44_100, loudness_lufs, peak_dbtp, (), ())


@pytest.fixture
def rows(rows: sqlite3.Connection) -> sqlite3.Connection:
    add_tracks(rows, [a_file(number, name, tags) for number, (name, tags) in enumerate(SONGS.items(), 1)], 0)
    keep_profile(rows, 1, facts(1), a_profile(-23.5, -3.0))
    keep_profile(rows, 2, facts(2), a_profile(-8.25, 0.5))
    return rows


def find(connection: sqlite3.Connection, expression: str) -> str:
    wanted = wanted_page(expression, cursor="", limit=500, sort="added", descending=False, offset=0)
    tracks, _, total = find_page(connection, wanted)
    assert total == len(tracks)
    return " ".join(track.file_name.removesuffix(".flac") for track in tracks)


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("bpm>100", "fast"),
        ("bpm=60.5", "slow"),
        ("bpm!=180", "slow"),
        ("not bpm>100", "slow plain"),
        ("comment:koln", "slow"),
        ('comment:"live in"', "slow"),
        ("comment:rec", "slow"),
        ("comment:live fast", ""),
        ('comment=="recorded LIVE, in koln"', "slow"),
        ("comment==!!!", "fast"),
        ("comment!=!!!", "slow plain"),
        ("loudness<-14", "slow"),
        ("loudness>=-8.25", "fast"),
        ("loudness>−14", "fast"),
        ("not loudness<-14", "fast plain"),
        ("loudness>-14 or bpm<70", "slow fast"),
        ("true_peak>0", "fast"),
        ("true_peak<=-3", "slow"),
        ("has_lyrics", "slow"),
        ("has_art", "fast"),
        ("not has_art", "slow plain"),
        (f"mbid=={MBID.upper()}", "slow"),
        (f"mbid:{MBID}", "slow"),
        (f"mbid!={MBID}", "fast plain"),
        ("live", ""),  # a comment is only looked into when somebody asks
    ],
)
def test_an_expression_finds(rows: sqlite3.Connection, expression: str, names: str) -> None:
    assert find(rows, expression) == names


def test_a_row_holds_what_was_measured_until_the_file_is_another(rows: sqlite3.Connection) -> None:
    before = find_tracks(rows, (1, 3))
    change_tracks(rows, [(1, a_file(9, "slow", SONGS["slow"]))])
    after = find_tracks(rows, (1,))[1]

    assert (before[1].loudness_lufs, before[1].true_peak_dbtp) == (-23.5, -3.0)
    assert (before[1].tags.bpm, before[1].tags.comment) == (60.5, "Recorded live, in Köln")
    assert (before[3].loudness_lufs, before[3].true_peak_dbtp) == (None, None)
    assert (after.loudness_lufs, after.true_peak_dbtp) == (None, None)
    assert find(rows, "loudness<0") == "fast"


def test_silence_has_no_loudness_and_what_is_forgotten_is_not_shown(rows: sqlite3.Connection) -> None:
    keep_profile(rows, 3, facts(3), a_profile(None, None))
    forget_profiles(rows, 2)

    assert find(rows, "loudness<99") == "slow"
    assert find_tracks(rows, (2,))[2].loudness_lufs is None


def test_what_is_found_follows_tags_and_absence(rows: sqlite3.Connection) -> None:
    retag_tracks(rows, [(1, a_file(1, "slow", Tags("Slow", comment="else")))])
    lose_tracks(rows, [2], None)

    assert find(rows, "comment:koln") == ""
    assert find(rows, "comment:else") == "slow"
    assert find(rows, "bpm>0") == ""
    assert find(rows, "has_art or has_lyrics or loudness>-9") == ""


def test_profiles_of_before_have_their_figures_too() -> None:
    """The step that made the columns is the one behind this many."""
    old = sqlite3.connect(":memory:", isolation_level=None)
    migrate(old, MIGRATIONS[: _step_with("loudness_lufs")])
    keep_folders(old, [(b"/music", "music")])
    write_tracks(old, [a_file(number, name, tags) for number, (name, tags) in enumerate(SONGS.items(), 1)])
    old.execute("UPDATE track SET measured_version = 2")
    for track, blob in ((1, msgspec.msgpack.encode(a_profile(-23.5, -3.0))), (2, b"\xc1")):
        old.execute("INSERT INTO profile VALUES (?, 1000, 5, 2, ?)", (track, blob))
    migrate(old)
    found = find_tracks(old, (1, 2))

    assert (found[1].loudness_lufs, found[1].true_peak_dbtp) == (-23.5, -3.0)
    assert found[2].loudness_lufs is None
    assert find(old, "comment:live") == "slow"
    old.close()


def _step_with(word: str) -> int:
    return next(place for place, step in enumerate(MIGRATIONS) if any(word in statement for statement in step))
