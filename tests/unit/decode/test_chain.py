"""A chain of frames is followed by their heads alone, and says of each where FFmpeg would find it."""

import os
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from auralisd.decode.chain import Chain, adts_chain, mp3_chain
from auralisd.decode.landmarks import Landmark
from tests.encoded import encode
from tests.sounds import music

BARE = {"write_xing": "0", "id3v2_version": "0"}
MAKE = {"a.aac": adts_chain, "a.mp3": mp3_chain}


@pytest.fixture(params=[("a.aac", 44_100, 96), ("a.mp3", 44_100, 96), ("a.mp3", 16_000, 32)], ids=str)
def stream(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Frames of varying length."""
    name, rate_hz, kbit = request.param
    sound = music(5.0)
    path = encode(tmp_path / name, sound, rate_hz, kbit=kbit, muxing=BARE)
    poorer = encode(tmp_path / f"b{path.suffix}", sound, rate_hz, kbit=kbit // 2, muxing=BARE)
    path.write_bytes(path.read_bytes() + poorer.read_bytes())
    return path


@pytest.fixture
def packets(stream: Path) -> list[tuple[int, int, int]]:
    """Byte, stamp and duration of each, by FFmpeg."""
    with av.open(str(stream)) as container:
        return [(each.pos or 0, each.pts or 0, each.duration or 0) for each in container.demux() if each.size]


@pytest.fixture
def fd(stream: Path) -> Iterator[int]:
    descriptor = os.open(stream, os.O_RDWR)
    yield descriptor
    os.close(descriptor)


def chain_of(stream: Path, fd: int, packets: list[tuple[int, int, int]]) -> Chain:
    offset, stamp, ticks = packets[0]
    chain = MAKE[stream.name](fd, Landmark(offset, stamp), ticks)
    assert chain is not None
    return chain


def test_every_landmark_is_a_packet_and_lies_shortly_before(
    stream: Path, fd: int, packets: list[tuple[int, int, int]]
) -> None:
    chain = chain_of(stream, fd, packets)
    places = {Landmark(offset, stamp): number for number, (offset, stamp, _) in enumerate(packets)}
    for number in (len(packets) - 1, 200, 0, 63, 64, 65):
        stamp = packets[number][1]
        for asked in (stamp, stamp + packets[0][2] - 1):
            landmark = chain.before(asked)
            assert number - 64 < places[landmark] <= number


@pytest.mark.parametrize("behind", [b"", b"TAG" + bytes(125), b"APETAGEX" + bytes(200)])
def test_the_end_is_that_of_the_last_packet(
    stream: Path, fd: int, packets: list[tuple[int, int, int]], behind: bytes
) -> None:
    size = os.fstat(fd).st_size
    os.pwrite(fd, behind, size)
    end = chain_of(stream, fd, packets).end()

    assert end == Landmark(size, packets[-1][1] + packets[-1][2])


def test_of_what_is_damaged_or_cut_off_nothing_is_claimed(
    stream: Path, fd: int, packets: list[tuple[int, int, int]]
) -> None:
    os.ftruncate(fd, os.fstat(fd).st_size - 20)
    assert chain_of(stream, fd, packets).end() is None
    hit = len(packets) // 2
    os.pwrite(fd, bytes(4), packets[hit][0])
    chain = chain_of(stream, fd, packets)

    assert chain.end() is None
    kept = [chain.before(packets[number][1]) for number in (hit - 1, hit, len(packets) - 1)]
    assert len(set(kept)) == 1
    assert kept[0].offset < packets[hit][0]


@pytest.mark.parametrize("within", [b"\0", b"\xff\xfb"])
def test_it_goes_on_behind_a_tag_between_two_files_that_has_nothing_of_a_frame(
    stream: Path, fd: int, packets: list[tuple[int, int, int]], within: bytes
) -> None:
    whole = stream.read_bytes()
    tag = b"ID3\x04\0\0\0\0\x0f\x50" + within * (2_000 // len(within))
    os.pwrite(fd, whole + tag + whole, 0)
    end = chain_of(stream, fd, packets).end()

    if within == b"\0":
        assert end == Landmark(2 * len(whole) + len(tag), 2 * (packets[-1][1] + packets[-1][2]))
    else:
        assert end is None


def test_behind_damage_it_knows_what_ffmpeg_met_and_where_it_is_right_about_it(
    stream: Path, fd: int, packets: list[tuple[int, int, int]]
) -> None:
    hit = len(packets) // 4
    os.pwrite(fd, bytes(4), packets[hit][0])
    chain = chain_of(stream, fd, packets)
    known = chain.before(packets[-1][1])
    met = packets[: hit + 100]
    for offset, stamp, _ in met:
        chain.learn(Landmark(offset + 1, stamp), os.pread(fd, 8, offset))
    assert chain.before(packets[-1][1]) == known
    for offset, stamp, _ in met:
        chain.learn(Landmark(offset, stamp), os.pread(fd, 8, offset))

    assert chain.before(packets[-1][1]) in {Landmark(offset, stamp) for offset, stamp, _ in met[-64:]}


def test_what_is_no_frame_begins_no_chain(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"\xff\xfb\x00\x00" + bytes(100))  # an MP3 frame that does not say how long it is
    fd = os.open(path, os.O_RDONLY)
    try:
        assert mp3_chain(fd, Landmark(0, 0), 1) is None
        assert adts_chain(fd, Landmark(0, 0), 1) is None
        assert adts_chain(fd, Landmark(103, 0), 1) is None
    finally:
        os.close(fd)
