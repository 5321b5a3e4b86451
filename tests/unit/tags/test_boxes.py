"""MP4, ASF and the formats that carry APEv2: every field, and the signature of their sound."""

import random
from pathlib import Path
from typing import Any

import msgspec
import pytest
from mutagen.apev2 import APEBinaryValue, APEv2
from mutagen.asf import ASF
from mutagen.asf._attrs import ASFByteArrayAttribute
from mutagen.mp4 import MP4, MP4Cover

from auralisd.errors import TrackUnreadable
from auralisd.model.taste import TaggedGain
from auralisd.model.track import Tags
from auralisd.tags.reading import read_track
from auralisd.tags.signature import audio_signature
from tests.foreign_music import SUFFIXES, write_foreign
from tests.unit.tags.test_fields import ALL

mp4: Any = MP4
mp4_cover: Any = MP4Cover
asf: Any = ASF
ape: Any = APEv2
GAIN = "-6.5 dB"
WITH_GAIN = msgspec.structs.replace(ALL, track_gain=TaggedGain(-6.5, None))

BOXES: dict[str, Any] = {
    "\xa9nam": ["Title"],
    "\xa9ART": ["Ada", "Bob"],
    "\xa9alb": ["Album"],
    "aART": ["Ada"],
    "trkn": [(3, 12)],
    "disk": [(2, 2)],
    "\xa9day": ["2001-02-03"],
    "\xa9gen": ["Rock", "Pop"],
    "\xa9wrt": ["Cora", "Dan"],
    "\xa9cmt": ["A comment"],
    "\xa9lyr": ["la la"],
    "tmpo": [120],
    "cpil": True,
    "covr": [mp4_cover(b"png", mp4_cover.FORMAT_PNG)],
    "sonm": ["title sort"],
    "soar": ["ada sort"],
    "soal": ["album sort"],
    "soaa": ["albumartist sort"],
    "soco": ["cora sort"],
}
FREE = {
    "MusicBrainz Track Id": ["rec"],
    "MusicBrainz Album Id": ["alb"],
    "MusicBrainz Artist Id": ["art", "art2"],
    "MusicBrainz Album Artist Id": ["albart"],
    "MusicBrainz Release Group Id": ["group"],
    "originaldate": ["1969"],
    "replaygain_track_gain": [GAIN],
}
ATTRIBUTES: dict[str, Any] = {
    "Title": ["Title"],
    "Author": ["Ada", "Bob"],
    "WM/AlbumTitle": ["Album"],
    "WM/AlbumArtist": ["Ada"],
    "WM/TrackNumber": ["3"],
    "WM/PartOfSet": ["2/2"],
    "WM/Year": ["2001-02-03"],
    "WM/OriginalReleaseYear": ["1969"],
    "WM/Genre": ["Rock", "Pop"],
    "WM/Composer": ["Cora", "Dan"],
    "Description": ["A comment"],
    "WM/Lyrics": ["la la"],
    "WM/BeatsPerMinute": ["120.5"],
    "WM/IsCompilation": ["1"],
    "WM/TitleSortOrder": ["title sort"],
    "WM/ArtistSortOrder": ["ada sort"],
    "WM/AlbumSortOrder": ["album sort"],
    "WM/AlbumArtistSortOrder": ["albumartist sort"],
    "WM/ComposerSortOrder": ["cora sort"],
    "MusicBrainz/Track Id": ["rec"],
    "MusicBrainz/Album Id": ["alb"],
    "MusicBrainz/Artist Id": ["art", "art2"],
    "MusicBrainz/Album Artist Id": ["albart"],
    "MusicBrainz/Release Group Id": ["group"],
    "replaygain_track_gain": [GAIN],
}
ITEMS: dict[str, Any] = {
    "Title": "Title",
    "Artist": ["Ada", "Bob"],
    "Album": "Album",
    "Album Artist": "Ada",
    "Track": "3/12",
    "Disc": "2/2",
    "Year": "2001-02-03",
    "OriginalDate": "1969",
    "Genre": ["Rock", "Pop"],
    "Composer": ["Cora", "Dan"],
    "Comment": "A comment",
    "Lyrics": "la la",
    "BPM": "120.5",
    "Compilation": "1",
    "TITLESORT": "title sort",
    "ARTISTSORT": "ada sort",
    "ALBUMSORT": "album sort",
    "ALBUMARTISTSORT": "albumartist sort",
    "COMPOSERSORT": "cora sort",
    "MUSICBRAINZ_TRACKID": "rec",
    "MUSICBRAINZ_ALBUMID": "alb",
    "MUSICBRAINZ_ARTISTID": ["art", "art2"],
    "MUSICBRAINZ_ALBUMARTISTID": "albart",
    "MUSICBRAINZ_RELEASEGROUPID": "group",
    "REPLAYGAIN_TRACK_GAIN": GAIN,
    "Cover Art (Front)": APEBinaryValue(b"front.png\0png"),  # type: ignore[no-untyped-call]
}


def foreign(folder: Path, kind: str) -> Path:
    return write_foreign(folder / f"a{kind}", kind)


def write_all(path: Path, *, comment: str = "A comment") -> Path:
    """Every field, as the format holds it."""
    match path.suffix:
        case ".m4a":
            file = mp4(path)
            file.update(BOXES | {"\xa9cmt": [comment]})
            for name, values in FREE.items():
                file[f"----:com.apple.iTunes:{name}"] = [value.encode() for value in values]
            file.save()
        case ".wma":
            file = asf(path)
            file.update(ATTRIBUTES | {"Description": [comment[:30_000]]})
            # Picture type, size, MIME type, description and octets.
            octets = b"\x03\3\0\0\0" + "image/png\0\0".encode("utf-16-le") + b"png" + comment.encode()
            file["WM/Picture"] = [ASFByteArrayAttribute(octets)]  # type: ignore[no-untyped-call]
            file.save()
        case _:
            file = ape()
            file.update(ITEMS | {"Comment": comment})
            file.save(path)
    return path


def tags_of(path: Path) -> Tags:
    return read_track(bytes(path))[2]


@pytest.mark.parametrize("kind", SUFFIXES)
def test_every_field_is_read_of_every_format(tmp_path: Path, kind: str) -> None:
    tags = tags_of(write_all(foreign(tmp_path, kind)))
    whole_beats = kind.endswith(".m4a")  # the box holds no others

    assert tags == msgspec.structs.replace(WITH_GAIN, bpm=120.0 if whole_beats else 120.5)


@pytest.mark.parametrize(
    ("kind", "name", "bits"),
    [
        (".m4a", "aac", None),
        (".alac.m4a", "alac", 16),
        (".wma", "wma", None),
        (".ape", "ape", 16),
        (".wv", "wavpack", 8),
    ],
)
def test_the_headers_of_every_format_are_read(tmp_path: Path, kind: str, name: str, bits: int | None) -> None:
    stream = read_track(bytes(foreign(tmp_path, kind)))[1]

    assert (stream.format, stream.rate_hz, stream.channels, stream.bits) == (name, 44_100, 2, bits)
    assert stream.duration_us is not None
    assert abs(stream.duration_us - 50_000) < 45_000


@pytest.mark.parametrize("kind", SUFFIXES)
def test_no_retagging_changes_the_signature_of_the_sound(tmp_path: Path, kind: str) -> None:
    path = foreign(tmp_path, kind)
    before = audio_signature(bytes(path))
    for size in (10, 70_000, 2_000_000, 50):
        write_all(path, comment="x" * size)
        assert audio_signature(bytes(path)) == before, size
    octets = bytearray(path.read_bytes())
    place = len(octets) - 30 if kind == ".wma" else octets.find(b"mdat") + 8 if kind.endswith(".m4a") else 70
    octets[place] ^= 1
    path.write_bytes(octets)
    assert audio_signature(bytes(path)) != before


@pytest.mark.parametrize("kind", SUFFIXES)
def test_tags_of_ten_megabytes_are_read_in_bounds(tmp_path: Path, kind: str) -> None:
    path = write_all(foreign(tmp_path, kind), comment=random.Random(3).randbytes(5_000_000).hex())
    tags = tags_of(path)

    assert path.stat().st_size > 10_000_000
    assert tags.title == "Title"
    assert len(tags.comment or "") == 1024


@pytest.mark.parametrize("kind", SUFFIXES)
def test_a_file_cut_or_scrambled_anywhere_is_read_or_refused(tmp_path: Path, kind: str) -> None:
    whole = write_all(foreign(tmp_path, kind)).read_bytes()
    dice = random.Random(7)
    path = tmp_path / f"b{kind}"
    for _ in range(200):
        octets = bytearray(whole[: dice.randrange(1, len(whole))])
        for _ in range(dice.randrange(4)):
            octets[dice.randrange(len(octets))] = dice.randrange(256)
        path.write_bytes(octets)
        try:
            read_track(bytes(path))
        except TrackUnreadable as refusal:
            assert refusal.code in {"damaged", "not-audio"}  # noqa: PT017


@pytest.mark.parametrize("kind", SUFFIXES)
def test_noise_with_a_music_name_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a{kind}"
    path.write_bytes(random.Random(5).randbytes(20_000))
    with pytest.raises(TrackUnreadable) as refusal:
        read_track(bytes(path))

    assert refusal.value.code in {"damaged", "not-audio"}
