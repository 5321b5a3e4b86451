"""What expressions find in a small library, and the tables that answer them."""

import itertools
import random
import sqlite3
from typing import Any

import pytest

from auralisd.library.query import cursor_after, wanted_page, wanted_parts
from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.browsing import KINDS, Album, Part, find_parts
from auralisd.store.hits import Hits
from auralisd.store.migrations import migrate
from auralisd.store.rows import ReadFile
from auralisd.store.search import SORTS, find_page, find_tracks
from auralisd.store.settling import settle_albums
from auralisd.store.tracks import add_tracks, change_tracks, keep_folders, lose_tracks, place_tracks, retag_tracks

NOW_UNIX_S = 1_000 * 86_400
SONGS = {
    "elan": (Tags("Élan", ("Björk",), "Homogénic", None, 1, 1, "1997-09", ("Electronic", "Pop"), ("Ada Byron",)), 200),
    "joga": (Tags("Jóga", ("Björk", "Ada"), "Homogénic", None, 2, 1, "1997", ("Electronic",)), 300),
    "air": (Tags("Air", ("J. S. Bach",), "Suites", "Bach Consort", 3, 2, "1730", ("Baroque",), ("Bach",)), 100),
    "live": (Tags("Air live", ("Band of Air",), "Live", None, 4, None, None, ("Rock",)), 400),
    "noise": (Tags(), None),
}


def a_file(name: str, tags: Tags, seconds: int | None = 1, *, inode: int = 1, folder: int = 1) -> ReadFile:
    duration_us = None if seconds is None else seconds * 1_000_000
    stream = StreamFacts("mp3" if name == "live" else "flac", duration_us, 44_100, 2, 16)
    return ReadFile((folder, f"d/{name}.x".encode()), FileFacts(1, inode, 1000, 5), stream, tags)


@pytest.fixture
def rows(rows: sqlite3.Connection) -> sqlite3.Connection:
    keep_folders(rows, [(b"/music", "music"), (b"/other", "other")])
    for number, (name, (tags, seconds)) in enumerate(SONGS.items(), 1):
        file = a_file(name, tags, seconds, inode=number, folder=2 if name == "noise" else 1)
        add_tracks(rows, [file], NOW_UNIX_S - number * 86_400)
    rows.executemany(
        "INSERT INTO listening VALUES (?, ?, ?, ?, ?, ?)",
        [
            (1, 1, 0.8, 10, 0, NOW_UNIX_S - 86_400),
            (2, 0, 0.4, 2, 5, NOW_UNIX_S - 40 * 86_400),
            (3, 0, None, 0, 1, None),
        ],
    )
    return rows


def find(connection: sqlite3.Connection, expression: str, sort: str = "added", *, descending: bool = True) -> str:
    """The names of what is found, in the order in which they were added."""
    wanted = wanted_page(expression, cursor="", limit=500, sort=sort, descending=descending, offset=0)
    tracks, _, total = find_page(connection, wanted, now_unix_s=NOW_UNIX_S)
    assert total == len(tracks)
    return " ".join(track.file_name.removesuffix(".x") for track in tracks)


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("", "elan joga air live noise"),
        ("ELAN", "elan"),
        ("bjork", "elan joga"),
        ("air", "air live"),
        ("noise", "noise"),
        ("air not live", "air"),
        ("not air", "elan joga noise"),
        ("not not air", "air live"),
        ("elan or live", "elan live"),
        ("(elan or joga) not pop", "joga"),
        ('"of air"', "live"),
        ('"air of"', ""),
        ("title:air", "air live"),
        ("artist:air", "live"),
        ("album:HOMOGENIC", "elan joga"),
        ("genre:elec", "elan joga"),
        ("composer:ada", "elan"),
        ("composer:bach or pop", "elan air"),
        ("album_artist:consort", "air"),
        ("artist==bjork", "elan joga"),
        ("artist==bjor", ""),
        ("artist!=BJÖRK", "air live noise"),
        ('artist=="j. s. bach"', "air"),
        ("title==air", "air"),
        ('title=="AIR LIVE"', "live"),
        ("title==ai", ""),
        ("title==!", ""),
        ("album==homogenic", "elan joga"),
        ("genre==pop", "elan"),
        ('composer=="ada byron"', "elan"),
        ("album_artist==bach", ""),
        ("format:MP3", "live"),
        ("format==flac air", "air"),
        ("year>=1990", "elan joga"),
        ("year=1730", "air"),
        ("year!=1997", "air"),
        ("not year=1997", "air live noise"),
        ("duration<4m", "elan air"),
        ("duration>=300 or year<1800", "joga air live"),
        ("track_number=2", "joga"),
        ("disc_number=2", "air"),
        ("rate_hz=44100 channels=2 bits=16", "elan joga air live noise"),
        ("bitrate>1", ""),
        ("rating>0.6", "elan"),
        ("rating<0.6", "joga"),
        ("rating!=0.8", "joga"),
        ("not rating>0.6", "joga air live noise"),
        ("favourite", "elan"),
        ("not favourite", "joga air live noise"),
        ("favourite or plays>1 or live", "elan joga live"),
        ("plays=0", "air live noise"),
        ("plays<3 skips<2", "air live noise"),
        ("skips>0", "joga air"),
        ("played<30d", "elan"),
        ("played>30d", "joga air live noise"),
        ("played>9y", "air live noise"),
        ("played<900y", "elan joga"),
        ("added<3d", "elan joga"),
        ("added>=3d", "air live noise"),
        ("folder_id=2", "noise"),
        ("folder_id=99", ""),
        ("analysed", ""),
        ("air year<1800 not favourite", "air"),
        ("artist_id!=0", "elan joga air live noise"),
        ("!!! or air", "air live"),
        ("not !!!", "elan joga air live noise"),
        ("air (not !!! or joga)", "air live"),
        ("(air year>1) or (joga plays>1) or favourite", "elan joga air"),
    ],
)
def test_an_expression_finds(rows: sqlite3.Connection, expression: str, names: str) -> None:
    assert find(rows, expression) == names


def value(connection: sqlite3.Connection, name: str, kind: int = 1) -> int:
    (found,) = connection.execute("SELECT id FROM value WHERE name = ? AND kind = ?", (name, kind)).fetchone()
    return int(found)


def test_an_artist_of_a_track_and_of_an_album_is_one(rows: sqlite3.Connection) -> None:
    add_tracks(rows, [a_file("guest", Tags("Guest", ("Else",), "More", "björk"), inode=9)], NOW_UNIX_S - 9 * 86_400)

    assert find(rows, f"artist_id={value(rows, 'björk')}") == "elan joga guest"


def test_an_album_keeps_its_id_through_a_retag_and_a_move_of_its_directory(rows: sqlite3.Connection) -> None:
    before = find_tracks(rows, (3,))[3].album_id
    tags = Tags("Air", ("Ada",), "SUITES", "Bach Consort")
    retag_tracks(rows, [(3, a_file("air", tags, inode=3))])
    place_tracks(rows, [(3, (1, b"elsewhere/air.x"), FileFacts(1, 3, 1000, 5))])

    assert find_tracks(rows, (3,))[3].album_id == before
    assert find(rows, f"album_id={before}") == "air"


def test_numbers_follow_the_file(rows: sqlite3.Connection) -> None:
    change_tracks(rows, [(4, a_file("live", Tags("Air live", ("Ada",), date="2001"), 50, inode=4))])

    assert find(rows, "year=2001 duration<1m artist==ada") == "live"
    assert find(rows, 'artist=="band of air"') == ""


def test_what_is_away_or_gone_is_not_found_by_any_way_of_asking(rows: sqlite3.Connection) -> None:
    lose_tracks(rows, [1], None)
    lose_tracks(rows, [2], 9)

    for expression in ("", "bjork", "year=1997", "favourite", "artist==bjork", "title==elan", "bjork or plays>1"):
        assert not {"elan", "joga"} & set(find(rows, expression).split()), expression
    place_tracks(rows, [(1, (1, b"elan/elan.x"), FileFacts(1, 1, 1000, 5))])
    assert find(rows, "year=1997") == "elan"
    assert find(rows, "favourite") == "elan"


def test_whoever_writes_a_track_need_not_think_of_what_is_asked(rows: sqlite3.Connection) -> None:
    rows.execute(
        "UPDATE track SET artists = 'New' || char(10) || 'Newer', album = '!!!', album_identity = 'x', heading = '!!!' "
        "WHERE id = 4"
    )

    assert find(rows, "artist==newer album==!!! title==!!!") == "live"
    assert find(rows, f"album_id={find_tracks(rows, (4,))[4].album_id}") == "live"
    assert find(rows, 'artist=="band of air" or album==live') == ""


def test_a_track_that_is_forgotten_leaves_no_trace(rows: sqlite3.Connection) -> None:
    rows.execute("DELETE FROM track WHERE id = 1")

    assert find(rows, "") == "joga air live noise"
    assert rows.execute("SELECT count(*) FROM credit WHERE track = 1").fetchone() == (0,)


@pytest.mark.parametrize(
    ("sort", "rising", "falling"),
    [
        ("year", "air elan joga live noise", "joga elan air noise live"),
        ("duration", "air elan joga live noise", "live joga elan air noise"),
        ("rating", "joga elan air live noise", "elan joga noise live air"),
        ("plays", "air live noise joga elan", "elan joga noise live air"),
        ("played", "air live noise joga elan", "elan joga noise live air"),
    ],
)
def test_what_is_not_known_comes_last_and_ties_go_by_id(
    rows: sqlite3.Connection, sort: str, rising: str, falling: str
) -> None:
    for expression in ("", "not !!!"):
        assert find(rows, expression, sort, descending=False) == rising
        assert find(rows, expression, sort, descending=True) == falling


def browse(
    connection: sqlite3.Connection, kind: str, expression: str = "", *, descending: bool = False
) -> list[Part | Album]:
    """All parts, gathered page by page, two rows each."""
    parts: list[Part | Album] = []
    cursor = ""
    while True:
        wanted = wanted_parts(kind, expression, cursor=cursor, limit=2, descending=descending, offset=0)
        page, after, total = find_parts(connection, wanted, now_unix_s=NOW_UNIX_S)
        parts += page
        if not (cursor := cursor_after(after, expression, wanted)):
            assert total == len(parts)
            return parts


@pytest.mark.parametrize(
    ("kind", "expression", "names"),
    [
        ("artists", "", "Ada:1:1 Bach Consort:1:1 Band of Air:1:1 Björk:2:1 J. S. Bach:1:1"),
        ("artists", "bjork", "Ada:1:1 Björk:2:1"),
        ("artists", "year=1730", "Bach Consort:1:1 J. S. Bach:1:1"),
        ("artists", "not !!!", "Ada:1:1 Bach Consort:1:1 Band of Air:1:1 Björk:2:1 J. S. Bach:1:1"),
        ("artists", "nothing", ""),
        ("genres", "", "Baroque:1:1 Electronic:2:1 Pop:1:1 Rock:1:1"),
        ("genres", "favourite", "Electronic:1:1 Pop:1:1"),
        ("years", "", "1730:1:1 1997:2:1"),
        ("years", "elan", "1997:1:1"),
        ("folders", "", "music:4:3 other:1:0"),
        ("folders", "noise", "other:1:0"),
    ],
)
def test_tracks_fall_into_parts_by_name(rows: sqlite3.Connection, kind: str, expression: str, names: str) -> None:
    parts = browse(rows, kind, expression)
    assert all(isinstance(part, Part) for part in parts)

    assert " ".join(f"{part.name}:{part.tracks}:{part.albums}" for part in parts if isinstance(part, Part)) == names
    assert browse(rows, kind, expression, descending=True) == parts[::-1]


def test_an_album_says_whose_it_is_and_how_long(rows: sqlite3.Connection) -> None:
    ids = {title: value(rows, title, 5) for title in ("Homogénic", "Live", "Suites")}

    assert browse(rows, "albums") == [
        Album(ids["Homogénic"], "Homogénic", "Björk", "1997", 2, 500_000_000, compilation=False),
        Album(ids["Live"], "Live", "Band of Air", None, 1, 400_000_000, compilation=False),
        Album(ids["Suites"], "Suites", "Bach Consort", "1730", 1, 100_000_000, compilation=False),
    ]
    assert browse(rows, "albums", "joga") == [
        Album(ids["Homogénic"], "Homogénic", "Björk, Ada", "1997", 1, 300_000_000, compilation=False)
    ]


@pytest.mark.parametrize(
    ("tags", "artist", "compilation"),
    [
        ([{"album_artist": "Ada"}, {"album_artist": "ADA feat. Bob"}, {"artists": ("Bob",)}], "ADA", False),
        ([{"album_artist": "Ada"}, {"album_artist": "Bob"}], None, True),
        ([{"album_artist": "Various Artists"}, {"artists": ("Bob",)}], "Various Artists", True),
        ([{"artists": ("Ada",)}, {"artists": ("Ada", "Bob")}], "Ada", False),
        ([{"artists": ("Ada", "Bob")}, {"artists": ("Ada", "Bob")}], "Ada, Bob", False),
        ([{"artists": ("Ada",)}, {"artists": ("Bob",)}], None, True),
        ([{"artists": ("Ada",), "compilation": True}, {"artists": ("Ada",), "compilation": True}], "Ada", True),
        ([{"artists": ("Ada",), "compilation": True}, {"artists": ("Ada",)}], "Ada", False),
        ([{}, {}], None, False),
    ],
)
def test_an_album_is_of_one_artist_or_a_compilation(
    rows: sqlite3.Connection, tags: list[dict[str, Any]], artist: str | None, compilation: bool
) -> None:
    files = [
        a_file(f"s{n}", Tags(**{"title": "T", "album": "Sampler", "track_number": n, **words}), inode=90 + n)
        for n, words in enumerate(tags, 1)
    ]
    add_tracks(rows, files, 0)
    settle_albums(rows)
    [album] = browse(rows, "albums", "album:Sampler")

    assert isinstance(album, Album)
    assert (album.artist, album.compilation, album.tracks) == (artist, compilation, len(tags))


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_part_holds_is_what_its_id_asks_for(rows: sqlite3.Connection, kind: str) -> None:
    field = {
        "albums": "album_id",
        "artists": "artist_id",
        "genres": "genre_id",
        "folders": "folder_id",
        "years": "year",
    }

    for part in browse(rows, kind):
        assert len(find(rows, f"{field[kind]}={part.id}").split()) == part.tracks


def test_an_artist_is_shown_as_spelled_last(rows: sqlite3.Connection) -> None:
    retag_tracks(rows, [(2, a_file("joga", Tags("Jóga", ("BJÖRK",), "Homogénic"), inode=2))])

    assert [part.name for part in browse(rows, "artists", "joga") if isinstance(part, Part)] == ["BJÖRK"]


def test_hits_are_found_once_for_all_pages_and_again_after_a_change(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("state") / "db"
    writer = sqlite3.connect(path, isolation_level=None)
    migrate(writer)
    keep_folders(writer, [(b"/music", "music")])
    add_tracks(writer, [a_file("air", Tags("Air"))], 1)
    reader = sqlite3.connect(path, isolation_level=None)
    hits, wanted = Hits(reuse=True), wanted_page("air", cursor="", limit=5, sort="", descending=False, offset=0)
    said: list[str] = []
    reader.set_trace_callback(said.append)

    totals = [find_page(reader, wanted, hits=hits, now_unix_s=1)[2] for _ in range(2)]
    assert totals == [1, 1]
    assert sum("INTO temp.hit" in each for each in said) == 1

    add_tracks(writer, [a_file("air2", Tags("Air"), inode=2)], 1)
    assert find_page(reader, wanted, hits=hits, now_unix_s=1)[2] == 2
    reader.close()
    writer.close()


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("expression", ["", "song", "year>0"])
def test_pages_hold_while_the_library_changes(
    rows: sqlite3.Connection, sort: str, descending: bool, expression: str
) -> None:
    """What stays is met once, whatever comes and goes between the pages."""
    dice = random.Random(f"{sort} {descending} {expression}")

    def song(number: int) -> ReadFile:
        tags = Tags(
            f"Song {dice.randint(0, 5)}", (f"Artist {dice.randint(0, 3)}",), "One", date=str(dice.randint(1000, 9999))
        )
        return a_file(f"s{number}", tags, dice.randint(1, 5), inode=number + 100)

    staying = add_tracks(rows, [song(number) for number in range(40)], NOW_UNIX_S)
    leaving = add_tracks(rows, [song(number) for number in range(40, 80)], NOW_UNIX_S)
    rows.executemany(
        "INSERT INTO listening VALUES (?, 0, ?, ?, 0, ?)",
        [
            (track, dice.choice((None, 0.5, 1.0)), dice.randint(0, 3), dice.choice((None, 7, 8)))
            for track in staying[::2]
        ],
    )
    seen: list[int] = []
    cursor = ""
    for turn in itertools.count(80):
        wanted = wanted_page(expression, cursor=cursor, limit=7, sort=sort, descending=descending, offset=0)
        page, after, _ = find_page(rows, wanted, now_unix_s=NOW_UNIX_S)
        seen += [track.id for track in page]
        if not (cursor := cursor_after(after, expression, wanted)):
            break
        lose_tracks(rows, [leaving.pop(dice.randrange(len(leaving))) for _ in range(2)], None)
        add_tracks(rows, [song(turn)], NOW_UNIX_S)

    assert len(seen) == len(set(seen))
    assert set(staying) <= set(seen)


def test_nothing_is_done_row_by_row_for_what_is_new(rows: sqlite3.Connection) -> None:
    found = rows.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%AFTER INSERT ON track %'"
    )

    assert found.fetchall() == []
