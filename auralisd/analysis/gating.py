"""From the energy of hops to loudness: ITU-R BS.1770-5 (gating), EBU Tech 3341 (M, S, I), Tech 3342 (range).

Energies are sums over the frames of a hop and over weighted channels, after K-weighting.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from auralisd.analysis.hops import hop_starts
from auralisd.model.profile import Curve, LoudnessStretch, PeakStretch

ABSOLUTE_GATE_LUFS: Final = -70.0
RELATIVE_GATE_LU: Final = -10.0
RANGE_GATE_LU: Final = -20.0

MOMENTARY_HOPS: Final = 40
SHORT_TERM_HOPS: Final = 300
_STEP_HOPS: Final = 10
"""Gating blocks begin every 100 ms: 75 % overlap."""

_OFFSET_DB: Final = -0.691
_SILENCE: Final = 1.0e-20

Energies = NDArray[np.float64]
"""K-weighted energy of each hop of 10 ms."""

QUIETEST_PEAK_DBTP: Final = -30.0
"""Stretches with lower peaks are put together: no limiter will ever see them."""

_LINGERING_DB: Final = 0.20
"""A limiter lets go slowly, so a peak is felt for a while: each hop counts as at least this much below the one
before it.  20 dB/s foretells best what our limiter takes (docs/mastering.md)."""


class Gated(NamedTuple):
    """Integrated loudness (None: nothing passes the absolute gate) and, for each hop, in how many of the blocks
    that count it lies."""

    lufs: float | None
    counts: NDArray[np.int64]


def lufs(mean_squares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Loudness of K-weighted mean squares; silence is about −200."""
    levels: NDArray[np.float64] = _OFFSET_DB + 10.0 * np.log10(np.maximum(mean_squares, _SILENCE))
    return levels


def moving(energies: NDArray[np.float64], hops: int, rate_hz: int) -> NDArray[np.float64]:
    """Mean squares of all windows of `hops` hops that lie wholly within the track, one each hop."""
    if len(energies) < hops:
        return np.empty(0)
    totals = np.concatenate(((0.0,), np.cumsum(energies)))
    starts = hop_starts(0, len(energies) + 1, rate_hz)
    means: NDArray[np.float64] = (totals[hops:] - totals[:-hops]) / (starts[hops:] - starts[:-hops])
    return means


def blocks(energies: Energies, rate_hz: int) -> NDArray[np.float64]:
    """Mean squares of the gating blocks: 400 ms each, one begins every 100 ms."""
    return moving(energies, MOMENTARY_HOPS, rate_hz)[::_STEP_HOPS]


def integrated(mean_squares: NDArray[np.float64]) -> float | None:
    """Programme loudness of gating blocks, be they of one track or of several; None: none passes the absolute gate."""
    counted = mean_squares[_passing(mean_squares)]
    return float(lufs(counted.mean(keepdims=True))[0]) if len(counted) else None


def gated(energies: NDArray[np.float64], rate_hz: int) -> Gated:
    """The two gates over blocks of 400 ms."""
    mean_squares = blocks(energies, rate_hz)
    counts = np.zeros(len(energies), np.int64)
    for start in np.flatnonzero(_passing(mean_squares)) * _STEP_HOPS:
        counts[start : start + MOMENTARY_HOPS] += 1
    return Gated(integrated(mean_squares), counts)


def _passing(mean_squares: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which blocks both gates let pass."""
    levels = lufs(mean_squares)
    passing = levels > ABSOLUTE_GATE_LUFS
    if passing.any():
        passing &= levels > lufs(mean_squares[passing].mean(keepdims=True)) + RELATIVE_GATE_LU
    return passing


def loudness_range(energies: NDArray[np.float64], rate_hz: int) -> float:
    """The spread of short-term loudness, 10th to 95th percentile, in LU; 0 when there is too little to tell."""
    windows = moving(energies, SHORT_TERM_HOPS, rate_hz)[::_STEP_HOPS]
    levels = lufs(windows)
    passing = levels > ABSOLUTE_GATE_LUFS
    if not passing.any():
        return 0.0
    passing &= levels > lufs(windows[passing].mean(keepdims=True)) + RANGE_GATE_LU
    ranked = np.sort(levels[passing])
    low, high = (ranked[round((len(ranked) - 1) * share)] for share in (0.10, 0.95))
    return float(high - low)


def histogram(energies: NDArray[np.float64], rate_hz: int) -> Curve:
    """How many gating blocks above the absolute gate have each loudness (LUFS, centre of a bin of 0.1 LU)."""
    levels = lufs(blocks(energies, rate_hz))
    bins, counts = np.unique(np.floor(levels[levels > ABSOLUTE_GATE_LUFS] * 10.0), return_counts=True)
    return tuple((float(at) / 10.0 + 0.05, float(count)) for at, count in zip(bins, counts, strict=True))


def peak_stretches(
    energies: Energies, peaks: NDArray[np.float64], counts: NDArray[np.int64], zones: NDArray[np.float64]
) -> tuple[PeakStretch, ...]:
    """The gated energy by how high the wave stands, in bins of 1 dB, with the power of each zone (hops, zones)."""
    weights = energies * counts
    total = float(weights.sum())
    if total <= 0.0:
        return ()
    levels = 20.0 * np.log10(np.maximum(peaks, 10.0 ** (QUIETEST_PEAK_DBTP / 20.0)))
    slope = _LINGERING_DB * np.arange(len(levels))
    felt = np.maximum.accumulate(levels + slope) - slope
    edges = np.ceil(felt).astype(np.int64)
    return tuple(
        PeakStretch(edge, weight / total, zones_cb) for edge, weight, zones_cb in _by_bin(edges, weights, zones)
    )


def loudness_stretches(energies: Energies, zones: NDArray[np.float64], rate_hz: int) -> tuple[LoudnessStretch, ...]:
    """The hops by the momentary loudness around them, in bins of 1 LU above the absolute gate, with their zones."""
    levels = lufs(moving(energies, MOMENTARY_HOPS, rate_hz))
    around = zones[MOMENTARY_HOPS // 2 :][: len(levels)]
    heard = levels > ABSOLUTE_GATE_LUFS
    if not heard.any():
        return ()
    bins = np.floor(levels[heard]).astype(np.int64)
    return tuple(
        LoudnessStretch(lower + 0.5, count, zones_cb)
        for lower, count, zones_cb in _by_bin(bins, np.ones(len(bins)), around[heard])
    )


def _by_bin(
    bins: NDArray[np.int64], weights: NDArray[np.float64], zones: NDArray[np.float64]
) -> Iterator[tuple[float, float, tuple[int, ...]]]:
    """For each bin that is not empty: itself, its weight, and its weighted mean zones in centibel."""
    lowest = int(bins.min())
    sums = np.bincount(bins - lowest, weights=weights)
    powers = np.stack([np.bincount(bins - lowest, weights=weights * power) for power in zones.T], axis=1)
    for at in np.flatnonzero(sums):
        levels = 100.0 * np.log10(np.maximum(powers[at] / sums[at], _SILENCE))
        yield float(lowest + at), float(sums[at]), tuple(int(level) for level in np.rint(levels))


def highest(levels: NDArray[np.float64]) -> float | None:
    """The loudest of some windows; None when there is none."""
    return float(levels.max()) if len(levels) else None
