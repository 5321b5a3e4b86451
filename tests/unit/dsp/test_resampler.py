"""The resampler: exact lengths, one stream over several tracks, and the tones where they were."""

import numpy as np
import pytest

from auralisd.dsp.block import Block
from auralisd.dsp.resampler import Resampler
from tests.sounds import RATES_HZ, cut, music, noise, sine


def resampled(blocks: list[Block], source_hz: int, target_hz: int) -> Block:
    resampler = Resampler(source_hz, target_hz, channels=blocks[0].shape[1])
    return np.concatenate([*(resampler.process(block) for block in blocks), resampler.flush()])


@pytest.mark.parametrize("source_hz", RATES_HZ)
@pytest.mark.parametrize("target_hz", [44_100, 48_000])
@pytest.mark.parametrize("frames", [1, 100, 10_007])
def test_the_length_is_the_source_length_times_the_ratio(source_hz: int, target_hz: int, frames: int) -> None:
    made = resampled(cut(noise(frames), [1000] * 20), source_hz, target_hz)

    assert abs(len(made) - frames * target_hz / source_hz) <= 0.5


def test_equal_rates_pass_bit_for_bit() -> None:
    sound = noise(3000)

    assert resampled(cut(sound, [7, 1000]), 48_000, 48_000).tobytes() == sound.tobytes()


def test_block_sizes_make_no_audible_difference() -> None:
    sound = music(2)
    whole = resampled([sound], 44_100, 48_000)

    for size in (64, 1000, 16_384):
        pieces = resampled(cut(sound, [size] * (len(sound) // size)), 44_100, 48_000)

        assert np.abs(pieces - whole).max() < 10 ** (-120 / 20)


def test_tracks_that_follow_each_other_in_one_stream_join_without_a_seam() -> None:
    sound = music(2)
    resampler = Resampler(44_100, 48_000)
    first, second = resampler.process(sound[:40_001]), resampler.process(sound[40_001:])

    joined = np.concatenate((first, second, resampler.flush()))

    assert np.abs(joined - resampled([sound], 44_100, 48_000)).max() < 10 ** (-120 / 20)


@pytest.mark.parametrize(("source_hz", "target_hz"), [(44_100, 48_000), (96_000, 44_100), (22_050, 48_000)])
def test_a_tone_stays_where_it_is_in_time_and_height(source_hz: int, target_hz: int) -> None:
    made = resampled([sine(1000.0, 2 * source_hz, source_hz, level_db=-6.0)], source_hz, target_hz)
    wanted = sine(1000.0, 2 * target_hz, target_hz, level_db=-6.0)

    assert np.abs(made - wanted)[target_hz // 2 : -target_hz // 2].max() < 10 ** (-110 / 20)


def test_a_source_frame_is_found_again_in_the_output() -> None:
    sound = np.zeros((44_100, 2), np.float32)
    sound[10_000] = 1.0

    made = resampled([sound], 44_100, 48_000)

    assert abs(int(np.abs(made[:, 0]).argmax()) - Resampler(44_100, 48_000).frames_for(10_000)) <= 1
