"""Riding: how far tone and dynamics would move the level of a track while it plays.

A fixed filter is no automatic gain, and yet a chorus full of bass rises more behind it than a verse without.  Told by
the passages of the profile: the spread of the change, and what becomes of the loudness range (EBU Tech 3342).
"""

from typing import Final, NamedTuple

import numpy as np

from auralisd.analysis.gating import ABSOLUTE_GATE_LUFS, RANGE_GATE_LU
from auralisd.mastering.forecast import Values, Zones
from auralisd.model.plan import BandDynamics
from auralisd.model.profile import BAND_OF_ZONE, Curve, SoundProfile

_WINDOW_S: Final = 3.0
_QUIET_LUFS: Final = -50.0
"""What is quieter than that is heard as silence, whatever becomes of it."""


class Riding(NamedTuple):
    """`spread_db` is the standard deviation of the change of level; `range_lu` the change of the loudness range."""

    spread_db: float
    range_lu: float


def riding(
    profile: SoundProfile, eq_mid: Curve = (), eq_side: Curve = (), bands: tuple[BandDynamics, ...] = ()
) -> Riding:
    """What tone (`eq_side` with its width) and dynamics would do to a track's level over time."""
    powers = 10.0 ** (-np.frombuffer(profile.passages, np.uint8).reshape(-1, len(BAND_OF_ZONE)) / 20.0)
    if not len(powers):
        return Riding(0.0, 0.0)
    zones = Zones(profile, eq_mid, eq_side, bands)
    before = zones.loudness(powers)
    after = before + zones.heard_db(powers)
    sounding = before > _QUIET_LUFS
    spread = float((after - before)[sounding].std()) if sounding.any() else 0.0
    step_s = profile.frames / profile.rate_hz / len(powers)
    window = max(1, round(_WINDOW_S / step_s)) if step_s > 0.0 else 1
    return Riding(spread, _range(after, window) - _range(before, window))


def _range(levels: Values, window: int) -> float:
    """The loudness range of passages, `window` of which make 3 s."""
    energies = 10.0 ** (levels / 10.0)
    if len(energies) > window:
        totals = np.concatenate(((0.0,), np.cumsum(energies)))
        energies = (totals[window:] - totals[:-window]) / window
    short_term = 10.0 * np.log10(energies)
    passing = short_term > ABSOLUTE_GATE_LUFS
    if not passing.any():
        return 0.0
    passing &= short_term > 10.0 * np.log10(energies[passing].mean()) + RANGE_GATE_LU
    low, high = np.quantile(short_term[passing], (0.10, 0.95))
    return float(high - low)
