"""Sound that was kept is, to the last bit, sound that is rendered; and a seek costs the same in every track."""

import os
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from auralisd.decode.decoder import open_track
from auralisd.dsp.block import Block
from auralisd.model.plan import MasteringPlan
from auralisd.sound.cache import ChunkCache, chunk_frames
from auralisd.sound.meters import Meters
from auralisd.sound.shelf import Shelf
from auralisd.sound.voice import Voice
from tests.sounds import music

RATE_HZ = 8_000
FRAMES = 34 * RATE_HZ + 123

PLANS = (
    MasteringPlan("adaptive", 1.0, "adaptive", gain_db=9.0, ceiling_dbtp=-1.0, eq_mid=((100.0, 2.0), (1_000.0, -1.0))),
    MasteringPlan("gentle", 1.0, "adaptive", gain_db=-3.0, ceiling_dbtp=-1.0, eq_mid=((100.0, -2.0), (1_000.0, 1.0))),
    MasteringPlan("adaptive", 0.0, "off"),
)

looks = st.tuples(
    st.sampled_from(range(len(PLANS))),
    st.integers(0, FRAMES),
    st.integers(1, 14 * RATE_HZ),
    st.sampled_from(("stay", "stay", "stay", "clear")),
)


class Listener:
    """Plays stretches of one track through one cache."""

    def __init__(self, path: bytes, cache: ChunkCache) -> None:
        self.path = path
        self.cache = cache

    def heard(self, plan: MasteringPlan, frame: int, frames: int) -> tuple[Block, Meters]:
        decoder = open_track(self.path)
        rate_hz = decoder.format.rate_hz
        meters = Meters(rate_hz, frame)
        shelf = Shelf(self.cache, decoder.signature, plan, track=1, rate_hz=rate_hz)
        voice = Voice(decoder, plan, meters, start_frame=frame, ring_rate_hz=rate_hz, shelf=shelf)
        blocks, count = [np.empty((0, 2), np.float32)], 0
        while count < frames and len(block := voice.render()):
            assert len(block) <= 16_384
            blocks.append(block)
            count += len(block)
        voice.close()
        return np.concatenate(blocks), meters


@pytest.fixture(scope="module")
def track(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("music") / "a.flac"
    soundfile.write(path, music(FRAMES / RATE_HZ, RATE_HZ), RATE_HZ, subtype="PCM_24")
    return os.fsencode(path)


@pytest.fixture(scope="module")
def once(track: bytes) -> tuple[Block, ...]:
    """The track under each plan, rendered in one go and without a cache."""
    renders = []
    for plan in PLANS:
        decoder = open_track(track)
        voice = Voice(decoder, plan, Meters(RATE_HZ), start_frame=0, ring_rate_hz=RATE_HZ)
        blocks = []
        while len(block := voice.render()):
            blocks.append(block)
        renders.append(np.concatenate(blocks))
    return tuple(renders)


@given(story=st.lists(looks, min_size=1, max_size=8), budget=st.sampled_from((1, 4, 100)))
@settings(
    max_examples=40, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)  # to shrink takes minutes
def test_whatever_was_heard_before_every_frame_is_that_of_one_plain_render(
    track: bytes, once: tuple[Block, ...], story: list[tuple[int, int, int, str]], budget: int
) -> None:
    listener = Listener(track, ChunkCache(budget * chunk_frames(RATE_HZ) * 8))
    for number, frame, frames, then in story:
        heard, _ = listener.heard(PLANS[number], frame, frames)
        if then == "clear":
            listener.cache.clear()

        assert np.array_equal(heard, once[number][frame : frame + len(heard)])
        assert len(heard) >= min(frames, FRAMES - frame)


def test_a_kept_chunk_between_two_that_are_not_joins_both(track: bytes, once: tuple[Block, ...]) -> None:
    listener = Listener(track, ChunkCache())
    listener.heard(PLANS[0], 10 * RATE_HZ, 10 * RATE_HZ)
    heard, _ = listener.heard(PLANS[0], 5 * RATE_HZ, 25 * RATE_HZ)

    assert np.array_equal(heard, once[0][5 * RATE_HZ :][: len(heard)])


def test_the_second_time_nothing_is_decoded(track: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    listener = Listener(track, ChunkCache())
    listener.heard(PLANS[0], 0, FRAMES)
    decoded = counted(monkeypatch)
    listener.heard(PLANS[0], 0, 30 * RATE_HZ)

    assert sum(decoded) == 0
    assert listener.cache.read(1).hits >= 3


def read(meters: Meters, frame: int) -> dict[str, float | None]:
    return msgspec.structs.asdict(meters.at(frame, 1))


def test_meters_read_the_same_of_kept_sound(track: bytes) -> None:
    listener = Listener(track, ChunkCache())
    _, rendered = listener.heard(PLANS[0], 0, FRAMES)
    _, kept = listener.heard(PLANS[0], 0, FRAMES)

    for second in (1, 9, 10, 13, 25, 33):
        frame = second * RATE_HZ + 100
        assert read(kept, frame) == pytest.approx(read(rendered, frame), abs=1e-4)
        assert kept.at(frame, 1).short_in_lufs is not None


def test_a_file_that_was_replaced_is_heard_as_it_is_now(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, music(12.0, RATE_HZ), RATE_HZ)
    listener = Listener(os.fsencode(path), ChunkCache())
    old, _ = listener.heard(PLANS[1], 0, 11 * RATE_HZ)
    stat = path.stat()
    soundfile.write(path.with_suffix(".new.wav"), music(12.0, RATE_HZ, seed=9), RATE_HZ)
    os.utime(path.with_suffix(".new.wav"), ns=(stat.st_atime_ns, stat.st_mtime_ns))
    path.with_suffix(".new.wav").replace(path)
    new, _ = listener.heard(PLANS[1], 0, 11 * RATE_HZ)
    fresh, _ = Listener(os.fsencode(path), ChunkCache()).heard(PLANS[1], 0, 11 * RATE_HZ)

    assert path.stat().st_size == stat.st_size
    assert np.array_equal(new, fresh)
    assert not np.array_equal(new, old)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many frames each read of any decoder gave from now on."""
    from auralisd.decode.sndfile import SndfileSource

    counts: list[int] = []
    plain = SndfileSource.read

    def read(self: SndfileSource, max_frames: int) -> Block:
        block = plain(self, max_frames)
        counts.append(len(block))
        return block

    monkeypatch.setattr(SndfileSource, "read", read)
    return counts


@pytest.mark.parametrize("suffix", [".flac", ".ogg"])
def test_a_seek_decodes_as_much_in_a_long_track_as_in_a_short_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    minute = music(60.0, RATE_HZ)
    costs = []
    for minutes in (1, 10):
        path = tmp_path / f"{minutes}{suffix}"
        with soundfile.SoundFile(path, "w", RATE_HZ, 2) as file:
            for start in range(0, minutes * len(minute), RATE_HZ):  # Vorbis is not to be written in one go
                file.write(minute[start % len(minute) :][:RATE_HZ])
        listener = Listener(os.fsencode(path), ChunkCache())
        counts = counted(monkeypatch)
        listener.heard(PLANS[0], round((minutes - 0.5) * 60 * RATE_HZ), 2 * RATE_HZ)
        monkeypatch.undo()
        costs.append(sum(counts))

    assert costs[0] == pytest.approx(costs[1], abs=16_384)
    assert costs[1] < 8 * RATE_HZ + 16_384
