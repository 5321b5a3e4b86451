"""Forecast: what tone, dynamics, gain and limiter will come to, from what was measured of a track."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from auralisd.analysis.gating import RELATIVE_GATE_LU, lufs
from auralisd.analysis.kweighting import power_gains
from auralisd.analysis.spectrum import band_powers
from auralisd.dsp.dynamics import MOST_REDUCTION_DB as MOST_BAND_REDUCTION_DB
from auralisd.dsp.equaliser import gains_at
from auralisd.dsp.limiter import MARGIN_DB
from auralisd.model.plan import BandDynamics
from auralisd.model.profile import (
    BAND_OF_ZONE,
    ZONE_EDGES_HZ,
    Curve,
    LoudnessStretch,
    PeakStretch,
    SoundProfile,
)

CEILING_DBTP: Final = -1.0
"""EBU R 128 and AES TD1008: 1 dB of room for what comes after us."""

_LEVEL_CREST_DB: Final = 0.6
"""Within a passage a band's level rises above its mean, and the dynamics hold what they meet: by so much on average."""

LEAST_PLR_DB: Final = 12.0
"""Music whose peaks stand so far above its loudness keeps at least that; what comes with less keeps what it has."""

_HARDLY_ANYTHING: Final = 1.0e-30
_ZONES: Final = len(BAND_OF_ZONE)
_NO_ZONES: Final = (-2000,) * _ZONES

Values = NDArray[np.float64]


class Forecast:
    """A track behind its tone (`eq_mid`, `eq_side`: what mid and side get, width included) and dynamics.

    `trim_lu` is how much louder than all this foretells a rehearsal came out.
    """

    def __init__(
        self,
        profile: SoundProfile,
        input_lufs: float,
        eq_mid: Curve = (),
        eq_side: Curve = (),
        bands: tuple[BandDynamics, ...] = (),
        *,
        trim_lu: float = 0.0,
    ) -> None:
        zones = Zones(profile, eq_mid, eq_side, bands)
        self._toned_lufs = input_lufs + trim_lu + _gated_change(profile.loudness_stretches, zones, input_lufs)
        stretches = profile.peak_stretches or (PeakStretch(-200.0, 1.0, _NO_ZONES),)
        powers = _powers(stretches)
        shares = np.array([stretch.share for stretch in stretches]) * 10.0 ** (zones.heard_db(powers) / 10.0)
        # How tone moves peaks depends on phases that nobody measured; the energy it adds is the best guess.
        rise_db = zones.rise_db(powers)
        peaks = np.array([stretch.peak_dbtp for stretch in stretches]) - 0.5 + rise_db
        order = np.argsort(peaks)
        self._shares: Values = shares[order] / shares.sum()
        self._peaks: Values = peaks[order]
        own = profile.true_peak_dbtp if profile.true_peak_dbtp is not None else -200.0
        self._highest = own + float(rise_db[-1])

    @property
    def plr_db(self) -> float:
        """How far the true peak stands above the loudness, before the limiter."""
        return self._highest - self._toned_lufs

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

    def usual_reduction(self, gain_db: float, *, but_share: float) -> float:
        """The limiter's, on all but the loudest part (0..1) of the energy, in dB."""
        at_least = np.cumsum(self._shares[::-1])[::-1]
        loudest = self._peaks[at_least > but_share].max(initial=self._peaks[0])
        return max(0.0, float(loudest) + gain_db - (CEILING_DBTP - MARGIN_DB))


class Zones:
    """What tone and dynamics do in each zone of the spectrum."""

    def __init__(self, profile: SoundProfile, eq_mid: Curve, eq_side: Curve, bands: tuple[BandDynamics, ...]) -> None:
        self._loud, self._toned_loud, self._toned = zone_effects(profile, eq_mid, eq_side)
        self._bands = bands

    def loudness(self, powers: Values) -> Values:
        """The loudness (LUFS) of passages with these zones, before anything is done to them."""
        # The zones hold the mean square of both channels; loudness is that of their sum.
        levels: Values = lufs(2.0 * (powers @ self._loud))
        return levels

    def heard_db(self, powers: Values) -> Values:
        """The change of K-weighted level of passages with these zones: (passages, zones) → (passages,)."""
        held = powers * self._held(powers)
        change: Values = 10.0 * np.log10((held @ self._toned_loud) / (powers @ self._loud))
        return change

    def rise_db(self, powers: Values) -> Values:
        """The change of their plain level."""
        held = powers * self._held(powers)
        change: Values = 10.0 * np.log10((held @ self._toned) / powers.sum(axis=1))
        return change

    def _held(self, powers: Values) -> Values:
        """What dynamics do to the power of each zone: factors."""
        if not self._bands:
            return np.ones_like(powers)
        levels_db = 10.0 * np.log10(np.maximum(band_powers(powers * self._toned), _HARDLY_ANYTHING))
        over = np.maximum(levels_db + _LEVEL_CREST_DB - np.array([band.threshold_db for band in self._bands]), 0.0)
        slopes = np.array([1.0 - 1.0 / band.ratio for band in self._bands])
        factors: Values = 10.0 ** (-np.minimum(slopes * over, MOST_BAND_REDUCTION_DB) / 10.0)
        return factors[:, BAND_OF_ZONE]


def _gated_change(stretches: Sequence[LoudnessStretch], zones: Zones, input_lufs: float) -> float:
    """How the integrated loudness changes, its relative gate applied anew: quiet passages may fall behind it."""
    if not stretches:
        return 0.0
    levels = np.array([stretch.lufs for stretch in stretches])
    counts = np.array([stretch.count for stretch in stretches])
    changed = levels + zones.heard_db(_powers(stretches))
    return _gated(changed, counts) - _gated(levels, counts)


def _gated(levels: Values, counts: Values) -> float:
    """BS.1770-5's relative gate over bins of 1 LU; a bin on the gate passes in part."""
    energies = counts * 10.0 ** (levels / 10.0)
    gate = 10.0 * np.log10(energies.sum() / counts.sum()) + RELATIVE_GATE_LU
    passing = np.clip(levels + 0.5 - gate, 0.0, 1.0)
    return float(10.0 * np.log10((passing @ energies) / (passing @ counts)))


def zone_effects(profile: SoundProfile, eq_mid: Curve, eq_side: Curve) -> tuple[Values, Values, Values]:
    """For each zone, as factors of its power: K-weighted, K-weighted behind the tone, and behind the tone alone."""
    if not profile.spectrum_mid:
        return np.ones(_ZONES), np.ones(_ZONES), np.ones(_ZONES)
    centres = np.array([hz for hz, _ in profile.spectrum_mid])
    powers = 10.0 ** (np.array([[db for _, db in each] for each in (profile.spectrum_mid, profile.spectrum_side)]) / 10)
    change = 10.0 ** (np.array([gains_at(centres, curve) for curve in (eq_mid, eq_side)]) / 10.0)
    weights = power_gains(centres, profile.rate_hz)
    zone = np.searchsorted(ZONE_EDGES_HZ, centres, side="right")

    def by_zone(values: Values) -> Values:
        sums = np.bincount(zone, weights=values.sum(axis=0), minlength=_ZONES).astype(np.float64)
        return np.maximum(sums, _HARDLY_ANYTHING)

    plain = by_zone(powers)
    return (
        by_zone(powers * weights) / plain,
        by_zone(powers * change * weights) / plain,
        by_zone(powers * change) / plain,
    )


def band_tone_db(profile: SoundProfile, eq_mid: Curve, eq_side: Curve) -> Values:
    """What the curves do to the power of bass, middle and treble, in dB: shape (3,)."""
    powers = _mean_powers(profile.loudness_stretches)
    _, _, toned = zone_effects(profile, eq_mid, eq_side)
    change: Values = 10.0 * np.log10(band_powers(powers * toned) / band_powers(powers))
    return change


def _mean_powers(stretches: Sequence[LoudnessStretch]) -> Values:
    if not stretches:
        return np.ones(_ZONES)
    counts = np.array([stretch.count for stretch in stretches])
    means: Values = counts @ _powers(stretches) / counts.sum()
    return means


def _powers(stretches: Sequence[PeakStretch | LoudnessStretch]) -> Values:
    powers: Values = 10.0 ** (np.array([stretch.zones_cb for stretch in stretches]) / 100.0)
    return powers
