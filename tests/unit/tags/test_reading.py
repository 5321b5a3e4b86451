"""Tags of real files, and of files that only look like it."""

import base64
import os
import random
from pathlib import Path
from typing import Any

import pytest
from mutagen import flac as flac_blocks
from mutagen import id3 as id3_frames
from mutagen.aiff import AIFF
from mutagen.apev2 import APEv2 as APETags
from mutagen.flac import FLAC
from mutagen.mp3 import MP3
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

from auralisd.errors import TrackUnreadable
from auralisd.model.taste import TaggedGain
from auralisd.model.track import Tags
from auralisd.tags.cleaning import clean_number, clean_text, clean_values
from auralisd.tags.gains import tagged_gain
from auralisd.tags.track import read_track
from tests.music import write_music

flac: Any = flac_blocks
id3: Any = id3_frames
ape_tags: Any = APETags


def tags_of(path: Path) -> Tags:
    return read_track(bytes(path))[2]


def code_of(path: Path) -> str:
    with pytest.raises(TrackUnreadable) as refusal:
        read_track(bytes(path))
    return refusal.value.code


@pytest.mark.parametrize(
    ("suffix", "name", "bits"),
    [
        (".flac", "flac", 16),
        (".wav", "wav", 16),
        (".aiff", "aiff", 16),
        (".ogg", "vorbis", None),
        (".opus", "opus", None),
        (".mp3", "mp3", None),
    ],
)
def test_the_headers_of_every_format_are_read(tmp_path: Path, suffix: str, name: str, bits: int | None) -> None:
    path = write_music(tmp_path / f"a{suffix}", seconds=1)
    facts, stream, _ = read_track(bytes(path))

    assert (stream.format, stream.rate_hz, stream.channels, stream.bits) == (name, 48_000, 2, bits)
    assert stream.duration_us is not None
    assert abs(stream.duration_us - 1_000_000) < 60_000
    assert facts.inode == path.stat().st_ino


def test_vorbis_comments_of_many_values_are_kept_in_order(tmp_path: Path) -> None:
    path = write_music(tmp_path / "a.flac")
    flac: Any = FLAC
    file = flac(path)
    file["ARTIST"] = ["Ada", "Bob", "Ada"]
    file["genre"] = ["Rock", "Pop"]
    file["albumartist"] = "Various"
    file["tracknumber"] = "03/12"
    file["discnumber"] = "2"
    file["date"] = "1999-01-02"
    file["composer"] = "Cora"
    file["musicbrainz_trackid"] = "f00"
    file.save()

    assert tags_of(path) == Tags(
        "Aria", ("Ada", "Bob"), "Album", "Various", 3, 2, "1999-01-02", ("Rock", "Pop"), ("Cora",), "f00"
    )


@pytest.mark.parametrize("suffix", [".mp3", ".wav", ".aiff"])
def test_id3_texts_are_parted_at_nul(tmp_path: Path, suffix: str) -> None:
    path = write_music(tmp_path / f"a{suffix}")
    readers: dict[str, Any] = {".mp3": MP3, ".wav": WAVE, ".aiff": AIFF}
    file = readers[suffix](path)
    if file.tags is None:
        file.add_tags()
    frames: list[Any] = [
        id3.TIT2(3, ["Ti\0tle"]),
        id3.TPE1(3, ["Ada", "Bob"]),
        id3.TPE2(3, ["Various"]),
        id3.TRCK(3, ["3/12"]),
        id3.TPOS(3, ["0"]),
        id3.TDRC(3, ["2001"]),
        id3.TCON(3, ["(17)", "Jazz"]),
        id3.UFID("http://musicbrainz.org", b"f00"),
    ]
    for frame in frames:
        file.tags.add(frame)
    file.save()

    tags = tags_of(path)
    assert (tags.title, tags.artists, tags.album_artist) == ("Ti", ("Ada", "Bob"), "Various")
    assert (tags.track_number, tags.disc_number, tags.date) == (3, None, "2001")
    assert (tags.genres, tags.mbid) == (("Rock", "Jazz"), "f00")


@pytest.mark.parametrize(("suffix", "reader"), [(".ogg", OggVorbis), (".opus", OggOpus)])
def test_an_ogg_file_is_read_by_its_content_and_not_its_ending(tmp_path: Path, suffix: str, reader: type) -> None:
    path = write_music(tmp_path / f"a{suffix}")
    file = reader(path)
    file["title"] = "Ogg"
    file.save()
    renamed = path.rename(tmp_path / "b.oga")

    assert tags_of(renamed).title == "Ogg"


def test_a_length_beyond_all_reason_is_not_known(tmp_path: Path) -> None:
    path = write_music(tmp_path / "a.ogg", seconds=1)
    octets = bytearray(path.read_bytes())
    last_page = octets.rfind(b"OggS")
    octets[last_page + 6 : last_page + 14] = (5 * 10**17).to_bytes(8, "little")
    path.write_bytes(octets)

    assert read_track(bytes(path))[1].duration_us is None


@pytest.mark.parametrize("suffix", [".flac", ".wav", ".aiff", ".ogg", ".opus", ".mp3"])
def test_noise_with_a_music_name_is_not_audio(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"noise{suffix}"
    path.write_bytes(random.Random(5).randbytes(20_000))

    assert code_of(path) == "not-audio"


@pytest.mark.parametrize("suffix", [".flac", ".wav", ".aiff", ".ogg", ".opus", ".mp3"])
def test_a_file_cut_or_scrambled_anywhere_is_read_or_refused(tmp_path: Path, suffix: str) -> None:
    content = write_music(tmp_path / f"good{suffix}").read_bytes()
    path = tmp_path / f"bad{suffix}"
    dice = random.Random(6)
    for _ in range(150):
        bad = bytearray(content[: dice.randrange(1, len(content))])
        for _ in range(dice.randrange(8)):
            bad[dice.randrange(min(len(bad), 300))] = dice.randrange(256)
        path.write_bytes(bad)
        try:
            _, stream, tags = read_track(bytes(path))
        except TrackUnreadable as refusal:
            assert refusal.code in {"damaged", "not-audio"}  # noqa: PT017
        else:
            assert 8_000 <= (stream.rate_hz or 0) <= 192_000
            assert tags.title != ""


def test_an_empty_file_is_empty_and_an_absent_one_missing(tmp_path: Path) -> None:
    (tmp_path / "empty.mp3").touch()

    assert code_of(tmp_path / "empty.mp3") == "empty"
    assert code_of(tmp_path / "none.mp3") == "missing"


def test_what_is_not_a_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp3")
    (tmp_path / "folder.mp3").mkdir()
    (tmp_path / "zero.mp3").symlink_to("/dev/zero")

    assert code_of(tmp_path / "pipe.mp3") == "not-audio"
    assert code_of(tmp_path / "folder.mp3") == "not-audio"
    assert code_of(tmp_path / "zero.mp3") == "unreadable"


def test_words_are_cleaned_of_all_that_is_no_text() -> None:
    assert clean_text("  a\0b\x1b[31m\r\nc\ud800\ufffe  ") == "a b [31m c"
    assert clean_text("e\u0301") == "é"
    assert len(clean_text("x" * 5000)) == 1024
    assert clean_values(["a\0b", "", " ", "\0", "a"]) == ("a", "b")
    assert len(clean_values(str(number) for number in range(1000))) == 64


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3/12", 3),
        ("03", 3),
        (" 7 ", 7),
        ("0", None),
        ("", None),
        (None, None),
        ("A1", None),
        ("-4", None),
        ("9" * 40, None),
    ],
)
def test_a_number_is_what_stands_before_the_slash(text: str | None, number: int | None) -> None:
    assert clean_number(text) == number


def written_gains(path: Path, words: dict[str, str]) -> Tags:
    """A file with these tags, in whatever way its format holds them, read again."""
    readers: dict[str, Any] = {".flac": FLAC, ".ogg": OggVorbis, ".opus": OggOpus, ".mp3": MP3}
    file = readers[path.suffix](write_music(path))
    if path.suffix == ".mp3":
        for key, value in words.items():
            file.tags.add(id3.TXXX(3, key, [value]))
    else:
        file.update(words)
    file.save()
    return tags_of(path)


@pytest.mark.parametrize("suffix", [".flac", ".ogg", ".opus", ".mp3"])
@pytest.mark.parametrize("cased", [str.upper, str.lower])
def test_replaygain_is_read_in_any_case_and_format(tmp_path: Path, suffix: str, cased: Any) -> None:
    words = {
        "replaygain_track_gain": "-6.48 dB",
        "replaygain_track_peak": "1.012",
        "replaygain_album_gain": "+1,50 db",
        "replaygain_album_peak": "no number",
    }
    tags = written_gains(tmp_path / f"a{suffix}", {cased(key): value for key, value in words.items()})

    assert (tags.track_gain, tags.album_gain) == (TaggedGain(-6.48, 1.012), TaggedGain(1.5))


def test_r128_gains_are_in_256ths_and_five_decibels_lower(tmp_path: Path) -> None:
    words = {"R128_TRACK_GAIN": "-1280", "R128_ALBUM_GAIN": "256", "REPLAYGAIN_TRACK_GAIN": "3 dB"}
    tags = written_gains(tmp_path / "a.opus", words)

    assert (tags.track_gain, tags.album_gain) == (TaggedGain(0.0), TaggedGain(6.0))


@pytest.mark.parametrize("with_id3v1", [False, True])
def test_what_mp3gain_writes_behind_the_music_is_read(tmp_path: Path, with_id3v1: bool) -> None:
    path = write_music(tmp_path / "a.mp3")
    ape: Any = ape_tags()
    ape["REPLAYGAIN_TRACK_GAIN"] = "-3.250000 dB"
    ape["replaygain_track_peak"] = "0.500000"
    ape.save(path)
    if with_id3v1:
        path.write_bytes(path.read_bytes() + b"TAG" + bytes(125))
    tags = tags_of(path)

    assert (tags.title, tags.track_gain, tags.album_gain) == ("Aria", TaggedGain(-3.25, 0.5), None)


@pytest.mark.parametrize(
    "text",
    ["", "loud", "nan dB", "inf", "-64.5 dB", "99999999999", "1e300", "-6.48 dB or so", "--3 dB", "٣ dB", "0x10"],
)
def test_a_gain_that_cannot_be_meant_is_as_good_as_none(text: str) -> None:
    assert tagged_gain("track", {"replaygain_track_gain": text}.get) is None
    assert tagged_gain("track", {"r128_track_gain": text}.get) is None


@pytest.mark.parametrize("text", ["", "nan", "0", "-1", "1e30", "100"])
def test_a_peak_that_cannot_be_is_none_and_the_gain_stands(text: str) -> None:
    words = {"replaygain_track_gain": "-6", "replaygain_track_peak": text}

    assert tagged_gain("track", words.get) == TaggedGain(-6.0)


@pytest.mark.parametrize("suffix", [".flac", ".ogg", ".mp3"])
def test_tags_of_ten_megabytes_are_read_in_bounds(tmp_path: Path, suffix: str) -> None:
    path = write_music(tmp_path / f"a{suffix}", title="Aria")
    picture: Any = flac.Picture()
    picture.data, picture.mime = random.Random(3).randbytes(10_000_000), "image/png"
    if suffix == ".mp3":
        frames = id3.ID3(path)
        frames.add(id3.APIC(encoding=3, mime="image/png", type=3, desc="", data=picture.data))
        frames.add(id3.COMM(encoding=3, lang="eng", desc="", text=["x" * 5_000_000]))
        frames.save()
    else:
        opened: Any = FLAC if suffix == ".flac" else OggVorbis
        file = opened(path)
        file["comment"] = "x" * 5_000_000
        if suffix == ".flac":
            file.add_picture(picture)
        else:
            file["metadata_block_picture"] = base64.b64encode(picture.write()).decode("ascii")
        file.save()
    tags = tags_of(path)

    assert path.stat().st_size > 10_000_000
    assert (tags.title, tags.has_art, len(tags.comment or "")) == ("Aria", True, 1024)
