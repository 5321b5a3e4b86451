"""The signature of a sound: the same under every retagging, another for every other sound."""

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from mutagen import id3 as id3_frames
from mutagen.aiff import AIFF
from mutagen.apev2 import APEv2
from mutagen.flac import FLAC, Picture
from mutagen.mp3 import MP3
from mutagen.ogg import OggPage
from mutagen.oggflac import OggFLAC
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

from auralisd.errors import TrackUnreadable
from auralisd.tags.signature import SIGNATURE_BYTES, audio_signature
from tests.music import write_music

SUFFIXES = (".flac", ".mp3", ".ogg", ".opus", ".wav", ".aiff", ".oga")
RATE_HZ = 48_000
id3: Any = id3_frames
flac_picture: Any = Picture
ape_tags: Any = APEv2
Editor = Callable[[Path, int], None]


def signature(path: Path) -> bytes:
    return audio_signature(bytes(path))


def noise(seconds: float, seed: int = 1) -> Any:
    return np.random.default_rng(seed).uniform(-0.5, 0.5, (int(seconds * RATE_HZ), 2)).astype(np.float32)


def write_noise(path: Path, seconds: float = 3.0, seed: int = 1) -> Path:
    """Noise, so that also lossy files hold far more than is read of them."""
    kinds = {
        ".flac": ("FLAC", "PCM_16"),
        ".mp3": ("MP3", "MPEG_LAYER_III"),
        ".ogg": ("OGG", "VORBIS"),
        ".opus": ("OGG", "OPUS"),
        ".wav": ("WAV", "PCM_16"),
        ".aiff": ("AIFF", "PCM_16"),
    }
    if path.suffix == ".oga":
        return wrap_in_ogg(path, write_noise(path.with_suffix(".flac"), seconds, seed))
    file_format, subtype = kinds[path.suffix]
    soundfile.write(path, noise(seconds, seed), RATE_HZ, format=file_format, subtype=subtype)
    return path


def wrap_in_ogg(path: Path, flac: Path) -> Path:
    """A FLAC file as Ogg carries it; its frames are cut anywhere, as nobody decodes them here."""
    octets, blocks = flac.read_bytes(), []
    flac.unlink()
    place, last = 4, False
    while not last:
        end = place + 4 + int.from_bytes(octets[place + 1 : place + 4], "big")
        last = bool(octets[place] & 0x80)
        blocks.append(octets[place:end])
        place = end
    head = b"\x7fFLAC\1\0" + (len(blocks) - 1).to_bytes(2, "big") + b"fLaC" + blocks[0]
    frames = [octets[start : start + 4_000] for start in range(place, len(octets), 4_000)]
    ogg: Any = OggPage
    pages = [*ogg.from_packets([head]), *ogg.from_packets(blocks[1:], 1)]
    pages += ogg.from_packets(frames, len(pages))
    pages[0].first, pages[-1].last = True, True
    path.write_bytes(b"".join(page.write() for page in pages))
    return path


def retag(path: Path, size: int) -> None:
    """Tags of about `size` bytes, picture included, as an editor writes them."""
    picture = random.Random(size).randbytes(size)
    readers: dict[str, Any] = {
        ".flac": FLAC,
        ".mp3": MP3,
        ".ogg": OggVorbis,
        ".opus": OggOpus,
        ".wav": WAVE,
        ".aiff": AIFF,
        ".oga": OggFLAC,
    }
    file = readers[path.suffix](path)
    if path.suffix in {".mp3", ".wav", ".aiff"}:
        if file.tags is None:
            file.add_tags()
        file.tags.add(id3.TIT2(3, [f"Title {size}"]))
        file.tags.add(id3.APIC(3, "image/png", 3, "", picture))
    else:
        file["title"] = [f"Title {size}"]
        file["comment"] = picture.hex()
    if path.suffix == ".flac":
        cover = flac_picture()
        cover.data = picture
        file.add_picture(cover)
    file.save()


def untag(path: Path, _: int) -> None:
    readers: dict[str, Any] = {".flac": FLAC, ".mp3": MP3, ".ogg": OggVorbis, ".opus": OggOpus, ".oga": OggFLAC}
    readers.update({".wav": WAVE, ".aiff": AIFF})
    readers[path.suffix](path).delete()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_retagging_changes_it(tmp_path: Path, suffix: str) -> None:
    path = write_noise(tmp_path / f"a{suffix}")
    before = signature(path)

    assert len(before) == SIGNATURE_BYTES
    for size in (10, 300, 70_000, 2_000_000, 50):
        retag(path, size)
        assert signature(path) == before, size
    untag(path, 0)
    assert signature(path) == before


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_it_is_that_of_the_sound_and_not_of_the_place(tmp_path: Path, suffix: str) -> None:
    path = write_noise(tmp_path / f"a{suffix}")
    (tmp_path / "b").mkdir()
    copy = Path(shutil.copy(path, tmp_path / "b" / f"other name{suffix.upper()}"))

    assert signature(copy) == signature(path)
    assert signature(write_noise(tmp_path / f"c{suffix}", seed=2)) != signature(path)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_that_is_still_being_written_has_another(tmp_path: Path, suffix: str) -> None:
    path = write_noise(tmp_path / f"a{suffix}")
    whole, octets = signature(path), path.read_bytes()
    for share in (0.5, 0.9, 0.9999):
        path.write_bytes(octets[: int(len(octets) * share)])
        assert signature(path) != whole


@pytest.mark.parametrize("suffix", [".mp3", ".ogg", ".opus", ".wav", ".aiff"])
def test_sound_that_changed_anywhere_within_reach_changes_it(tmp_path: Path, suffix: str) -> None:
    path = write_noise(tmp_path / f"a{suffix}", seconds=0.05 if suffix in {".wav", ".aiff"} else 0.2)
    before, octets = signature(path), path.read_bytes()
    assert len(octets) < 16_384
    for place in range(len(octets) - 2_000, len(octets) - 40, 311):
        if b"OggS" in octets[place - 26 : place]:
            continue  # a page's number and checksum are no sound
        path.write_bytes(octets[:place] + bytes((octets[place] ^ 1,)) + octets[place + 1 :])
        assert signature(path) != before, place


def behind_with_ape(path: Path) -> None:
    ape = ape_tags()
    ape["REPLAYGAIN_TRACK_GAIN"] = "-3.25 dB"
    ape.save(path)


def behind_with_id3v1(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"TAG" + bytes(125))


def behind_with_lyrics(path: Path) -> None:
    lyrics = b"LYRICSBEGININD0000210LYR00005la la"
    path.write_bytes(path.read_bytes() + lyrics + b"%06dLYRICS200" % len(lyrics))


def before_with_a_second_id3(path: Path) -> None:
    path.write_bytes(b"ID3\4\0\0\0\0\x02\0" + bytes(256) + path.read_bytes())


def before_with_padding_nobody_counts(path: Path) -> None:
    path.write_bytes(b"ID3\4\0\0\0\0\0\0" + bytes(777) + path.read_bytes())


@pytest.mark.parametrize(
    "add",
    [
        behind_with_ape,
        behind_with_id3v1,
        behind_with_lyrics,
        before_with_a_second_id3,
        before_with_padding_nobody_counts,
    ],
)
def test_every_kind_of_tag_around_an_mp3_is_passed_over(tmp_path: Path, add: Callable[[Path], None]) -> None:
    path = write_noise(tmp_path / "a.mp3")
    before = signature(path)
    add(path)
    assert signature(path) == before
    behind_with_ape(path)
    behind_with_lyrics(path)
    behind_with_id3v1(path)

    assert signature(path) == before


def test_a_flac_without_its_checksum_is_known_by_its_frames(tmp_path: Path) -> None:
    path = write_noise(tmp_path / "a.flac")
    octets = bytearray(path.read_bytes())
    octets[26:42] = bytes(16)
    path.write_bytes(octets)
    before = signature(path)
    retag(path, 9_000)
    behind_with_id3v1(path)
    path.write_bytes(b"ID3\4\0\0\0\0\x02\0" + bytes(256) + path.read_bytes())

    assert signature(path) == before
    path.write_bytes(path.read_bytes()[:-140] + b"!" * 12 + path.read_bytes()[-128:])
    assert signature(path) != before


@pytest.mark.parametrize("suffix", [".wav", ".aiff", ".mp3"])
def test_equally_long_files_that_are_nearly_all_silence_are_told_apart(tmp_path: Path, suffix: str) -> None:
    """The separate tracks of one recording: a cymbal of two seconds at one place or another in four minutes."""
    paths = []
    for second in (40, 60):
        sound = np.zeros((120 * RATE_HZ, 1), np.float32)
        sound[second * RATE_HZ : (second + 2) * RATE_HZ] = noise(2.0)[:, :1]
        paths.append(tmp_path / f"{second}{suffix}")
        soundfile.write(paths[-1], sound, RATE_HZ, format="MP3" if suffix == ".mp3" else suffix[1:].upper())

    assert signature(paths[0]) != signature(paths[1])


def test_a_wav_that_was_never_finished_goes_to_its_end(tmp_path: Path) -> None:
    path = write_noise(tmp_path / "a.wav")
    whole, octets = signature(path), bytearray(path.read_bytes())
    place = octets.index(b"data") + 4
    for size in (0, 0xFFFFFFFF):
        octets[place : place + 4] = size.to_bytes(4, "little")
        path.write_bytes(octets)
        assert signature(path) == whole


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_cut_or_scrambled_anywhere_has_one_or_is_refused(tmp_path: Path, suffix: str) -> None:
    content = write_music(tmp_path / f"good{'.ogg' if suffix == '.oga' else suffix}").read_bytes()
    path = tmp_path / f"bad{suffix}"
    dice = random.Random(6)
    for _ in range(150):
        bad = bytearray(content[: dice.randrange(1, len(content))])
        for _ in range(dice.randrange(8)):
            bad[dice.randrange(min(len(bad), 300))] = dice.randrange(256)
        path.write_bytes(bad)
        try:
            assert len(signature(path)) == SIGNATURE_BYTES
        except TrackUnreadable as refusal:
            assert refusal.code in {"damaged", "not-audio"}  # noqa: PT017


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_noise_with_a_music_name_is_no_sound(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"noise{suffix}"
    path.write_bytes(random.Random(5).randbytes(200_000))

    if suffix == ".mp3":  # whatever stands there may be a stream: only a decoder knows
        assert len(signature(path)) == SIGNATURE_BYTES
    else:
        with pytest.raises(TrackUnreadable) as refusal:
            signature(path)
        assert refusal.value.code == "not-audio"


def test_little_is_read_of_a_long_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    dice = random.Random(7)
    with open(path, "wb") as file:
        for _ in range(100):
            file.write(dice.randbytes(1_000_000))
    before = _read_bytes()
    signature(path)

    assert _read_bytes() - before < 300_000


def _read_bytes() -> int:
    with open("/proc/self/io", "rb") as counts:
        return int(counts.readline().split()[1])


def test_what_is_not_a_file_has_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp3")
    with pytest.raises(TrackUnreadable, match="not a file"):
        signature(tmp_path / "pipe.mp3")
    (tmp_path / "tags.mp3").write_bytes(b"ID3\4\0\0\0\0\x02\0" + bytes(256))
    with pytest.raises(TrackUnreadable, match="no sound"):
        signature(tmp_path / "tags.mp3")
