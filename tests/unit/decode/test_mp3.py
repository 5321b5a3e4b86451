"""MP3 headers: which of them can be trusted with the length."""

import os
from pathlib import Path

import pytest

from auralisd.decode.mp3 import tells_no_length
from tests.encoded import encode
from tests.sounds import music


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return encode(tmp_path / "a.mp3", music(2.0), muxing={"id3v2_version": "0"})


@pytest.fixture
def headless(tmp_path: Path) -> Path:
    return encode(tmp_path / "b.mp3", music(2.0), muxing={"write_xing": "0", "id3v2_version": "0"})


def asked(path: Path) -> bool:
    fd = os.open(path, os.O_RDONLY)
    try:
        return tells_no_length(fd)
    finally:
        os.close(fd)


def test_a_header_that_counts_its_frames_is_trusted(plain: Path) -> None:
    assert not asked(plain)


def test_a_stream_without_header_tells_no_length(headless: Path) -> None:
    assert asked(headless)


@pytest.mark.parametrize("before", [b"ID3\x04\x00\x00\x00\x00\x02\x00" + bytes(256), bytes(1_000)])
def test_tags_and_padding_before_the_stream_are_passed_over(headless: Path, before: bytes) -> None:
    headless.write_bytes(before + headless.read_bytes())

    assert asked(headless)


def test_a_header_that_knows_of_the_first_of_several_files_is_not_trusted(plain: Path, headless: Path) -> None:
    plain.write_bytes(plain.read_bytes() + 5 * headless.read_bytes())

    assert asked(plain)


def test_other_files_are_none_of_its_business(tmp_path: Path) -> None:
    other = tmp_path / "a.bin"
    other.write_bytes(b"fLaC" + bytes(100))

    assert not asked(other)
