"""Every buffer counts frames: for 1 to 8 channels, at all rates, however the sound is cut.

The frames of a test sound bear their own numbers, so that a frame that is lost, doubled, split or mixed with
its neighbour shows.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auralisd.analysis.measure import Measuring
from auralisd.dsp.block import Block
from auralisd.dsp.chain import Chain, preroll_start
from auralisd.dsp.channels import to_stereo
from auralisd.dsp.dither import Dither
from auralisd.dsp.equaliser import Equaliser
from auralisd.dsp.gain import Glide
from auralisd.dsp.limiter import Limiter
from auralisd.dsp.resampler import Resampler
from tests.sounds import RATES_HZ, cut, noise, through

channel_counts = st.integers(1, 8)
rates_hz = st.sampled_from(RATES_HZ)
lengths = st.integers(0, 40_000)
sizes = st.lists(st.integers(0, 20_000), max_size=8)
few = settings(max_examples=40, deadline=None)


def numbered(frames: int, channels: int) -> Block:
    """Frame n holds n on channel 0 and its own small share of n on the others; exact in 16 bits."""
    numbers = np.arange(frames) % 4096
    signs = np.where(np.arange(channels) % 2, -1, 1)
    values: Block = (numbers[:, None] * signs / 32_768).astype(np.float32)
    return values


@given(frames=lengths, channels=channel_counts, blocks=sizes)
@few
def test_folding_to_stereo_keeps_every_frame_in_its_place(frames: int, channels: int, blocks: list[int]) -> None:
    sound = numbered(frames, channels)
    whole = to_stereo(sound)

    assert whole.shape == (frames, 2)
    assert np.concatenate([to_stereo(block) for block in cut(sound, blocks)]).tobytes() == whole.tobytes()
    loud = whole[:, 0] != 0
    assert np.array_equal(loud, (np.arange(frames) % 4096 != 0))


@given(frames=lengths, channels=channel_counts, rate_hz=rates_hz, blocks=sizes, drive=st.floats(0.0, 30.0))
@few
def test_a_chain_gives_each_frame_it_takes(
    frames: int, channels: int, rate_hz: int, blocks: list[int], drive: float
) -> None:
    sound = to_stereo(noise(frames, level_db=drive - 20.0, channels=channels))
    curve = ((100.0, 3.0), (3000.0, -2.0))

    def chain() -> Chain:
        return Chain((Equaliser(curve, curve, rate_hz=rate_hz), Limiter(rate_hz, -1.0)), rate_hz)

    whole = through(chain(), [sound])

    assert whole.shape == (frames, 2)
    assert through(chain(), cut(sound, blocks)).tobytes() == whole.tobytes()
    assert np.abs(whole).max(initial=0.0) <= 10 ** (-1.0 / 20)


@given(rate_hz=rates_hz, wanted=st.integers(0, 80_000), seed=st.integers(0, 99))
@few
def test_a_chain_started_at_the_preroll_gives_the_bytes_of_continuous_play(
    rate_hz: int, wanted: int, seed: int
) -> None:
    sound = noise(100_000, level_db=-3.0, seed=seed)
    start = preroll_start(wanted, rate_hz)

    late = through(Chain((Limiter(rate_hz, -1.0),), rate_hz, start_frame=start), [sound[start:]])

    whole = through(Chain((Limiter(rate_hz, -1.0),), rate_hz), [sound])
    assert late[wanted - start :].tobytes() == whole[wanted:].tobytes()


@given(frames=st.integers(1, 20_000), channels=channel_counts, pair=st.tuples(rates_hz, rates_hz), blocks=sizes)
@few
def test_a_resampler_gives_the_length_that_it_owes(
    frames: int, channels: int, pair: tuple[int, int], blocks: list[int]
) -> None:
    source_hz, target_hz = pair
    resampler = Resampler(source_hz, target_hz, channels=channels)
    sound = noise(frames, channels=channels)

    made = np.concatenate([*(resampler.process(block) for block in cut(sound, blocks)), resampler.flush()])

    assert made.shape == (resampler.frames_for(frames), channels)


@given(frames=st.integers(1, 5_000), channels=channel_counts, bits=st.sampled_from([16, 24, 32]), blocks=sizes)
@few
def test_integers_for_the_device_stand_frame_by_frame(frames: int, channels: int, bits: int, blocks: list[int]) -> None:
    sound = numbered(frames, channels)
    dither = Dither(bits, channels=channels, longest=frames)
    out = np.zeros((frames, channels), np.int16 if bits == 16 else np.int32)
    start = 0
    for block in cut(sound, blocks):
        dither.write(block, out[start : start + len(block)], frame=start)
        start += len(block)

    assert np.array_equal(out, (sound * 32_768).astype(np.int64) << (bits - 16))


@given(frames=st.integers(1, 5_000), channels=channel_counts, over=st.integers(0, 6_000), blocks=sizes)
@few
def test_a_glide_gives_all_channels_of_a_frame_one_gain(
    frames: int, channels: int, over: int, blocks: list[int]
) -> None:
    sound = np.ones((frames, channels), np.float32)
    glide = Glide(1.0, longest=frames)
    glide.move_to(0.2, frames=over)
    for block in cut(sound, blocks):
        glide.apply(block)

    assert (sound == sound[:, :1]).all()
    assert (np.diff(sound[:, 0]) <= 0).all()


@given(frames=lengths, channels=channel_counts, rate_hz=rates_hz, blocks=sizes)
@settings(max_examples=20, deadline=None)
def test_a_measurement_counts_the_frames_of_the_source(
    frames: int, channels: int, rate_hz: int, blocks: list[int]
) -> None:
    sound = noise(frames, channels=channels)
    measuring, at_once = Measuring(rate_hz, channels), Measuring(rate_hz, channels)
    for block in cut(sound, blocks):
        measuring.feed(block)
    at_once.feed(sound)

    profile, whole = measuring.result(), at_once.result()
    assert profile.frames == frames
    # A matrix product rounds by its shape: a millionth of a decibel is no frame lost.
    assert profile.true_peak_dbtp == pytest.approx(whole.true_peak_dbtp, abs=1e-3)
    assert (profile.integrated_lufs is None) == (frames < rate_hz * 2 // 5)
