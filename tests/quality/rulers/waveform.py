"""Rulers of the waveform: nulls, alignment, distortion of tones, and clicks at a change."""

from typing import Final

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from auralisd.dsp.block import Block

_SILENCE: Final = 1.0e-20
_CORRELATED_FRAMES: Final = 1 << 20
_HIGH_HZ: Final = 10_000.0
_CLICK_WINDOW_S: Final = 0.003
_UNHEARD_DB: Final = -90.0


def null_db(one: Block, other: Block) -> float:
    """RMS of the difference in dBFS, of the channel that differs more; −200 for equal samples."""
    rest = (one.astype(np.float64) - other) ** 2
    return 10.0 * float(np.log10(max(float(rest.mean(axis=0).max(initial=0.0)), _SILENCE)))


def null_peak_db(one: Block, other: Block) -> float:
    """The greatest difference of any sample in dBFS; −200 for equal samples."""
    rest = float(np.abs(one.astype(np.float64) - other).max(initial=0.0))
    return 20.0 * float(np.log10(max(rest, 1.0e-10)))


def lag_frames(before: Block, after: Block) -> int:
    """By how many frames `after` lags behind: where the cross-correlation of their first 24 s is highest."""
    one, other = (sound[:_CORRELATED_FRAMES].sum(axis=1, dtype=np.float64) for sound in (before, after))
    product = scipy.signal.correlate(other, one, method="fft")
    return int(np.argmax(product)) - (len(one) - 1)


def thd_n_db(tone: NDArray[np.float32], hz: float, rate_hz: int) -> float:
    """Distortion and noise: all but the best fitting sine of this frequency, re the whole (AES17, unweighted)."""
    heard = tone.astype(np.float64)
    phase = 2.0 * np.pi * hz * np.arange(len(heard)) / rate_hz
    waves = np.stack((np.sin(phase), np.cos(phase)), axis=1)
    parts, *_ = np.linalg.lstsq(waves, heard, rcond=None)
    rest = heard - waves @ parts
    return 10.0 * float(np.log10(max((rest**2).mean(), _SILENCE) / (heard**2).mean()))


def smpte_imd_db(tones: NDArray[np.float32], rate_hz: int) -> float:
    """Intermodulation of 60 Hz and 7 kHz, 4:1 (SMPTE RP 120): the first four pairs of sidebands re 7 kHz."""
    # Whole seconds, so that each line is one bin and Blackman's side lobes stay below what is looked for.
    heard = tones[: len(tones) // rate_hz * rate_hz].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(heard * scipy.signal.windows.blackmanharris(len(heard), sym=False))) ** 2
    seconds = len(heard) // rate_hz

    def power(hz: int) -> float:
        return float(spectrum[hz * seconds - 4 : hz * seconds + 5].sum())

    sidebands = sum(power(7_000 + 60 * order) for order in range(-4, 5) if order)
    return 10.0 * float(np.log10(max(sidebands, _SILENCE) / power(7_000)))


def high_transient_db(mixed: Block, old: Block, new: Block, rate_hz: int) -> float:
    """How far a change from `old` to `new` stands out above 10 kHz.

    In windows of 3 ms: energy of `mixed` over the larger of `old` and `new`, where that is at least −90 dBFS.
    """
    sections = scipy.signal.butter(8, _HIGH_HZ, "highpass", fs=rate_hz, output="sos")
    frames = round(_CLICK_WINDOW_S * rate_hz)
    window = np.ones(frames) / frames

    def energies(sound: Block) -> NDArray[np.float64]:
        # Without a start-up of the filter, which would be the loudest thing in the stretch.
        high = scipy.signal.sosfilt(sections, sound.astype(np.float64), axis=0)[2 * frames :]
        smooth: NDArray[np.float64] = scipy.signal.fftconvolve((high**2).sum(axis=1), window, mode="valid")
        return smooth

    either = np.maximum(np.maximum(energies(old), energies(new)), 10.0 ** (_UNHEARD_DB / 10.0))
    return 10.0 * float(np.log10(max(float((energies(mixed) / either).max()), _SILENCE)))
