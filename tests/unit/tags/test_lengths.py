"""Lengths: what the library says agrees with what is played, also where no header says it."""

import os
from pathlib import Path

import pytest

from auralisd.decode.decoder import open_track
from auralisd.tags.track import read_track
from tests.encoded import encode
from tests.sounds import music

SOUND = music(5.0)
HEADLESS = {"write_xing": "0"}


def played_s(path: Path) -> float:
    decoder, frames = open_track(os.fsencode(path)), 0
    while len(block := decoder.read(65_536)):
        frames += len(block)
    decoder.close()
    return frames / decoder.format.rate_hz


def said_s(path: Path) -> float:
    _, stream, _ = read_track(os.fsencode(path))
    return (stream.duration_us or 0) / 1e6


@pytest.mark.parametrize("name", ["a.mp3", "a.m4a", "a.aac", "a.wv", "a.tta", "a.wma", "a.flac"])
def test_what_is_said_is_what_is_played(tmp_path: Path, name: str) -> None:
    path = encode(tmp_path / name, SOUND)

    assert said_s(path) == pytest.approx(played_s(path), abs=0.06)


@pytest.mark.parametrize("rate_hz", [44_100, 22_050, 8_000])
def test_an_mp3_without_a_header_is_counted(tmp_path: Path, rate_hz: int) -> None:
    path = encode(tmp_path / "a.mp3", SOUND, rate_hz, kbit=16, muxing=HEADLESS)
    richer = encode(tmp_path / "b.mp3", SOUND, rate_hz, kbit=32, muxing=HEADLESS | {"id3v2_version": "0"})
    path.write_bytes(path.read_bytes() + richer.read_bytes())

    assert said_s(path) == pytest.approx(2 * len(SOUND) / rate_hz, rel=0.02)
    assert said_s(path) == pytest.approx(played_s(path), abs=0.001)


def test_several_files_in_one_are_counted_together(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp3", SOUND)
    path.write_bytes(4 * path.read_bytes())

    assert said_s(path) == pytest.approx(played_s(path), abs=0.15)


def test_a_large_picture_is_not_taken_for_music(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp3", SOUND, muxing={"id3v2_version": "0"})
    alone_s = said_s(path)
    size = 500_000
    head = b"ID3\x04\x00\x00" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    path.write_bytes(head + bytes(size) + path.read_bytes())

    assert said_s(path) == pytest.approx(alone_s, abs=0.001)


@pytest.mark.parametrize(("name", "kind", "bits"), [("a.aac", "aac", None), ("a.tta", "tta", 16)])
def test_bare_streams_tell_their_format(tmp_path: Path, name: str, kind: str, bits: int | None) -> None:
    _, stream, _ = read_track(os.fsencode(encode(tmp_path / name, SOUND)))

    assert (stream.format, stream.rate_hz, stream.channels, stream.bits) == (kind, 44_100, 2, bits)
    assert stream.signature


def test_tags_before_a_bare_stream_are_read(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.aac", SOUND)
    title = b"TIT2\x00\x00\x00\x05\x00\x00\x03Aria"
    path.write_bytes(b"ID3\x04\x00\x00\x00\x00\x00" + bytes([len(title)]) + title + path.read_bytes())
    _, stream, tags = read_track(os.fsencode(path))

    assert tags.title == "Aria"
    assert stream.duration_us
