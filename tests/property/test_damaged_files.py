"""Files that are damaged in any way: refused with a code, or played as far as they go; no crash, and an end."""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from auralisd.decode.decoder import Damage, open_track
from auralisd.errors import TrackUnreadable
from tests.encoded import encode
from tests.sounds import music

_CODES = {"unreadable", "not-audio", "empty", "damaged"}
_FRAMES = 60_000
_MOST_FRAMES = 60 * 44_100
_MOST_S = 20.0
_TRIES = 400 if os.environ.get("AURALISD_CAMPAIGN") else 12

Spoil = Callable[[bytes, np.random.Generator], bytes]


def noise_within(whole: bytes, random: np.random.Generator) -> bytes:
    size = int(random.integers(1, 4_000))
    start = int(random.integers(0, max(1, len(whole) - size)))
    return whole[:start] + random.bytes(size) + whole[start + size :]


def zeros_within(whole: bytes, random: np.random.Generator) -> bytes:
    size = int(random.integers(1, len(whole) // 2))
    start = int(random.integers(0, len(whole) - size))
    return whole[:start] + bytes(size) + whole[start + size :]


def cut_off(whole: bytes, random: np.random.Generator) -> bytes:
    return whole[: int(random.integers(1, len(whole)))]


def cut_out(whole: bytes, random: np.random.Generator) -> bytes:
    start, end = sorted(int(place) for place in random.integers(0, len(whole), 2))
    return whole[:start] + whole[end:] or b"\0"


def lying_header(whole: bytes, random: np.random.Generator) -> bytes:
    """Any of the first bytes, among which all sizes stand, at its most."""
    head = bytearray(whole)
    for place in random.integers(0, min(512, len(head)), 6):
        head[place] = int(random.choice([0x00, 0x7F, 0x80, 0xFF]))
    return bytes(head)


def sprinkled(whole: bytes, random: np.random.Generator) -> bytes:
    spoilt = bytearray(whole)
    for place in random.integers(0, len(spoilt), 40):
        spoilt[place] ^= 1 << int(random.integers(0, 8))
    return bytes(spoilt)


SPOILS = (noise_within, zeros_within, cut_off, cut_out, lying_header, sprinkled)
WRITERS: dict[str, Callable[[Path], object]] = {
    name: lambda path: soundfile.write(path, music(_FRAMES / 44_100), 44_100)
    for name in ("a.flac", "a.wav", "a.aiff", "a.ogg", "a.mp3")
} | {
    "a.opus": lambda path: soundfile.write(path, music(_FRAMES / 48_000, 48_000), 48_000, "OPUS", format="OGG"),
    "headless.mp3": lambda path: encode(path, music(_FRAMES / 44_100), muxing={"write_xing": "0"}),
    "alac.m4a": lambda path: encode(path, music(_FRAMES / 44_100), codec="alac"),
    "front.m4a": lambda path: encode(path, music(_FRAMES / 44_100), muxing={"movflags": "faststart"}),
    **{
        name: lambda path: encode(path, music(_FRAMES / 44_100))
        for name in ("a.m4a", "a.aac", "a.wv", "a.tta", "a.wma")
    },
}


@pytest.fixture(scope="module")
def whole_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("whole")
    for name, write in WRITERS.items():
        write(folder / name)
    return {name: (folder / name).read_bytes() for name in WRITERS}


def played(path: Path, random: np.random.Generator) -> tuple[str, list[Damage]]:
    """The code it fails with, "" for none; whatever it gives is looked at, and after it a seek anywhere."""
    told: list[Damage] = []
    try:
        decoder = open_track(os.fsencode(path), told.append)
    except TrackUnreadable as refusal:
        return refusal.code, told
    try:
        for start in (0, int(random.integers(0, _FRAMES))):
            if start:
                decoder.seek(start)
            frames = 0
            while frames < _MOST_FRAMES and len(block := decoder.read(8_192)):
                frames += len(block)
                assert block.dtype == np.float32
                assert block.shape[1] == decoder.format.channels
                assert len(block) <= 8_192
                assert np.isfinite(block).all()
    except TrackUnreadable as failure:
        return failure.code, told
    finally:
        decoder.close()
    return "", told


def is_open(path: Path) -> bool:
    """True while this process holds a descriptor of the file."""
    links = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # that of the listing itself
            links.append(descriptor.readlink())
    return path in links


@pytest.mark.parametrize("spoil", SPOILS)
@pytest.mark.parametrize("name", WRITERS)
def test_a_damaged_file_costs_no_more_than_itself(
    tmp_path: Path, whole_files: dict[str, bytes], name: str, spoil: Spoil
) -> None:
    random = np.random.default_rng([list(WRITERS).index(name), SPOILS.index(spoil)])
    path = tmp_path / name
    for _ in range(_TRIES):
        path.write_bytes(spoil(whole_files[name], random))
        began_s = time.monotonic()
        code, told = played(path, random)

        assert code in _CODES | {""}
        assert all(damage.frame >= 0 for damage in told)
        assert time.monotonic() - began_s < _MOST_S
        assert not is_open(path)


@pytest.mark.parametrize("content", [b"", b"\0", b"\xff" * 5_000, bytes(5_000), bytes(range(256)) * 40])
@pytest.mark.parametrize("name", WRITERS)
def test_a_file_that_holds_nothing_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    code, _ = played(tmp_path / name, np.random.default_rng(1))

    assert code in _CODES


@pytest.mark.parametrize("name", WRITERS)
def test_a_header_alone_is_refused_or_ends_at_once(tmp_path: Path, whole_files: dict[str, bytes], name: str) -> None:
    (tmp_path / name).write_bytes(whole_files[name][:600])
    told: list[Damage] = []
    try:
        decoder = open_track(os.fsencode(tmp_path / name), told.append)
        frames = 0
        while len(block := decoder.read(8_192)):
            frames += len(block)
        decoder.close()
    except TrackUnreadable as refusal:
        assert refusal.code in _CODES  # noqa: PT017
        return

    assert frames < 2_500
