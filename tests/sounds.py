"""Sounds for tests, made in code, and the ruler they are held against."""

from collections.abc import Iterable

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from auralisd.dsp.block import Block
from auralisd.dsp.chain import Chain

RATES_HZ = (8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000)


def noise(frames: int, *, level_db: float = -20.0, channels: int = 2, seed: int = 1) -> Block:
    """White noise of this RMS level."""
    values = np.random.default_rng(seed).standard_normal((frames, channels))
    return (values * 10 ** (level_db / 20)).astype(np.float32)


def sine(hz: float, frames: int, rate_hz: int, *, level_db: float = 0.0, degrees: float = 0.0) -> Block:
    """The same sine on both channels; `level_db` is its peak re full scale."""
    phase = 2 * np.pi * hz * np.arange(frames) / rate_hz + np.radians(degrees)
    return np.repeat((10 ** (level_db / 20) * np.sin(phase)).astype(np.float32)[:, None], 2, axis=1)


def music(seconds: float, rate_hz: int = 44_100, *, peak_db: float = -1.0, seed: int = 3) -> Block:
    """Something like music: chords, a bass and drum strokes over a bed of pinkish noise, not the same on both sides."""
    frames = round(seconds * rate_hz)
    time = np.arange(frames) / rate_hz
    random = np.random.default_rng(seed)
    bed = scipy.signal.lfilter([0.05], [1, -0.95], random.standard_normal((frames, 2)), axis=0) * 0.3
    chord = sum(
        np.sin(2 * np.pi * hz * time) / hz**0.5 for hz in (110, 220, 277.2, 329.6, 880, 1760) if hz < rate_hz / 2
    )
    strokes = np.zeros(frames)
    length = min(frames, round(0.25 * rate_hz))
    decay = np.exp(-np.arange(length) / (0.03 * rate_hz))
    for start in range(0, frames - length, round(0.5 * rate_hz)):
        stroke = scipy.signal.lfilter([0.3], [1, -0.9], random.standard_normal(length))
        strokes[start : start + length] += stroke * decay * random.uniform(0.4, 1.5)
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * time / 7)
    # No recording reaches its Nyquist frequency, where no two meters agree.
    band = scipy.signal.butter(8, min(16_000, 0.4 * rate_hz), fs=rate_hz, output="sos")
    bed, strokes = scipy.signal.sosfilt(band, bed, axis=0), scipy.signal.sosfilt(band, strokes)
    mix = bed + (np.asarray(chord) * 2.0 * swell + strokes * 0.4)[:, None] * np.array([1.0, 0.8])
    sound: Block = (mix * (10 ** (peak_db / 20) / np.abs(mix).max(initial=1e-9))).astype(np.float32)
    return sound


def cut(sound: Block, sizes: Iterable[int]) -> list[Block]:
    """The sound in blocks of these sizes; the last block is what is left."""
    blocks, start = [], 0
    for size in sizes:
        if start >= len(sound):
            break
        blocks.append(sound[start : start + size])
        start += size
    return [*blocks, sound[start:]]


def through(chain: Chain, blocks: Iterable[Block]) -> Block:
    """All that a chain makes of these blocks, to its end."""
    return np.concatenate([*(chain.process(block) for block in blocks), chain.flush()])


def true_peak_db(sound: NDArray[np.float32], *, but_frames: int = 0) -> float:
    """A 16x meter, finer than the limiter's own detector; `but_frames` at each end are not looked at."""
    fine = scipy.signal.resample_poly(sound.astype(np.float64), 16, 1, axis=0, window=("kaiser", 12.0))
    return float(20 * np.log10(max(np.abs(fine[16 * but_frames : len(fine) - 16 * but_frames]).max(), 1e-12)))
