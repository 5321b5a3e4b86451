"""Tags and art of one file in another."""

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from mutagen import id3
from mutagen.aiff import AIFF
from mutagen.apev2 import APEBinaryValue
from mutagen.flac import FLAC, Picture
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4, MP4Cover
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE
from mutagen.wavpack import WavPack

from auralisd.tags.carrying import carry, read_carried
from auralisd.tags.track import read_track
from tests.foreign_music import write_foreign
from tests.music import write_music

ART = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
SOURCES = (".flac", ".ogg", ".opus", ".mp3", ".wav", ".aiff")
TARGETS = (".flac", ".opus", ".wav")
READERS: dict[str, Any] = {".mp3": MP3, ".wav": WAVE, ".aiff": AIFF}

COMMENTS = {
    "title": ["Ária"],
    "artist": ["Ada", "Bela"],
    "album": ["Album"],
    "albumartist": ["Ada & Friends"],
    "tracknumber": ["3"],
    "tracktotal": ["12"],
    "discnumber": ["1"],
    "disctotal": ["2"],
    "genre": ["Baroque"],
    "comment": ["a comment"],
    "lyrics": ["la\nla"],
    "musicbrainz_trackid": ["1234-5678"],
    "musicbrainz_albumid": ["8765-4321"],
    "mykey": ["my value"],
}
LOUDNESS = {
    "REPLAYGAIN_TRACK_GAIN": "-7.30 dB",
    "replaygain_album_peak": "0.98",
    "R128_TRACK_GAIN": "-512",
    "iTunNORM": " 0000",
}


def front_cover() -> Any:
    picture: Any = Picture()  # type: ignore[no-untyped-call]
    picture.type, picture.mime, picture.desc, picture.data = 3, "image/png", "front", ART
    return picture


def tagged(path: Path) -> Path:
    """A file with every tag there is, in the language of its container."""
    write_music(path)
    if path.suffix in READERS:
        file: Any = READERS[path.suffix](path)
        file.delete()
        file = READERS[path.suffix](path)
        file.add_tags()
        for frame in id3_frames():
            file.tags.add(frame)
        file.save()
        return path
    editors: dict[str, Any] = {".flac": FLAC, ".ogg": OggVorbis, ".opus": OggOpus}
    file = editors[path.suffix](path)
    file.delete()
    for key, value in {**COMMENTS, **{key: [value] for key, value in LOUDNESS.items()}}.items():
        file[key] = value
    if path.suffix == ".flac":
        file.add_picture(front_cover())
    else:
        file["metadata_block_picture"] = [base64.b64encode(front_cover().write()).decode()]
    file.save()
    return path


def id3_frames() -> list[Any]:
    frame: Any = id3  # it comes without types
    words = [
        frame.TIT2(3, ["Ária"]),
        frame.TPE1(3, ["Ada", "Bela"]),
        frame.TALB(3, ["Album"]),
        frame.TPE2(3, ["Ada & Friends"]),
        frame.TRCK(3, ["3/12"]),
        frame.TPOS(3, ["1/2"]),
        frame.TCON(3, ["Baroque"]),
        frame.COMM(3, "eng", "", ["a comment"]),
        frame.USLT(3, "eng", "", "la\nla"),
        frame.UFID("http://musicbrainz.org", b"1234-5678"),
        frame.TXXX(3, "MusicBrainz Album Id", ["8765-4321"]),
        frame.TXXX(3, "mykey", ["my value"]),
        frame.APIC(3, "image/png", 3, "front", ART),
    ]
    loudness = [
        frame.TXXX(3, "replaygain_track_gain", ["-7.30 dB"]),
        frame.COMM(3, "eng", "iTunNORM", [" 0000"]),
        frame.RVA2("track", 1, -7.3, 0.98),
    ]
    return [*words, *loudness]


def untagged(path: Path) -> Path:
    kind = {".flac": ("FLAC", "PCM_24"), ".opus": ("OGG", "OPUS"), ".wav": ("WAV", "PCM_24")}[path.suffix]
    soundfile.write(path, np.full((4800, 2), 0.1), 48_000, format=kind[0], subtype=kind[1])
    return path


def comments_of(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in read_carried(bytes(path)).comments:
        found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", SOURCES)
def test_every_tag_and_the_art_are_carried_over(tmp_path: Path, source: str, target: str) -> None:
    made = untagged(tmp_path / f"made{target}")
    before = soundfile.read(made)[0]
    carry(bytes(tagged(tmp_path / f"source{source}")), bytes(made), target)
    [picture] = read_carried(bytes(made)).pictures

    assert comments_of(made) == COMMENTS
    assert (picture.type, picture.mime, picture.desc, picture.data) == (3, "image/png", "front", ART)
    assert np.array_equal(soundfile.read(made)[0], before)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", SOURCES)
def test_what_says_how_loud_the_source_was_stays_behind(tmp_path: Path, source: str, target: str) -> None:
    made = untagged(tmp_path / f"made{target}")
    carry(bytes(tagged(tmp_path / f"source{source}")), bytes(made), target)
    content = made.read_bytes().lower()

    assert not [word for word in (b"replaygain", b"r128_", b"itunnorm", b"rva2") if word in content]


@pytest.mark.parametrize("target", TARGETS)
def test_the_library_reads_what_was_carried(tmp_path: Path, target: str) -> None:
    made = untagged(tmp_path / f"made{target}")
    carry(bytes(tagged(tmp_path / "source.flac")), bytes(made), target)
    _, _, tags = read_track(bytes(made))

    assert (tags.title, tags.artists, tags.track_number, tags.disc_number) == ("Ária", ("Ada", "Bela"), 3, 1)
    assert (tags.album_artist, tags.genres, tags.mbid) == ("Ada & Friends", ("Baroque",), "1234-5678")


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", [".m4a", ".wv"])
def test_tags_and_art_of_mp4_and_apev2_are_carried_over(tmp_path: Path, source: str, target: str) -> None:
    path = write_foreign(tmp_path / f"a{source}", source)
    file: Any = MP4(path) if source == ".m4a" else WavPack(path)  # type: ignore[no-untyped-call]
    file.add_tags() if file.tags is None else None
    if source == ".m4a":
        file["\xa9nam"], file["\xa9ART"], file["trkn"] = ["Ária"], ["Ada", "Bela"], [(3, 12)]
        file["covr"] = [MP4Cover(ART, MP4Cover.FORMAT_PNG)]  # type: ignore[no-untyped-call]
        file["----:com.apple.iTunes:iTunSMPB"] = [b" 00000000 00000840"]
    else:
        file["Title"], file["Artist"], file["Track"] = "Ária", ["Ada", "Bela"], "3/12"
        file["Cover Art (Front)"] = APEBinaryValue(b"front.png\0" + ART)  # type: ignore[no-untyped-call]
        file["REPLAYGAIN_TRACK_GAIN"] = "-7 dB"
    file.save()
    form = {"format": "OGG", "subtype": "OPUS"} if target == ".opus" else {}
    soundfile.write(tmp_path / f"b{target}", np.zeros((4_800, 2)), 48_000, **form)
    carry(bytes(path), bytes(tmp_path / f"b{target}"), target)
    _, _, tags = read_track(bytes(tmp_path / f"b{target}"))

    assert (tags.title, tags.artists, tags.track_number, tags.has_art) == ("Ária", ("Ada", "Bela"), 3, True)
    assert tags.track_gain is None
    [picture] = read_carried(bytes(tmp_path / f"b{target}")).pictures
    assert (picture.mime, picture.data) == ("image/png", ART)


def test_a_source_without_tags_leaves_the_new_file_as_it_is(tmp_path: Path) -> None:
    made, bare = untagged(tmp_path / "made.flac"), untagged(tmp_path / "bare.wav")
    carry(bytes(bare), bytes(made), ".flac")

    assert comments_of(made) == {}
    assert soundfile.info(made).frames == 4800
