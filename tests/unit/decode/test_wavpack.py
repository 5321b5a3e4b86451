"""A block of WavPack is found by halving, whatever looks like one."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from auralisd.decode.landmarks import Landmark
from auralisd.decode.wavpack import wavpack_blocks
from tests.encoded import encode, repeated
from tests.sounds import music

SECONDS = 200
RATE_HZ = 44_100


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repeated(encode(tmp_path_factory.mktemp("wv") / "a.wv", music(5.0)), SECONDS // 5)


@pytest.fixture
def fd(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


def test_a_place_is_found_with_few_looks(fd: int, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []

    def counted(descriptor: int, size: int, offset: int, read: object = os.pread) -> bytes:
        looks.append(size)
        return read(descriptor, size, offset)  # type: ignore[operator, no-any-return]

    blocks = wavpack_blocks(fd, Landmark(0, 0), SECONDS * RATE_HZ)
    assert blocks is not None
    monkeypatch.setattr(os, "pread", counted)
    for second in (3, 50, 99, 150, 196):
        looks.clear()
        landmark = blocks.before(second * RATE_HZ)
        assert landmark is not None
        assert 0 <= second * RATE_HZ - landmark.stamp < 4 * RATE_HZ
        assert os.pread(fd, 4, landmark.offset) == b"wvpk"
        assert sum(looks) < 3_000_000


def test_near_the_first_byte_ffmpeg_is_left_to_itself(fd: int) -> None:
    blocks = wavpack_blocks(fd, Landmark(0, 0), SECONDS * RATE_HZ)
    assert blocks is not None
    assert blocks.before(0) is None
    assert blocks.before(1_000) is None


def test_without_a_length_or_a_first_block_there_are_no_landmarks(fd: int) -> None:
    assert wavpack_blocks(fd, Landmark(0, 0), None) is None
    assert wavpack_blocks(fd, Landmark(0, 5), 1_000) is None
    assert wavpack_blocks(fd, Landmark(7, 0), 1_000) is None


def test_what_looks_like_a_block_and_is_none_is_passed_over(path: Path, fd: int, tmp_path: Path) -> None:
    whole = bytearray(path.read_bytes())
    false = bytes(whole[:32])
    for at in range(200_000, len(whole), 97_003):
        inside = whole.find(b"wvpk", at)
        if inside > at + 64:
            whole[at : at + 32] = false
    copy = tmp_path / "a.wv"
    copy.write_bytes(whole)
    other = os.open(copy, os.O_RDONLY)
    try:
        blocks, spoiled = (wavpack_blocks(each, Landmark(0, 0), SECONDS * RATE_HZ) for each in (fd, other))
        assert blocks is not None
        assert spoiled is not None
        for second in (3, 50, 99, 150, 196):
            assert spoiled.before(second * RATE_HZ) == blocks.before(second * RATE_HZ)
    finally:
        os.close(other)
