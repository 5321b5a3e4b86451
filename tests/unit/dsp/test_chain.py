"""The chain: the same sound however it is cut, aligned, and never out of bounds."""

import itertools
import subprocess
import sys

import numpy as np
import pytest

from auralisd.dsp.block import Block
from auralisd.dsp.chain import QUANTUM_FRAMES, READING_FRAMES, Chain, preroll_start
from auralisd.dsp.equaliser import Equaliser
from auralisd.dsp.gain import Gain
from auralisd.dsp.limiter import Limiter
from tests.sounds import RATES_HZ, cut, music, noise, sine, through

CURVE = ((40.0, 2.0), (200.0, -3.0), (3000.0, 3.0), (12000.0, -2.0))
SIDE = ((100.0, 0.0), (1000.0, 2.0))


def a_chain(rate_hz: int = 44_100, *, drive: float = 3.0, start_frame: int = 0) -> Chain:
    stages = (Gain(drive), Equaliser(CURVE, SIDE, rate_hz=rate_hz), Limiter(rate_hz, -1.0))
    return Chain(stages, rate_hz, start_frame=start_frame)


@pytest.mark.parametrize("size", [441, 1024, 4096, QUANTUM_FRAMES, 44_100])
def test_any_block_size_gives_the_same_bytes(size: int) -> None:
    sound = music(3)
    whole = through(a_chain(), [sound])

    assert through(a_chain(), cut(sound, [size] * (len(sound) // size))).tobytes() == whole.tobytes()


def test_single_frames_give_the_same_bytes() -> None:
    sound = music(0.4)

    assert through(a_chain(), cut(sound, [1] * len(sound))).tobytes() == through(a_chain(), [sound]).tobytes()


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_seek_gives_the_same_bytes_as_continuous_play(rate_hz: int) -> None:
    wanted = QUANTUM_FRAMES + rate_hz + 100
    start = preroll_start(wanted, rate_hz)
    sound = music(wanted / rate_hz + 0.5, rate_hz)
    # The worst that can be forgotten: a stroke far above the ceiling just before the pre-roll begins.
    sound[start - rate_hz // 100 : start] *= 40.0
    whole = through(a_chain(rate_hz), [sound])

    after_seek = through(a_chain(rate_hz, start_frame=start), [sound[start:]])[wanted - start :]

    assert start > 0
    assert after_seek.tobytes() == whole[wanted:].tobytes()


def test_the_preroll_is_a_second_at_least_and_begins_on_a_quantum() -> None:
    for frame in (0, 1, 44_099, 44_100, 60_000, 10_000_001):
        start = preroll_start(frame, 44_100)

        assert start % QUANTUM_FRAMES == 0
        assert start == 0 or 44_100 <= frame - start < 44_100 + QUANTUM_FRAMES


def test_a_chain_refuses_to_start_off_the_grid() -> None:
    with pytest.raises(ValueError, match="multiple of 16384"):
        Chain((), 44_100, start_frame=1000)


def test_a_chain_refuses_other_shapes_than_stereo() -> None:
    with pytest.raises(ValueError, match="stereo"):
        Chain((), 44_100).process(np.zeros((10, 1), np.float32))


@pytest.mark.parametrize("frames", [0, 1, 2, 255, QUANTUM_FRAMES - 1, QUANTUM_FRAMES, QUANTUM_FRAMES + 1, 40_000])
def test_as_many_frames_come_out_as_went_in(frames: int) -> None:
    assert through(a_chain(), [noise(frames)]).shape == (frames, 2)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_the_first_and_the_last_frame_stay_where_they_are(rate_hz: int) -> None:
    sound = np.zeros((50_000, 2), np.float32)
    sound[[0, 20_000, -1]] = 0.5

    heard = through(Chain((Limiter(rate_hz, -1.0),), rate_hz), [sound])

    assert heard.tobytes() == sound.tobytes()


def test_a_chain_without_stages_passes_every_bit() -> None:
    sound = noise(5000)
    sound[7] = np.nan

    assert through(Chain((), 44_100), cut(sound, [100, 3, 2000])).tobytes() == sound.tobytes()


def test_quiet_sound_passes_a_limiter_alone_bit_for_bit() -> None:
    sound = music(2, peak_db=-3.0)

    assert through(Chain((Limiter(44_100, -1.0),), 44_100), [sound]).tobytes() == sound.tobytes()


def an_extreme(name: str, frames: int = 50_000) -> Block:
    with np.errstate(over="ignore"):
        sounds = {
            "silence": np.zeros((frames, 2)),
            "constant": np.ones((frames, 2)),
            "square": np.sign(sine(1000.3, frames, 44_100)),
            "one frame": np.ones((1, 2)),
            "denormal": np.full((frames, 2), 1e-40),
            "noise at +40 dB": noise(frames, level_db=40.0),
            "nothing that is a number": np.full((frames, 2), np.nan),
            "infinite": np.full((frames, 2), np.inf),
            "wild bits": np.random.default_rng(5).integers(0, 2**32, (frames, 2), np.uint32).view(np.float32),
        }
    return sounds[name].astype(np.float32)


EXTREMES = [
    "silence", "constant", "square", "one frame", "denormal", "noise at +40 dB", "nothing that is a number", "infinite",
    "wild bits",
]  # fmt: skip


@pytest.mark.parametrize("name", EXTREMES)
@pytest.mark.parametrize("rate_hz", [8_000, 44_100, 192_000])
def test_whatever_goes_in_comes_out_finite_bounded_and_in_full_length(name: str, rate_hz: int) -> None:
    sound = an_extreme(name)

    heard = through(a_chain(rate_hz), [sound])

    assert heard.shape == sound.shape
    assert np.isfinite(heard).all()
    assert np.abs(heard).max() <= 10 ** (-1.0 / 20)


def test_silence_stays_silence() -> None:
    assert not through(a_chain(), [np.zeros((40_000, 2), np.float32)]).any()


def test_one_frame_that_is_no_number_costs_that_frame_alone() -> None:
    sound = music(1, peak_db=-12.0)
    damaged = sound.copy()
    damaged[20_000] = np.nan
    mended = sound.copy()
    mended[20_000] = 0.0

    assert through(a_chain(), [damaged]).tobytes() == through(a_chain(), [mended]).tobytes()


def test_readings_cover_every_frame_once_and_in_order() -> None:
    chain = a_chain()
    sound = music(3)
    readings = []
    for block in cut(sound, [5000, 70_000]):
        given = chain.process(block)
        readings += chain.take_telemetry()
        assert not len(given) or readings[-1].end_frame - readings[0].first_frame >= len(given)
    chain.flush()
    readings += chain.take_telemetry()

    borders = [(reading.first_frame, reading.end_frame) for reading in readings]
    assert borders[0][0] == 0
    assert borders[-1][1] == len(sound)
    assert all(before[1] == after[0] for before, after in itertools.pairwise(borders))
    assert max(end - first for first, end in borders) == READING_FRAMES


def test_a_reading_tells_of_the_frames_that_it_names() -> None:
    sound = np.zeros((60_000, 2), np.float32)
    sound[30_000:30_010] = 2.0
    chain = Chain((Limiter(44_100, -1.0),), 44_100)
    through(chain, [sound])

    deepest = min(chain.take_telemetry(), key=lambda reading: reading.gain_db)

    assert deepest.first_frame <= 30_005 < deepest.end_frame
    assert -8.5 < deepest.gain_db < -7.0
    assert -1.5 < deepest.peak_dbtp <= -1.0


def test_readings_of_a_chain_started_in_the_middle_bear_the_frames_of_the_track() -> None:
    chain = a_chain(start_frame=5 * QUANTUM_FRAMES)
    through(chain, [music(1)])

    assert chain.take_telemetry()[0].first_frame == 5 * QUANTUM_FRAMES


def test_the_sound_process_loads_neither_scipy_signal_nor_ndimage() -> None:
    code = (
        "import sys, auralisd.mastering.build, auralisd.mastering.planner, auralisd.mastering.explain,"
        "auralisd.analysis.provisional, auralisd.analysis.live_meter, auralisd.dsp.resampler, auralisd.dsp.dither,"
        "auralisd.dsp.crossfade, auralisd.dsp.channels;"
        "print([name for name in ('scipy.signal', 'scipy.ndimage') if name in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert loaded.strip() == "[]"
