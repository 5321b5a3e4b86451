"""The live meter resembles the real one and follows every jump."""

import numpy as np
import pytest

from auralisd.analysis.gating import gated
from auralisd.analysis.live_meter import LiveMeter, Reading
from auralisd.analysis.loudness import LoudnessMeter
from tests.sounds import RATES_HZ, cut, music, noise


def fed(meter: LiveMeter, sound: np.ndarray[tuple[int, ...], np.dtype[np.float32]], first_frame: int = 0) -> None:
    at = first_frame
    for block in cut(sound, [5000, 1, 16_384, 44_100]):
        meter.feed(block, at)
        at += len(block)


# 100 ms are no whole number of frames at 11.025 kHz: there the windows of the two meters drift apart.
@pytest.mark.parametrize("rate_hz", [rate_hz for rate_hz in RATES_HZ if rate_hz % 10 == 0])
def test_it_reads_music_like_the_real_meter(rate_hz: int) -> None:
    sound = music(5, rate_hz)
    live, real = LiveMeter(rate_hz), LoudnessMeter(rate_hz)
    fed(live, sound)
    real.feed(sound.T)
    momentary, short_term = real.momentary(), real.short_term()

    for hop in range(300, 500, 10):
        read = live.at(-(-hop * rate_hz // 100) + 10)

        assert read[0] == pytest.approx(momentary[hop - 40], abs=0.3)
        assert read[1] == pytest.approx(short_term[hop - 300], abs=0.3)


def test_before_anything_was_heard_there_is_no_reading() -> None:
    meter = LiveMeter(44_100)

    assert meter.at(0) == Reading()
    fed(meter, noise(44_100))
    assert meter.at(100) == Reading()
    assert meter.at(500_000) == Reading()


def test_after_a_seek_only_what_follows_it_is_read() -> None:
    meter = LiveMeter(44_100)
    fed(meter, noise(10 * 44_100, level_db=-10.0))
    fed(meter, noise(2 * 44_100, level_db=-40.0), 1_000_000)

    momentary, short_term = meter.at(1_000_000 + 44_100)[:2]

    assert momentary is not None
    assert momentary < -30.0
    assert short_term == pytest.approx(momentary, abs=1.0)


def test_a_piece_whose_beginning_was_not_seen_is_not_read() -> None:
    meter = LiveMeter(44_100)
    fed(meter, np.concatenate((noise(3_410, level_db=0.0), noise(44_100, level_db=-40.0))), 1_000)

    assert meter.at(4_410) == Reading()
    assert meter.at(8_820)[0] == pytest.approx(-33.0, abs=2.0)


def test_what_is_rendered_anew_replaces_the_old() -> None:
    meter = LiveMeter(44_100)
    fed(meter, noise(10 * 44_100, level_db=-10.0))
    fed(meter, noise(5 * 44_100, level_db=-40.0), 5 * 44_100)

    before, after = meter.at(5 * 44_100)[0], meter.at(7 * 44_100)[0]

    assert before is not None
    assert after is not None
    assert before - after == pytest.approx(30.0, abs=1.0)


def test_it_remembers_a_minute_and_no_more() -> None:
    meter = LiveMeter(8_000)
    fed(meter, noise(100 * 8_000))

    assert meter.at(30 * 8_000) == Reading()
    assert meter.at(50 * 8_000)[0] is not None


@pytest.mark.parametrize("seconds", [12, 90])
def test_integrated_loudness_is_that_of_all_that_was_heard(seconds: int) -> None:
    rate_hz = 8_000
    sound = np.concatenate((music(seconds / 2, rate_hz), noise(round(seconds / 2) * rate_hz, level_db=-60.0)))
    live, real = LiveMeter(rate_hz), LoudnessMeter(rate_hz)
    fed(live, sound)
    real.feed(sound.T)

    assert live.at(len(sound) + 10).integrated == pytest.approx(gated(real.energies(), rate_hz).lufs, abs=0.3)


def test_what_lies_before_the_first_frame_is_not_counted() -> None:
    meter = LiveMeter(8_000, 40_000)
    fed(meter, np.concatenate((noise(40_000, level_db=-10.0), noise(40_000, level_db=-40.0))))
    quiet = LiveMeter(8_000)
    fed(quiet, noise(40_000, level_db=-40.0))

    assert meter.at(80_001).integrated == pytest.approx(quiet.at(40_001).integrated, abs=0.1)


@pytest.mark.parametrize(("right", "correlation"), [(1.0, 1.0), (0.3, 1.0), (-1.0, -1.0), (0.0, None)])
def test_correlation_is_that_of_left_and_right(right: float, correlation: float | None) -> None:
    left = noise(8_000, channels=1)
    meter = LiveMeter(8_000)
    fed(meter, np.concatenate((left, left * np.float32(right)), axis=1))

    assert meter.at(8_001).correlation == (None if correlation is None else pytest.approx(correlation, abs=1e-5))
