"""Every field of every format, and what real files make of them."""

import random
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from mutagen import id3 as id3_frames
from mutagen.aiff import AIFF
from mutagen.apev2 import APEv2
from mutagen.flac import FLAC, Picture
from mutagen.mp3 import MP3
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

from auralisd.errors import TrackUnreadable
from auralisd.model.track import Tags
from auralisd.tags.cleaning import clean_artists, clean_date, clean_genres, clean_tempo
from auralisd.tags.track import read_track
from tests.music import write_music

id3: Any = id3_frames
ape_tags: Any = APEv2
flac_picture: Any = Picture
READERS: dict[str, Any] = {
    ".flac": FLAC,
    ".ogg": OggVorbis,
    ".opus": OggOpus,
    ".mp3": MP3,
    ".wav": WAVE,
    ".aiff": AIFF,
}
ALL = Tags(
    title="Title",
    artists=("Ada", "Bob"),
    album="Album",
    album_artist="Ada",
    track_number=3,
    disc_number=2,
    date="2001-02-03",
    genres=("Rock", "Pop"),
    composers=("Cora", "Dan"),
    mbid="rec",
    title_sort="title sort",
    artist_sort="ada sort",
    album_sort="album sort",
    album_artist_sort="albumartist sort",
    composer_sort="cora sort",
    original_date="1969",
    bpm=120.5,
    comment="A comment",
    compilation=True,
    has_lyrics=True,
    has_art=True,
    mb_album="alb",
    mb_artists=("art", "art2"),
    mb_album_artist="albart",
    mb_release_group="group",
)
COMMENTS: dict[str, list[str]] = {
    "title": ["Title"],
    "ARTIST": ["Ada", "Bob"],
    "album": ["Album"],
    "albumartist": ["Ada"],
    "tracknumber": ["3/12"],
    "discnumber": ["2"],
    "date": ["2001-02-03"],
    "genre": ["Rock", "Pop"],
    "composer": ["Cora", "Dan"],
    "musicbrainz_trackid": ["rec"],
    "titlesort": ["title sort"],
    "artistsort": ["ada sort"],
    "albumsort": ["album sort"],
    "albumartistsort": ["albumartist sort"],
    "composersort": ["cora sort"],
    "originaldate": ["1969"],
    "bpm": ["120.5"],
    "comment": ["A comment"],
    "compilation": ["1"],
    "lyrics": ["la la"],
    "musicbrainz_albumid": ["alb"],
    "musicbrainz_artistid": ["art", "art2"],
    "musicbrainz_albumartistid": ["albart"],
    "musicbrainz_releasegroupid": ["group"],
}


def tags_of(path: Path) -> Tags:
    return read_track(bytes(path))[2]


def frames() -> list[Any]:
    return [
        id3.TIT2(3, ["Title"]),
        id3.TPE1(3, ["Ada", "Bob"]),
        id3.TALB(3, ["Album"]),
        id3.TPE2(3, ["Ada"]),
        id3.TRCK(3, ["3/12"]),
        id3.TPOS(3, ["2/2"]),
        id3.TDRC(3, ["2001-02-03"]),
        id3.TCON(3, ["Rock", "Pop"]),
        id3.TCOM(3, ["Cora", "Dan"]),
        id3.UFID("http://musicbrainz.org", b"rec"),
        id3.TSOT(3, ["title sort"]),
        id3.TSOP(3, ["ada sort"]),
        id3.TSOA(3, ["album sort"]),
        id3.TSO2(3, ["albumartist sort"]),
        id3.TSOC(3, ["cora sort"]),
        id3.TDOR(3, ["1969"]),
        id3.TBPM(3, ["120.5"]),
        id3.COMM(3, "eng", "iTunNORM", ["0000"]),
        id3.COMM(3, "eng", "", ["A comment"]),
        id3.TCMP(3, ["1"]),
        id3.USLT(3, "eng", "", "la la"),
        id3.APIC(3, "image/png", 3, "", b"png"),
        id3.TXXX(3, "MusicBrainz Album Id", ["alb"]),
        id3.TXXX(3, "MusicBrainz Artist Id", ["art", "art2"]),
        id3.TXXX(3, "MusicBrainz Album Artist Id", ["albart"]),
        id3.TXXX(3, "MusicBrainz Release Group Id", ["group"]),
    ]


def write_all(path: Path, *, v2_version: int = 4) -> Path:
    """Every field, as the format holds it."""
    file = READERS[path.suffix](write_music(path))
    if path.suffix not in {".mp3", ".wav", ".aiff"}:
        file.update(COMMENTS)
        cover = flac_picture()
        cover.data = b"png"
        if path.suffix == ".flac":
            file.add_picture(cover)
        else:
            file["metadata_block_picture"] = ["AAAA"]
        file.save()
        return path
    if file.tags is None:
        file.add_tags()
    for frame in frames():
        file.tags.add(frame)
    if v2_version == 3:
        file.tags.update_to_v23()
    file.save(v2_version=v2_version)
    return path


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_every_field_is_read_of_every_format(tmp_path: Path, suffix: str) -> None:
    assert tags_of(write_all(tmp_path / f"a{suffix}")) == ALL


def test_an_older_id3_says_the_same_with_other_frames(tmp_path: Path) -> None:
    tags = tags_of(write_all(tmp_path / "a.mp3", v2_version=3))

    assert (tags.title, tags.date, tags.original_date, tags.bpm) == ("Title", "2001-02-03", "1969", 120.5)


def test_an_mp3_with_nothing_but_apev2_is_read(tmp_path: Path) -> None:
    path = write_music(tmp_path / "a.mp3")
    READERS[".mp3"](path).delete()
    ape = ape_tags()
    for key, value in {
        "Title": "Title",
        "Artist": ["Ada", "Bob"],
        "Album Artist": "Ada",
        "Track": "3/12",
        "Disc": "2",
        "Year": "2001",
        "Genre": "Rock",
    }.items():
        ape[key] = value
    ape.save(path)
    tags = tags_of(path)

    assert (tags.title, tags.artists, tags.album_artist, tags.track_number) == ("Title", ("Ada", "Bob"), "Ada", 3)
    assert (tags.disc_number, tags.date, tags.genres) == (2, "2001", ("Rock",))


def chunk(name: bytes, content: bytes) -> bytes:
    return name + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2)


def test_the_words_of_a_riff_file_are_read_and_id3_goes_first(tmp_path: Path) -> None:
    path = write_music(tmp_path / "a.wav")
    words = b"".join(
        (
            chunk(b"INAM", b"T\xeftle\0"),
            chunk(b"IART", b"Ada\0"),
            chunk(b"IPRD", "Älbum".encode()),
            chunk(b"ICRD", b"1969-05-04\0"),
            chunk(b"ITRK", b"7"),
        )
    )
    octets = bytearray(path.read_bytes() + chunk(b"LIST", b"INFO" + words))
    octets[4:8] = (len(octets) - 8).to_bytes(4, "little")
    path.write_bytes(octets)
    tags = tags_of(path)

    assert (tags.title, tags.artists, tags.album, tags.date, tags.track_number) == (
        "Tïtle",
        ("Ada",),
        "Älbum",
        "1969-05-04",
        7,
    )
    file = READERS[".wav"](path)
    file.add_tags()
    file.tags.add(id3.TIT2(3, ["From ID3"]))
    file.save()
    assert (tags_of(path).title, tags_of(path).album) == ("From ID3", "Älbum")


@pytest.mark.parametrize("suffix", [".flac", ".mp3"])
def test_each_artist_of_picards_list_counts_and_not_its_one_line(tmp_path: Path, suffix: str) -> None:
    path = write_music(tmp_path / f"a{suffix}")
    file = READERS[suffix](path)
    if suffix == ".flac":
        file.update({"artist": "Ada & Bob", "artists": ["Ada", "Bob"]})
    else:
        file.tags.add(id3.TPE1(3, ["Ada & Bob"]))
        file.tags.add(id3.TXXX(3, "Artists", ["Ada", "Bob"]))
    file.save()

    assert tags_of(path).artists == ("Ada", "Bob")


@pytest.mark.parametrize(
    ("names", "artists"),
    [
        (["Ada feat. Bob"], ("Ada", "Bob")),
        (["Ada (feat. Bob & Cora)"], ("Ada", "Bob & Cora")),
        (["Ada [Ft. Bob]"], ("Ada", "Bob")),
        (["Ada FEATURING Bob", "Ada"], ("Ada", "Bob")),
        (["AC/DC"], ("AC/DC",)),
        (["Earth, Wind & Fire"], ("Earth, Wind & Fire",)),
        (["Daft Punk"], ("Daft Punk",)),
        (["feat. Bob"], ("feat. Bob",)),
        (["Ada feat."], ("Ada feat.",)),
    ],
)
def test_a_guest_is_an_artist_and_nothing_else_parts_a_name(names: list[str], artists: tuple[str, ...]) -> None:
    assert clean_artists(names) == artists


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("1999", "1999"),
        ("1999-05", "1999-05"),
        ("1999-05-04", "1999-05-04"),
        ("19990504", "1999-05-04"),
        ("1999/05/04", "1999-05-04"),
        ("1999-05-04T12:30:00", "1999-05-04"),
        ("2001-00-00", "2001"),
        ("2001-13-40", "2001"),
        ("2001-02-00", "2001-02"),
        ("04.05.1999", "1999"),
        ("circa 1969, mono", "1969"),
        ("0000", None),
        ("", None),
        (None, None),
        ("12345", None),
        ("soon", None),
    ],
)
def test_a_date_is_as_precise_as_it_was_said(text: str | None, date: str | None) -> None:
    assert clean_date(text) == date


def test_genres_are_parted_at_semicolons() -> None:
    assert clean_genres(("Rock; Pop", "Drum & Bass", "rock")) == ("Rock", "Pop", "Drum & Bass", "rock")


@pytest.mark.parametrize(
    ("text", "bpm"), [("120", 120.0), ("92,5 BPM", 92.5), ("0", None), ("5000", None), ("fast", None), (None, None)]
)
def test_a_tempo_is_a_number_that_can_be(text: str | None, bpm: float | None) -> None:
    assert clean_tempo(text) == bpm


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_tags_of_ten_megabytes_are_read_in_bounds(tmp_path: Path, suffix: str) -> None:
    path = write_all(tmp_path / f"a{suffix}")
    file = READERS[suffix](path)
    noise = random.Random(3).randbytes(5_000_000).hex()
    if suffix in {".mp3", ".wav", ".aiff"}:
        file.tags.add(id3.COMM(3, "eng", "", [noise]))
        file.tags.add(id3.TPE1(3, ["\0" * 100_000 + "x"]))
    else:
        file.update({"comment": noise, "artist": ["\0" * 100_000 + "x"]})
    file.save()
    assert path.stat().st_size > 10_000_000
    tracemalloc.start()
    tags = tags_of(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert tags.title == "Title"
    assert tags.comment == noise[:1024]
    assert len(tags.artists) <= 1
    assert most < 80_000_000


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_tags_that_lie_about_their_size_cost_their_file_alone(tmp_path: Path, suffix: str) -> None:
    path = write_all(tmp_path / f"a{suffix}")
    octets = path.read_bytes()
    for place in range(4, 400, 3):
        path.write_bytes(octets[:place] + b"\xff\xff\xff" + octets[place + 3 :])
        try:
            read_track(bytes(path))
        except TrackUnreadable as refusal:
            assert refusal.code in {"damaged", "not-audio"}  # noqa: PT017
