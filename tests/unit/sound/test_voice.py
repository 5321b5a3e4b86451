"""A voice gives the frames that it was asked for, at the ring's rate, wherever it begins."""

import os
from math import gcd
from pathlib import Path

import numpy as np
import pytest
import soundfile

from auralisd.decode.decoder import open_track
from auralisd.dsp.block import Block
from auralisd.model.plan import MasteringPlan
from auralisd.sound.meters import Meters
from auralisd.sound.voice import Voice, entry_point

FAITHFUL = 1e-6
"""−120 dBFS."""

UNTOUCHED = MasteringPlan("adaptive", 0.0, "off")
LOUDER = MasteringPlan(
    "adaptive", 1.0, "adaptive", gain_db=6.0, ceiling_dbtp=-1.0, eq_mid=((100.0, 2.0), (1_000.0, -1.0))
)


def tones(seconds: float, rate_hz: int, channels: int = 2) -> Block:
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    sides = [0.3 * np.sin(2 * np.pi * hz * time_s) for hz in (200.0, 331.0, 471.0)[:channels]]
    return np.stack(sides, axis=1).astype(np.float32)


@pytest.fixture
def track(tmp_path: Path) -> bytes:
    soundfile.write(tmp_path / "a.wav", tones(3.0, 44_100), 44_100, subtype="FLOAT")
    return os.fsencode(tmp_path / "a.wav")


def rendered(path: bytes, plan: MasteringPlan, *, frame: int = 0, ring_hz: int = 44_100, skip: int = 0) -> Block:
    decoder = open_track(path)
    voice = Voice(
        decoder, plan, Meters(decoder.format.rate_hz), start_frame=frame, ring_rate_hz=ring_hz, skip_ring_frames=skip
    )
    blocks = []
    while len(block := voice.render()):
        blocks.append(block)
    voice.close()
    return np.concatenate((*blocks, voice.resampler.flush()))


def test_untouched_samples_are_the_files(track: bytes) -> None:
    assert np.array_equal(rendered(track, UNTOUCHED), soundfile.read(os.fsdecode(track), dtype="float32")[0])


def test_mono_is_heard_on_both_sides(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "m.wav", tones(0.2, 44_100, channels=1), 44_100, subtype="FLOAT")
    heard = rendered(os.fsencode(tmp_path / "m.wav"), UNTOUCHED)

    assert np.array_equal(heard[:, 0], heard[:, 1])
    assert len(heard) == 8_820


@pytest.mark.parametrize("plan", [UNTOUCHED, LOUDER])
@pytest.mark.parametrize("frame", [1, 44_100, 100_001])
def test_a_seek_gives_the_samples_of_continuous_play(track: bytes, plan: MasteringPlan, frame: int) -> None:
    assert np.array_equal(rendered(track, plan, frame=frame), rendered(track, plan)[frame:])


@pytest.mark.parametrize("ring_frames", [100, 5_000, 96_000])
@pytest.mark.parametrize("ring_hz", [44_100, 48_000, 96_000, 22_050])
def test_a_stream_taken_up_in_the_middle_joins_the_one_that_was_left(
    track: bytes, ring_hz: int, ring_frames: int
) -> None:
    whole = rendered(track, UNTOUCHED, ring_hz=ring_hz)
    if ring_frames >= len(whole):
        ring_frames //= 2
    frame, skip = entry_point(frame=0, ring_frames=ring_frames, source_hz=44_100, ring_hz=ring_hz)
    again = rendered(track, UNTOUCHED, frame=frame, ring_hz=ring_hz, skip=skip)

    assert abs(len(again) - len(whole[ring_frames:])) <= 1
    length = min(len(again), len(whole) - ring_frames)
    assert np.abs(again[:length] - whole[ring_frames:][:length]).max() < FAITHFUL


@pytest.mark.parametrize("frame", [160, 441, 44_100, 88_001])
@pytest.mark.parametrize("ring_hz", [48_000, 96_000, 22_050])
def test_a_seek_behind_a_resampler_is_continuous_play_from_its_first_frame(
    track: bytes, ring_hz: int, frame: int
) -> None:
    first, skip = entry_point(frame=frame, ring_frames=0, source_hz=44_100, ring_hz=ring_hz)
    sought = rendered(track, UNTOUCHED, frame=first, ring_hz=ring_hz, skip=skip)
    # Played continuously, from where the two rates meet just at that frame.
    meets = frame % (44_100 // gcd(44_100, ring_hz))
    whole = rendered(track, UNTOUCHED, frame=meets, ring_hz=ring_hz)[(frame - meets) * ring_hz // 44_100 :]

    assert abs(len(sought) - len(whole)) <= 1
    length = min(len(sought), len(whole))
    assert np.abs(sought[:length] - whole[:length]).max() < FAITHFUL


def test_a_seek_past_the_end_is_silence(track: bytes) -> None:
    decoder = open_track(track)
    voice = Voice(decoder, UNTOUCHED, Meters(44_100), start_frame=10**9, ring_rate_hz=44_100)

    assert len(voice.render()) == 0
    assert voice.failure is None
