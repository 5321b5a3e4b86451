"""The players: each turns a pitch and a length into sound.

An instrument is called with `(hz, seconds, rate_hz, rng)` and gives float64 mono samples around ±1, which may ring on
after the note was let go.  What it needs of chance comes from `rng`, so that the same seed gives the same album.
"""

from collections.abc import Callable
from functools import partial
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.float64]
Instrument: TypeAlias = Callable[[float, float, int, np.random.Generator], Samples]

_TABLE_FRAMES: Final = 4096


def seconds_axis(seconds: float, rate_hz: int) -> Samples:
    return np.arange(round(seconds * rate_hz)) / rate_hz


def envelope(held_s: float, rate_hz: int, *, attack_s: float, release_s: float, sustain: float = 1.0) -> Samples:
    """A rounded rise, a slow fall towards `sustain` while held, and an exponential release that ends at zero."""
    time_s = seconds_axis(held_s + release_s, rate_hz)
    rise = 0.5 - 0.5 * np.cos(np.pi * np.clip(time_s / attack_s, 0.0, 1.0))
    settle = sustain + (1.0 - sustain) * np.exp(-np.maximum(time_s - attack_s, 0.0) / 0.35)
    let_go = np.clip((time_s - held_s) / release_s, 0.0, 1.0)
    return np.asarray(rise * settle * np.exp(-4.0 * let_go) * (1.0 - let_go))


def plucked(
    hz: float,
    seconds: float,
    rate_hz: int,
    rng: np.random.Generator,
    *,
    ring_s: float,
    softness: float,
    position: float = 0.2,
) -> Samples:
    """A string after Karplus and Strong, solved in the frequency domain so that it is in tune at every pitch.

    `ring_s` is the time in which the lowest partial falls by 60 dB, `softness` how fast the higher ones follow, and
    `position` where along the string it is plucked.
    """
    frames = round((seconds + 0.35 * ring_s) * rate_hz)
    size = 1 << (frames - 1).bit_length()
    period = rate_hz / hz
    # On a circle a little outside the unit circle the endless ringing is damped, so the FFT does not wrap it around.
    radius = 10.0 ** (4.0 / size)
    undamp = radius ** np.arange(frames)
    burst = rng.uniform(-1.0, 1.0, round(period)) * radius ** -np.arange(round(period))
    omega = 2.0 * np.pi * np.fft.rfftfreq(size)
    around = np.exp(-1j * omega * period) * radius**-period
    loop = 10.0 ** (-3.0 / (hz * ring_s)) * np.cos(omega / 2.0) ** (softness * rate_hz / 44_100)
    excited = np.fft.rfft(burst, size) * (1.0 - np.exp(-1j * omega * period * position)) * np.cos(omega / 2.0) ** 2
    tone = np.fft.irfft(excited / (1.0 - loop * around), size)[:frames] * undamp
    return _normalised(tone) * _let_go(frames, rate_hz)


def felt_piano(hz: float, seconds: float, rate_hz: int, rng: np.random.Generator) -> Samples:
    """Struck strings through felt: slightly stretched partials, each dying faster than the one below."""
    time_s = seconds_axis(seconds + 1.6, rate_hz)
    tone = np.zeros_like(time_s)
    for number in range(1, 10):
        stretched_hz = hz * number * float(np.sqrt(1.0 + 0.0004 * number**2))
        if stretched_hz < 0.4 * rate_hz:
            decay_per_s = (0.5 + 0.0016 * hz) * number**0.8
            tone += _ringing(stretched_hz, decay_per_s, len(tone), rate_hz, rng) / number**1.9
    rise = np.clip(time_s / 0.006, 0.0, 1.0)
    return _normalised(tone * rise) * _let_go(len(time_s), rate_hz)


def bell(
    hz: float, seconds: float, rate_hz: int, _rng: np.random.Generator, *, ratio: float, depth: float, ring_s: float
) -> Samples:
    """Frequency modulation whose depth dies away: an electric piano at ratio 1, a bell at an odd one."""
    time_s = seconds_axis(seconds + ring_s, rate_hz)
    strike = np.exp(-time_s * 5.0 / ring_s)
    modulator = depth * strike * np.sin(2.0 * np.pi * hz * ratio * time_s)
    held = np.exp(-2.2 * time_s / ring_s) * np.clip(time_s / 0.003, 0.0, 1.0)
    return np.asarray(np.sin(2.0 * np.pi * hz * time_s + modulator) * held) * _let_go(len(time_s), rate_hz)


def sustained(
    hz: float,
    seconds: float,
    rate_hz: int,
    rng: np.random.Generator,
    *,
    slope: float,
    odd_only: bool = False,
    voices: int = 1,
    detune_cents: float = 0.0,
    vibrato_cents: float = 0.0,
    attack_s: float = 0.03,
    release_s: float = 0.12,
    sustain: float = 0.9,
    harmonics: int = 24,
) -> Samples:
    """A bowed, blown or reed tone: harmonics falling with `k**-slope`, in `voices` that are slightly out of tune."""
    level = envelope(seconds, rate_hz, attack_s=attack_s, release_s=release_s, sustain=sustain)
    time_s = np.arange(len(level)) / rate_hz
    table = _wave_table(hz, rate_hz, slope=slope, odd_only=odd_only, harmonics=harmonics)
    # A player lets the vibrato come in late.
    cents = vibrato_cents * np.clip(time_s / 0.6 - 0.3, 0.0, 1.0) * np.sin(2.0 * np.pi * 5.2 * time_s)
    turns = np.cumsum(2.0 ** (cents / 1200.0)) * hz / rate_hz
    tone = np.zeros(len(level))
    for cents_off in np.linspace(-detune_cents, detune_cents, voices):
        place = (turns * 2.0 ** (cents_off / 1200.0) + rng.random()) * _TABLE_FRAMES
        tone += table[place.astype(np.intp) % _TABLE_FRAMES]
    return np.asarray(tone * level / np.sqrt(voices))


def bass(hz: float, seconds: float, rate_hz: int, rng: np.random.Generator, *, drive: float = 1.5) -> Samples:
    """A round electric bass: a fundamental with a little growl."""
    tone = sustained(hz, seconds, rate_hz, rng, slope=1.8, attack_s=0.012, release_s=0.09, sustain=0.55, harmonics=8)
    return np.asarray(np.tanh(drive * tone) / np.tanh(drive))


def kick(hz: float, _seconds: float, rate_hz: int, _rng: np.random.Generator) -> Samples:
    """A soft drum that falls to `hz` within a few hundredths of a second."""
    time_s = seconds_axis(0.45, rate_hz)
    turns = hz * time_s + 2.4 * hz * 0.03 * (1.0 - np.exp(-time_s / 0.03))
    level = np.exp(-time_s / 0.11) * np.clip(time_s / 0.002, 0.0, 1.0) * _let_go(len(time_s), rate_hz)
    return np.asarray(np.sin(2.0 * np.pi * turns) * level)


def brushed(
    hz: float, _seconds: float, rate_hz: int, rng: np.random.Generator, *, decay_s: float, body: float = 0.0
) -> Samples:
    """Noise around and above `hz` that dies within `decay_s`: brush, snare (with a `body` tone) or hi-hat."""
    time_s = seconds_axis(6.0 * decay_s, rate_hz)
    spectrum = np.fft.rfft(rng.standard_normal(len(time_s)))
    ratio = np.fft.rfftfreq(len(time_s), 1.0 / rate_hz) / hz
    noise = np.fft.irfft(spectrum * ratio**2 / (1.0 + ratio**2) / (1.0 + (ratio / 6.0) ** 2), len(time_s))
    tone = _normalised(noise) + body * np.sin(2.0 * np.pi * 190.0 * time_s)
    level = np.exp(-time_s / decay_s) * np.clip(time_s / 0.0015, 0.0, 1.0) * _let_go(len(time_s), rate_hz)
    return np.asarray(tone * level)


def _ringing(hz: float, decay_per_s: float, frames: int, rate_hz: int, rng: np.random.Generator) -> Samples:
    """A decaying sine of any phase: one exponential of a complex number, its powers split in coarse and fine steps.

    The outer product costs one multiplication a sample where sine and exponential would cost a hundred.
    """
    step = (2j * np.pi * hz - decay_per_s) / rate_hz
    fine = np.exp(step * np.arange(1024))
    coarse = np.exp(step * 1024 * np.arange(-(-frames // 1024)) + 2j * np.pi * rng.random())
    return np.outer(coarse, fine).imag.ravel()[:frames]


def _wave_table(hz: float, rate_hz: int, *, slope: float, odd_only: bool, harmonics: int) -> Samples:
    """One period with no harmonic above 0.45 of the rate."""
    spectrum = np.zeros(_TABLE_FRAMES // 2 + 1, dtype=np.complex128)
    highest = max(1, min(harmonics, int(0.45 * rate_hz / hz)))
    numbers = np.arange(1, highest + 1, 2 if odd_only else 1)
    # Spread phases keep the peak low.
    spectrum[numbers] = numbers**-slope * np.exp(1j * np.pi * numbers**2 / highest)
    return _normalised(np.fft.irfft(spectrum))


def _let_go(frames: int, rate_hz: int) -> Samples:
    """Ones that fade to zero over the last fifth of a second, so that no note ends in a click."""
    ramp = min(frames, round(0.2 * rate_hz))
    gain = np.ones(frames)
    gain[frames - ramp :] = 0.5 + 0.5 * np.cos(np.pi * np.arange(1, ramp + 1) / ramp)
    return gain


def _normalised(samples: Samples) -> Samples:
    return samples / max(float(np.abs(samples).max(initial=0.0)), 1e-9)


harp: Final[Instrument] = partial(plucked, ring_s=4.5, softness=0.9)
guitar: Final[Instrument] = partial(plucked, ring_s=2.2, softness=0.5, position=0.13)
dull_guitar: Final[Instrument] = partial(plucked, ring_s=0.7, softness=4.0, position=0.4)
electric_piano: Final[Instrument] = partial(bell, ratio=1.0, depth=1.6, ring_s=2.6)
glockenspiel: Final[Instrument] = partial(bell, ratio=3.53, depth=1.3, ring_s=1.6)
pad: Final[Instrument] = partial(sustained, slope=1.7, voices=3, detune_cents=9.0, attack_s=0.9, release_s=1.6)
flute: Final[Instrument] = partial(sustained, slope=2.6, vibrato_cents=14.0, attack_s=0.07, release_s=0.22, harmonics=7)
accordion: Final[Instrument] = partial(
    sustained, slope=1.1, voices=2, detune_cents=7.0, attack_s=0.035, release_s=0.09, harmonics=14
)
tin_whistle: Final[Instrument] = partial(
    sustained, slope=0.9, odd_only=True, vibrato_cents=8.0, attack_s=0.012, release_s=0.06, sustain=0.7
)
snare: Final[Instrument] = partial(brushed, decay_s=0.07, body=0.5)
brush: Final[Instrument] = partial(brushed, decay_s=0.045)
hat: Final[Instrument] = partial(brushed, decay_s=0.022)
