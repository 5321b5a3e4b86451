"""Tone in one pass: gain, a filter for the mid and one for the side, and where asked three bands with dynamics.

The tone filters have minimum phase: no latency and no ringing ahead of a stroke.  With Hm and Hs the responses for mid
and side, left gets A·L + B·R and right gets A·R + B·L, where A = (Hm + Hs)/2 and B = (Hm − Hs)/2; B vanishes when the
curves are equal.  Dynamics need the bands apart: two linear-phase filters take bass and treble out of the same
spectrum, and what is left is the middle, so that the three add up to a pure delay.  All of it runs by overlap-save on
float32 spectra (−132 dBFS of error).
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from auralisd.dsp.block import Planes
from auralisd.dsp.chain import QUANTUM_FRAMES, Gains
from auralisd.dsp.dynamics import BandGains
from auralisd.dsp.transforms import rows_of, spectra_over_n
from auralisd.model.plan import BandDynamics
from auralisd.model.profile import Curve

SHORTEST_ORDER: Final = 1_024
"""At 48 kHz: bends of 47 Hz.  It doubles with the rate, so that a curve sounds the same at every rate."""

_DESIGN_FACTOR: Final = 16
"""The cepstrum is taken on a grid that much finer than the filter, or it would fold back on itself."""

Spectrum = NDArray[np.complex64]


def order_for(rate_hz: int) -> int:
    """Taps − 1: 1024 up to 48 kHz, 2048 up to 96, 4096 above."""
    return SHORTEST_ORDER * (1 if rate_hz <= 50_000 else 2 if rate_hz <= 100_000 else 4)


class Equaliser:
    """A stage with one curve for the mid (L + R) and one for the side (L − R), in dB; an empty curve is flat.

    `gain` (linear) is applied in the same step.  `bands` holds none or three dynamics, whose thresholds are those of
    the sound behind gain and tone.
    """

    def __init__(
        self, mid: Curve, side: Curve, *, rate_hz: int, gain: float = 1.0, bands: tuple[BandDynamics, ...] = ()
    ) -> None:
        order = order_for(rate_hz)
        self._overlap = 2 * order if bands else order
        self._hop = min(QUANTUM_FRAMES, 8 * order) if bands else 4 * order
        self._size = self._hop + self._overlap
        self._before = np.zeros((2, self._overlap), np.float32)
        same = gain * self._response(filter_for(mid, rate_hz))
        other = same if side == mid else gain * self._response(filter_for(side, rate_hz))
        self._filter = _CrossFilter((same + other) / 2, None if side == mid else (same - other) / 2)
        self._bands: _Bands | None = None
        if bands:
            gains = tuple(BandGains(each, rate_hz) for each in bands)
            self._bands = _Bands(self._splitters(bands, rate_hz), gains, order // 2)

    @property
    def latency_frames(self) -> int:
        return self._bands.latency_frames if self._bands is not None else 0

    def process(self, quantum: Planes) -> Planes:
        sound = np.concatenate((self._before, quantum), axis=1)
        self._before = sound[:, QUANTUM_FRAMES:].copy()
        windows = np.lib.stride_tricks.sliding_window_view(sound, self._size, axis=1)[:, :: self._hop]
        spectra = self._filter.apply(spectra_over_n(windows))
        if self._bands is not None:
            return self._bands.mixed(spectra, self._back)
        return self._back(spectra)

    def gains(self) -> Gains | None:
        return None

    def _back(self, spectra: Spectrum) -> Planes:
        rows = rows_of(spectra, self._size)
        output: Planes = rows[:, :, self._overlap :].reshape(2, QUANTUM_FRAMES)
        return output

    def _response(self, taps: NDArray[np.float64]) -> NDArray[np.complex128]:
        # The sound's own spectra are divided by the size: the filter's carry the factor.
        response: NDArray[np.complex128] = np.fft.rfft(taps, self._size) * self._size
        return response

    def _splitters(self, bands: tuple[BandDynamics, ...], rate_hz: int) -> tuple[Spectrum, ...]:
        """What takes bass, middle and treble out of a spectrum; their sum is a pure delay."""
        order = order_for(rate_hz)
        below_middle, below_treble = (
            np.fft.rfft(lowpass(band.top_hz, rate_hz, order), self._size) for band in bands[:2]
        )
        delay = np.exp(-2j * np.pi * np.arange(self._size // 2 + 1) * (order // 2) / self._size)
        shares = (below_middle, below_treble - below_middle, delay - below_treble)
        return tuple(share.astype(np.complex64) for share in shares)


class _CrossFilter:
    """What left and right get of themselves and of each other (None: nothing)."""

    def __init__(self, straight: NDArray[np.complex128], across: NDArray[np.complex128] | None) -> None:
        self._straight = straight.astype(np.complex64)
        self._across = None if across is None else across.astype(np.complex64)

    def apply(self, spectra: Spectrum) -> Spectrum:
        if self._across is None:
            return np.multiply(spectra, self._straight, out=spectra)
        filtered: Spectrum = spectra * self._straight + spectra[::-1] * self._across
        return filtered


class _Bands:
    """Bass, middle and treble of one spectrum, each with its own gain."""

    def __init__(self, splitters: tuple[Spectrum, ...], gains: tuple[BandGains, ...], latency_frames: int) -> None:
        self._splitters = splitters
        self._gains = gains
        self.latency_frames = latency_frames

    def mixed(self, spectra: Spectrum, back: Callable[[Spectrum], Planes]) -> Planes:
        """The sum of the bands; `back` makes sound of a spectrum."""
        mix: Planes = np.zeros((2, QUANTUM_FRAMES), np.float32)
        for splitter, gains in zip(self._splitters, self._gains, strict=True):
            band = back(spectra * splitter)
            factors = gains.follow(band)
            mix += band if factors is None else np.multiply(band, factors, out=band)
        return mix


def lowpass(corner_hz: float, rate_hz: int, order: int) -> NDArray[np.float64]:
    """A linear-phase low-pass of `order` + 1 taps, 6 dB down at its corner, delayed by half its order."""
    taps = np.arange(order + 1) - order / 2
    corner = 2.0 * min(corner_hz / rate_hz, 0.5)
    shaped = corner * np.sinc(corner * taps) * np.blackman(order + 1)
    normalised: NDArray[np.float64] = shaped / shaped.sum()
    return normalised


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
