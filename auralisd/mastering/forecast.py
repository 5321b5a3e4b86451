"""Forecast: what tone, dynamics, gain and limiter will come to, from what was measured of a track."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from auralisd.analysis.kweighting import power_gains
from auralisd.dsp.dynamics import MOST_REDUCTION_DB as MOST_BAND_REDUCTION_DB
from auralisd.dsp.equaliser import gains_at
from auralisd.dsp.limiter import MARGIN_DB
from auralisd.model.plan import BandDynamics
from auralisd.model.profile import BAND_EDGES_HZ, Curve, PeakStretch, SoundProfile

CEILING_DBTP: Final = -1.0
"""EBU R 128 and AES TD1008: 1 dB of room for what comes after us."""

LOUDEST_SHARE: Final = 0.001
_NOTHING: Final = (PeakStretch(-200.0, 1.0, -200.0, -200.0, -200.0),)

_HARDLY_ANYTHING: Final = 1.0e-30

Values = NDArray[np.float64]


class Forecast:
    """A track behind its tone (`eq_mid`, `eq_side`: what mid and side get, width included) and dynamics."""

    def __init__(
        self,
        profile: SoundProfile,
        input_lufs: float,
        eq_mid: Curve = (),
        eq_side: Curve = (),
        bands: tuple[BandDynamics, ...] = (),
    ) -> None:
        stretches = np.array([[*_figures(stretch)] for stretch in profile.peak_stretches or _NOTHING])
        powers = 10.0 ** (stretches[:, 2:] / 10.0)
        loud, toned_loud, toned = _band_effects(profile, eq_mid, eq_side)
        held = _band_gains(powers * toned, bands)
        heard = (powers * held * toned_loud).sum(axis=1) / (powers * loud).sum(axis=1)
        # How tone moves peaks depends on phases that nobody measured; the energy it adds is the best guess.
        rise_db = 10.0 * np.log10((powers * held * toned).sum(axis=1) / powers.sum(axis=1))
        shares = stretches[:, 1] * heard
        peaks = stretches[:, 0] - 0.5 + rise_db
        order = np.argsort(peaks)
        self._toned_lufs = input_lufs + 10.0 * float(np.log10(shares.sum() / stretches[:, 1].sum()))
        self._shares: Values = shares[order] / shares.sum()
        self._peaks: Values = peaks[order]
        own = profile.true_peak_dbtp if profile.true_peak_dbtp is not None else -200.0
        self._highest = own + float(rise_db[-1])

    def loudness(self, gain_db: float) -> float:
        """Integrated loudness (LUFS) behind the limiter."""
        over = np.maximum(self._peaks + gain_db - (CEILING_DBTP - MARGIN_DB), 0.0)
        return self._toned_lufs + gain_db + 10.0 * float(np.log10(self._shares @ 10.0 ** (-over / 10.0)))

    def peak(self, gain_db: float) -> float:
        """True peak (dBTP) behind the limiter."""
        return min(self._highest + gain_db, CEILING_DBTP - MARGIN_DB)

    def deepest_reduction(self, gain_db: float) -> float:
        """The limiter's, at the highest peak, in dB."""
        return max(0.0, self._highest + gain_db - (CEILING_DBTP - MARGIN_DB))

    def usual_reduction(self, gain_db: float) -> float:
        """The limiter's, on all but the loudest 0.1 % of the energy, in dB."""
        at_least = np.cumsum(self._shares[::-1])[::-1]
        loudest = self._peaks[at_least > LOUDEST_SHARE].max(initial=self._peaks[0])
        return max(0.0, float(loudest) + gain_db - (CEILING_DBTP - MARGIN_DB))


def band_tone_db(profile: SoundProfile, eq_mid: Curve, eq_side: Curve) -> Values:
    """What the curves do to the power of bass, middle and treble, in dB: shape (3,)."""
    _, _, toned = _band_effects(profile, eq_mid, eq_side)
    return 10.0 * np.log10(toned)


def _figures(stretch: PeakStretch) -> tuple[float, ...]:
    return (stretch.peak_dbtp, stretch.share, stretch.bass_db, stretch.middle_db, stretch.treble_db)


def _band_effects(profile: SoundProfile, eq_mid: Curve, eq_side: Curve) -> tuple[Values, Values, Values]:
    """For each band, as factors of its power: K-weighted, K-weighted behind the tone, and behind the tone alone."""
    if not profile.spectrum_mid:
        return np.ones(3), np.ones(3), np.ones(3)
    centres = np.array([hz for hz, _ in profile.spectrum_mid])
    powers = 10.0 ** (np.array([[db for _, db in each] for each in (profile.spectrum_mid, profile.spectrum_side)]) / 10)
    change = 10.0 ** (np.array([gains_at(centres, curve) for curve in (eq_mid, eq_side)]) / 10.0)
    weights = power_gains(centres, profile.rate_hz)
    region = np.searchsorted(BAND_EDGES_HZ, centres, side="right")

    def by_band(values: Values) -> Values:
        sums: Values = np.bincount(region, weights=values.sum(axis=0), minlength=3) + _HARDLY_ANYTHING
        return sums

    plain = by_band(powers)
    return (
        by_band(powers * weights) / plain,
        by_band(powers * change * weights) / plain,
        by_band(powers * change) / plain,
    )


def _band_gains(powers: Values, bands: tuple[BandDynamics, ...]) -> Values:
    """What dynamics do to the power of each band in each stretch: factors, shape (stretches, 3)."""
    if not bands:
        return np.ones_like(powers)
    thresholds = np.array([band.threshold_db for band in bands])
    slopes = np.array([1.0 - 1.0 / band.ratio for band in bands])
    over = np.maximum(10.0 * np.log10(np.maximum(powers, 1.0e-20)) - thresholds, 0.0)
    factors: Values = 10.0 ** (-np.minimum(slopes * over, MOST_BAND_REDUCTION_DB) / 10.0)
    return factors
