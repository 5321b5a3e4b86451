"""The desk: levels, tone, and players who stop without a click."""

import numpy as np
import pytest

from auralisd.demo import instruments
from auralisd.demo.instruments import Instrument, Samples
from auralisd.demo.score import line
from auralisd.demo.studio import Tape, levelled, toned


def sine(hz: float, rate_hz: int = 44_100, seconds: float = 1.0) -> Samples:
    return np.tile(np.sin(2.0 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz), (2, 1))


def level_db(samples: Samples) -> float:
    return float(10.0 * np.log10(np.mean(samples**2)))


def test_a_mix_far_below_the_ceiling_only_changes_its_level() -> None:
    mix = sine(440.0)
    quiet = levelled(mix, rms_db=-30.0)

    assert level_db(quiet) == pytest.approx(-30.0, abs=1e-6)
    assert np.allclose(quiet / quiet.max(), mix / mix.max())


def test_a_mix_pushed_against_the_ceiling_stays_below_it() -> None:
    squashed = levelled(sine(440.0), rms_db=0.0, ceiling_db=-1.0)

    assert np.abs(squashed).max() < 10.0 ** (-1.0 / 20.0)


def test_tone_follows_the_curve_between_its_points() -> None:
    curve = [(100.0, 0.0), (1000.0, 0.0), (4000.0, -12.0)]

    assert level_db(toned(sine(500.0), 44_100, curve)) == pytest.approx(-3.0, abs=0.2)
    assert level_db(toned(sine(2000.0), 44_100, curve)) == pytest.approx(-9.0, abs=0.2)


def test_the_same_seed_plays_the_same() -> None:
    def recording(seed: int) -> Samples:
        tape = Tape(rate_hz=8000, beats=2, beats_per_minute=120, seed=seed)
        tape.play(line("A4 C5"), instruments.harp, level_db=-6.0)
        return tape.mix(decay_s=0.5)

    assert np.array_equal(recording(1), recording(1))
    assert not np.array_equal(recording(1), recording(2))


@pytest.mark.parametrize(
    "player",
    [
        instruments.harp,
        instruments.felt_piano,
        instruments.electric_piano,
        instruments.glockenspiel,
        instruments.pad,
        instruments.flute,
        instruments.bass,
        instruments.kick,
        instruments.snare,
    ],
)
def test_every_player_starts_and_stops_without_a_click(player: Instrument) -> None:
    note = player(220.0, 0.4, 44_100, np.random.default_rng(1))

    assert np.isfinite(note).all()
    assert 0.3 < np.abs(note).max() < 2.5
    assert np.abs(note[-4:]).max() < 1e-3


@pytest.mark.parametrize("hz", [82.41, 440.0, 1174.66])
def test_a_plucked_string_is_in_tune(hz: float) -> None:
    rate_hz = 44_100
    note = instruments.harp(hz, 2.0, rate_hz, np.random.default_rng(1))
    spectrum = np.abs(np.fft.rfft(note * np.hanning(len(note)), 1 << 19))
    bins_hz = np.fft.rfftfreq(1 << 19, 1.0 / rate_hz)
    near = (bins_hz > 0.94 * hz) & (bins_hz < 1.06 * hz)
    heard_hz = bins_hz[near][np.argmax(spectrum[near])]

    assert 1200.0 * np.log2(heard_hz / hz) == pytest.approx(0.0, abs=3.0)
