"""A typical track, as it was measured, so that a test states only the figures that matter to its plan."""

import numpy as np

from auralisd.analysis.spectrum import NOMINAL_HZ, band_powers
from auralisd.model.profile import ZONE_EDGES_HZ, BandLevels, Curve, LoudnessStretch, PeakStretch, SoundProfile

TYPICAL: Curve = tuple((hz, -30.0 - 2.0 * float(np.log2(hz / 100))) for hz in NOMINAL_HZ)
"""A mid spectrum that is at its aim between 100 Hz and 4 kHz."""


Stretches = tuple[tuple[float, float], ...]


def zones_of(mid: Curve, level_db: float = 0.0) -> tuple[int, ...]:
    """What the zones of a passage hold whose mid has this spectrum (its side is 12 dB below)."""
    hz, levels = np.array(mid).T
    powers = np.bincount(
        np.searchsorted(ZONE_EDGES_HZ, hz, side="right"), weights=10 ** (levels / 10) * (1 + 10**-1.2), minlength=10
    )
    return tuple(int(level) for level in np.rint(100 * np.log10(np.maximum(powers, 1e-20)) + 10 * level_db))


def a_profile(
    *,
    lufs: float | None = -18.0,
    peak_dbtp: float | None = -6.0,
    by_peak: Stretches | None = None,
    mid: Curve = TYPICAL,
    complete: bool = True,
) -> SoundProfile:
    """A track with few peaks near its highest, as loud throughout."""
    top = -200.0 if peak_dbtp is None else float(np.ceil(peak_dbtp))
    stretches = by_peak or ((top - 8.0, 0.9), (top - 3.0, 0.09), (top, 0.01))
    zones_cb = zones_of(mid)
    levels_db = band_powers(10.0 ** (np.array(zones_cb) / 100.0))
    return SoundProfile(
        rate_hz=44_100,
        channels=2,
        frames=10_000_000,
        integrated_lufs=lufs,
        true_peak_dbtp=peak_dbtp,
        spectrum_mid=mid,
        spectrum_side=tuple((hz, level - 12.0) for hz, level in mid),
        peak_stretches=tuple(PeakStretch(peak, share, zones_cb) for peak, share in stretches),
        loudness_stretches=() if lufs is None else (LoudnessStretch(lufs, 1000.0, zones_cb),),
        bands=tuple(BandLevels(level, level + 3.0) for level in map(float, 10.0 * np.log10(levels_db))),
        correlation=0.7,
        complete=complete,
    )


def louder_at(border_hz: float, by_db: float) -> Curve:
    return tuple((hz, level + (by_db if hz >= border_hz else 0.0)) for hz, level in TYPICAL)
