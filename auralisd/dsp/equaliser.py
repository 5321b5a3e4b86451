"""The equaliser: a minimum-phase filter for the mid and one for the side, run as one step on left and right.

Minimum phase has no latency and no ringing ahead of a stroke.  With Hm and Hs the responses for mid and side,
left gets A·L + B·R and right gets A·R + B·L, where A = (Hm + Hs)/2 and B = (Hm − Hs)/2; B vanishes when
the curves are equal.  The filter runs by overlap-save on float32 spectra (−132 dBFS of error).
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from auralisd.dsp.block import Planes
from auralisd.dsp.chain import QUANTUM_FRAMES, Gains
from auralisd.dsp.transforms import rows_of, spectra_over_n
from auralisd.model.profile import Curve

SHORTEST_ORDER: Final = 1_024
"""At 48 kHz: bends of 47 Hz.  It doubles with the rate, so that a curve sounds the same at every rate."""

_DESIGN_FACTOR: Final = 16
"""The cepstrum is taken on a grid that much finer than the filter, or it would fold back on itself."""


def order_for(rate_hz: int) -> int:
    """Taps − 1: 1024 up to 48 kHz, 2048 up to 96, 4096 above."""
    return SHORTEST_ORDER * (1 if rate_hz <= 50_000 else 2 if rate_hz <= 100_000 else 4)


class Equaliser:
    """A stage with one curve for the mid (L + R) and one for the side (L − R); an empty curve is flat."""

    latency_frames = 0

    def __init__(self, mid: Curve, side: Curve, *, rate_hz: int) -> None:
        self._order = order_for(rate_hz)
        self._hop = 4 * self._order
        self._size = self._hop + self._order
        same = self._spectrum(mid, rate_hz)
        other = same if side == mid else self._spectrum(side, rate_hz)
        self._straight = ((same + other) / 2).astype(np.complex64)
        self._across = None if side == mid else ((same - other) / 2).astype(np.complex64)
        self._before = np.zeros((2, self._order), np.float32)

    def process(self, quantum: Planes) -> Planes:
        sound = np.concatenate((self._before, quantum), axis=1)
        self._before = sound[:, QUANTUM_FRAMES:].copy()
        windows = np.lib.stride_tricks.sliding_window_view(sound, self._size, axis=1)[:, :: self._hop]
        spectra = spectra_over_n(windows)
        if self._across is None:
            filtered = np.multiply(spectra, self._straight, out=spectra)
        else:
            filtered = spectra * self._straight + spectra[::-1] * self._across
        rows = rows_of(filtered, self._size)
        output: Planes = rows[:, :, self._order :].reshape(2, QUANTUM_FRAMES)
        return output

    def gains(self) -> Gains | None:
        return None

    def _spectrum(self, curve: Curve, rate_hz: int) -> NDArray[np.complex128]:
        # The sound's own spectra are divided by the size: the filter's carry the factor.
        spectrum: NDArray[np.complex128] = np.fft.rfft(filter_for(curve, rate_hz), self._size) * self._size
        return spectrum


def filter_for(curve: Curve, rate_hz: int) -> NDArray[np.float64]:
    """The taps of a minimum-phase filter whose gain follows `curve`; shape (order + 1,)."""
    order = order_for(rate_hz)
    size = order * _DESIGN_FACTOR
    grid = np.arange(size // 2 + 1) * (rate_hz / size)
    log_gain = gains_at(grid, curve) * (np.log(10.0) / 20.0)
    # Minimum phase: fold the cepstrum of the log magnitude onto positive time.
    cepstrum = np.fft.irfft(log_gain, size)
    cepstrum[1 : size // 2] *= 2.0
    cepstrum[size // 2 + 1 :] = 0.0
    taps: NDArray[np.float64] = np.fft.irfft(np.exp(np.fft.rfft(cepstrum)), size)[: order + 1]
    # The last quarter fades, so that cutting the tail off leaves no ripple.
    fading = order // 4
    taps[-fading:] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(1, fading + 1) / (fading + 1))
    return taps


def gains_at(frequencies_hz: NDArray[np.floating[Any]], curve: Curve) -> NDArray[np.float64]:
    """`curve` in dB at any frequency: straight between its points over log frequency, level beyond its ends."""
    if not curve:
        return np.zeros(len(frequencies_hz))
    points_hz, levels_db = np.array(curve).T
    levels: NDArray[np.float64] = np.interp(np.log(np.maximum(frequencies_hz, 1.0)), np.log(points_hz), levels_db)
    return levels
