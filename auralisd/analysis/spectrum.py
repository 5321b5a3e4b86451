"""Spectra: the mean level of mid and side in 1/3 octaves (IEC 61260-1, base 10)."""

from math import log2
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from auralisd.analysis.hops import hop_starts
from auralisd.dsp.block import Planes
from auralisd.dsp.transforms import spectra_over_n
from auralisd.model.profile import BAND_OF_ZONE, MOST_PASSAGES, ZONE_EDGES_HZ, BandLevels, Curve

NOMINAL_HZ: Final = (
    25.0, 31.5, 40.0, 50.0, 63.0, 80.0, 100.0, 125.0, 160.0, 200.0, 250.0, 315.0, 400.0, 500.0, 630.0,
    800.0, 1000.0, 1250.0, 1600.0, 2000.0, 2500.0, 3150.0, 4000.0, 5000.0, 6300.0, 8000.0, 10000.0,
    12500.0, 16000.0, 20000.0,
)  # fmt: skip
_FIRST_BAND: Final = -16
"""25 Hz is the 16th band below 1 kHz."""

_FRAME_S: Final = 0.18
FLOOR_DB: Final = -150.0

_LOWEST_HZ: Final = 22.4
"""Where the lowest band begins."""

_PASSAGE_SPECTRA: Final = 4
"""0.7 s: four passages are a window of short-term loudness."""

_LOUD_SHARE: Final = 0.9
_SOUNDING_POWER: Final = 1.0e-7
"""−70 dBFS: what is quieter is no music of which a loud level could be told."""


def frame_size(rate_hz: int) -> int:
    """How many frames one spectrum covers: the power of two nearest to 0.18 s.  Bins of about 5 Hz, one to the lowest
    band."""
    return 1 << round(log2(rate_hz * _FRAME_S))


class Spectrum:
    """Gathers the power of mid and side, over Hann-windowed frames end to end."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._size = frame_size(rate_hz)
        window = np.sin(np.pi * (np.arange(self._size) + 0.5) / self._size) ** 2
        # Power in a bin of a one-sided spectrum, as a part of the mean square.
        self._scale = 2.0 * self._size / float((window**2).sum())
        self._window = window.astype(np.float32)
        self._power = np.zeros((2, self._size // 2 + 1))
        self._frames = 0
        self._left = np.empty((2, 0), np.float32)
        grid = self.frequencies_hz
        # What lies below the lowest band moves nothing but the cone; at low rates the upper zones hold nothing.
        edges = np.searchsorted(grid, (_LOWEST_HZ, *ZONE_EDGES_HZ))
        self._zone_starts = [int(at) for at in edges if at < len(grid)]
        self._zone_powers: list[NDArray[np.float64]] = []

    @property
    def frequencies_hz(self) -> NDArray[np.float64]:
        grid: NDArray[np.float64] = np.arange(self._size // 2 + 1, dtype=np.float64) * (self._rate_hz / self._size)
        return grid

    def feed(self, planes: Planes) -> None:
        """Any number of frames, (2, frames) of left and right."""
        sound = np.concatenate((self._left, planes), axis=1)
        count = sound.shape[1] // self._size
        self._left = sound[:, count * self._size :].copy()
        if count:
            self._add(sound[:, : count * self._size].reshape(2, count, self._size))

    def close(self) -> None:
        """The sound has ended: what is shorter than one frame counts as one filled up with silence."""
        if not self._frames and self._left.shape[1]:
            self.feed(np.zeros((2, self._size - self._left.shape[1]), np.float32))
        self._left = self._left[:, :0]

    def excerpt(self, planes: Planes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Add a piece that stands alone; give its own power and zone powers."""
        piece = Spectrum(self._rate_hz)
        piece.feed(planes)
        piece.close()
        self._power += piece._power
        self._frames += piece._frames
        self._zone_powers += piece._zone_powers
        return piece.power(), piece.zone_powers()

    def power(self) -> NDArray[np.float64]:
        """Mean power of (mid, side) in each bin, as parts of the mean square: shape (2, bins)."""
        power: NDArray[np.float64] = self._power * (self._scale / max(self._frames, 1))
        return power

    def zone_powers(self) -> NDArray[np.float64]:
        """Mean square of both channels in each zone, spectrum by spectrum: shape (spectra, zones)."""
        return np.concatenate((np.empty((0, len(BAND_OF_ZONE))), *self._zone_powers)) * self._scale

    def bands(self) -> tuple[Curve, Curve]:
        """1/3-octave levels of mid and side, dB re a mean square of 1."""
        weights = band_weights(self.frequencies_hz, self._rate_hz)
        levels = 10.0 * np.log10(np.maximum(self.power() @ weights.T, 10.0 ** (FLOOR_DB / 10.0)))
        mid, side = (tuple(zip(NOMINAL_HZ, map(float, row), strict=False)) for row in levels)
        return mid, side

    def _add(self, frames: NDArray[np.float32]) -> None:
        left, right = frames * self._window
        each = np.zeros((frames.shape[1], self._size // 2 + 1), np.float32)
        for row, sound in enumerate(((left + right) * np.float32(0.5), (left - right) * np.float32(0.5))):
            spectra = spectra_over_n(sound)
            power = spectra.real**2 + spectra.imag**2
            self._power[row] += power.sum(axis=0, dtype=np.float64)
            each += power
        zones = np.zeros((len(each), len(BAND_OF_ZONE)))
        zones[:, : len(self._zone_starts)] = np.add.reduceat(each, self._zone_starts, axis=1)
        self._zone_powers.append(zones)
        self._frames += frames.shape[1]


def band_powers(zones: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bass, middle and treble of what is told by zones (last axis)."""
    starts = [BAND_OF_ZONE.index(band) for band in range(3)]
    return np.add.reduceat(zones, starts, axis=-1)


def zones_at_hops(zones: NDArray[np.float64], hops: int, rate_hz: int) -> NDArray[np.float64]:
    """From `Spectrum.zone_powers`: shape (hops, zones).

    A hop has the zones of the spectrum in which it begins; the end of the sound may have none of its own.
    """
    if not len(zones):
        return np.zeros((hops, len(BAND_OF_ZONE)))
    spectra = hop_starts(0, hops, rate_hz) // frame_size(rate_hz)
    return zones[np.minimum(spectra, len(zones) - 1)]


def band_levels(zones: NDArray[np.float64]) -> tuple[BandLevels, ...]:
    """What a profile says of bass, middle and treble: from `Spectrum.zone_powers`; () without sound."""
    sounding = band_powers(zones[zones.sum(axis=1) > _SOUNDING_POWER])
    if not len(sounding):
        return ()
    loud = np.quantile(sounding, _LOUD_SHARE, axis=0, method="higher")
    levels = 10.0 * np.log10(np.maximum((sounding.mean(axis=0), loud), 10.0 ** (FLOOR_DB / 10.0)))
    return tuple(BandLevels(float(mean), float(high)) for mean, high in levels.T)


def passages(zones: NDArray[np.float64]) -> bytes:
    """A profile's passages: from `Spectrum.zone_powers`."""
    if not len(zones):
        return b""
    together = max(_PASSAGE_SPECTRA, -(-len(zones) // MOST_PASSAGES))
    starts = np.arange(0, len(zones), together)
    means = np.add.reduceat(zones, starts) / np.diff([*starts, len(zones)])[:, None]
    below = np.rint(-20.0 * np.log10(np.maximum(means, 1.0e-20)))
    return np.clip(below, 0, 255).astype(np.uint8).tobytes()


def bands_within(rate_hz: int) -> int:
    """How many bands a rate can hold: those whose centre is clear of its upper end."""
    return sum(hz < 0.475 * rate_hz for hz in NOMINAL_HZ)


def band_weights(frequencies_hz: NDArray[np.floating[Any]], rate_hz: int) -> NDArray[np.float64]:
    """The part of each bin that lies in each band: shape (bands, bins)."""
    width = frequencies_hz[1] - frequencies_hz[0]
    bands = np.arange(bands_within(rate_hz))[:, None] + _FIRST_BAND
    low, high = (1000.0 * 10.0 ** ((bands + side) / 10.0) for side in (-0.5, 0.5))
    below, above = frequencies_hz - width / 2, frequencies_hz + width / 2
    weights: NDArray[np.float64] = np.clip(np.minimum(high, above) - np.maximum(low, below), 0.0, None) / width
    return weights
