"""A look at a track that was never measured: spread over the track, bounded in time, safe on anything."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from auralisd.decode.decoder import FileSignature, open_track
from auralisd.dsp.block import Block
from auralisd.model.audio import AudioFormat
from auralisd.sound.excerpts import provisional_profile

RATE_HZ = 8_000


class NumberedTrack:
    """Notes where it was read; decodes nothing."""

    signature = FileSignature(1, 1, 1, 1)

    def __init__(self, frames: int | None) -> None:
        self.format = AudioFormat(RATE_HZ, 1, 16)
        self.frames = frames
        self.read_at: list[int] = []

    def seek(self, frame: int) -> None:
        self.read_at.append(frame)

    def read(self, max_frames: int) -> Block:
        return np.full((max_frames, 1), 0.1, np.float32)

    def close(self) -> None:
        pass


def test_the_pieces_lie_all_over_the_track() -> None:
    track = NumberedTrack(480 * RATE_HZ)
    provisional_profile(track, clock_s=lambda: 0.0)
    shares = sorted(frame // (10 * RATE_HZ) for frame in track.read_at)

    assert shares == list(range(48))


def test_slow_decoding_means_fewer_pieces_that_still_lie_all_over_the_track() -> None:
    track = NumberedTrack(160 * RATE_HZ)
    ticks = iter(range(100))
    provisional_profile(track, clock_s=lambda: float(next(ticks)))
    quarters = sorted(frame // (40 * RATE_HZ) for frame in track.read_at)

    assert quarters == [0, 1, 2, 3]


def test_a_track_that_does_not_tell_its_length_is_looked_at_from_its_start() -> None:
    track = NumberedTrack(None)
    profile = provisional_profile(track, clock_s=lambda: 0.0)

    assert track.read_at == [number * round(0.4 * RATE_HZ) for number in range(48)]
    assert not profile.complete


@pytest.mark.parametrize("frames", [1, 100, 20_000])
@pytest.mark.parametrize("level", [0.0, 0.5])
def test_short_and_silent_tracks_have_a_profile(tmp_path: Path, frames: int, level: float) -> None:
    soundfile.write(tmp_path / "a.wav", np.full((frames, 2), level), 44_100)
    profile = provisional_profile(open_track(os.fsencode(tmp_path / "a.wav")))

    assert (profile.rate_hz, profile.frames, profile.complete) == (44_100, frames, False)


def test_damage_leaves_what_can_be_read(tmp_path: Path) -> None:
    noise = np.random.default_rng(3).uniform(-0.5, 0.5, (400_000, 2))
    soundfile.write(tmp_path / "a.flac", noise, 44_100)
    whole = (tmp_path / "a.flac").read_bytes()
    (tmp_path / "a.flac").write_bytes(whole[: len(whole) // 2])
    profile = provisional_profile(open_track(os.fsencode(tmp_path / "a.flac")))

    assert profile.integrated_lufs is not None
    assert abs(profile.integrated_lufs - -6.5) < 3.0
