"""Shape: tone, width and dynamics of a plan: everything that is done beside the gain.

Each is scaled by how far the track is from its target and by the intensity, and taken back where it would ride the
level.
"""

from typing import Final, NamedTuple

import numpy as np

from auralisd.mastering.forecast import band_tone_db
from auralisd.mastering.riding import riding
from auralisd.mastering.tone import curve_towards, side_width
from auralisd.model.plan import BandDynamics
from auralisd.model.preset import Preset
from auralisd.model.profile import BAND_EDGES_HZ, Curve, SoundProfile

NEAR_LU: Final = 1.0
_FREE_LU: Final = 2.0
_NEAR_TONE_DB: Final = 1.0
_FAR_TONE_DB: Final = 4.0
"""Music within 1 LU of its target is left nearly alone: corrected by 1 dB at the most, without dynamics."""

_COHERENT: Final = 0.2
"""Sound whose sides have less in common is wide enough: widened further, it would fall apart in mono."""

_BASS_HZ: Final = 160.0
_WIDE_BASS: Final = 0.1
"""The side's part of the bass, against the mid's: −10 dB."""

MOST_SPREAD_DB: Final = 1.35
MOST_RANGE_CHANGE_LU: Final = 1.5
_CALMER_BY: Final = 0.1
_CALMEST: Final = 0.3
"""A tone that would move passages against each other by more is taken back in steps, to a third at the least."""

_TOPMOST_HZ: Final = 20_000.0


class Shape(NamedTuple):
    """What is done beside the gain: tone of mid and side, and `side` with the width included."""

    tone: Curve
    side_tone: Curve
    side: Curve
    width: float
    bands: tuple[BandDynamics, ...]


def shape(basis: SoundProfile, preset: Preset, intensity: float, distance_lu: float) -> Shape:
    """Tone, width and dynamics: as the preset has them, or so much less that they do not ride the level."""
    widens = preset.width_db <= 0.0 or basis.correlation >= _COHERENT
    width = 10.0 ** (intensity * preset.width_db / 20.0) if widens else 1.0
    spectrum, calmer = both_channels(basis), 1.0
    while True:
        freedom_db = _freedom_db(distance_lu)
        tone = curve_towards(spectrum, preset, intensity=intensity, freedom_db=freedom_db, calmer=calmer)
        side_tone = _of_side(tone, basis)
        side = with_width(side_tone, basis.spectrum_mid, width)
        bands = _dynamics(basis, preset, intensity * calmer * _freedom(distance_lu), tone, side)
        rides = riding(basis, tone, side, bands)
        is_calm = rides.spread_db <= MOST_SPREAD_DB and abs(rides.range_lu) <= MOST_RANGE_CHANGE_LU
        if is_calm or calmer <= _CALMEST:
            return Shape(tone, side_tone, side, width, bands)
        calmer -= _CALMER_BY


def _of_side(tone: Curve, basis: SoundProfile) -> Curve:
    """The side's tone is that of the mid; only a bass that is wide already is lifted in the middle alone, or the sides
    would work against each other."""
    mid, side = (
        sum(10.0 ** (level / 10.0) for hz, level in spectrum if hz <= _BASS_HZ)
        for spectrum in (basis.spectrum_mid, basis.spectrum_side)
    )
    if side <= _WIDE_BASS * mid:
        return tone
    return tuple((hz, min(level, 0.0) if hz <= _BASS_HZ else level) for hz, level in tone)


def _freedom(distance_lu: float) -> float:
    """0 for music near its target, 1 for music far from it."""
    return min(1.0, max(0.0, (distance_lu - NEAR_LU) / (_FREE_LU - NEAR_LU)))


def _freedom_db(distance_lu: float) -> float:
    return _NEAR_TONE_DB + _freedom(distance_lu) * (_FAR_TONE_DB - _NEAR_TONE_DB)


def both_channels(profile: SoundProfile) -> Curve:
    """The spectrum of left and right together: that of mid and side added up."""
    return tuple(
        (hz, 10.0 * float(np.log10(10.0 ** (mid / 10.0) + 10.0 ** (side / 10.0))))
        for (hz, mid), (_, side) in zip(
            profile.spectrum_mid, profile.spectrum_side or profile.spectrum_mid, strict=True
        )
    )


def with_width(tone: Curve, spectrum: Curve, width: float) -> Curve:
    """What the side gets: the tone, and the width on top."""
    if width == 1.0:
        return tone
    points = tone or tuple((hz, 0.0) for hz, _ in spectrum)
    if not points:
        return ()
    centres, levels = np.array(points).T
    wider = levels + side_width(centres, width)
    return tuple((float(hz), round(float(level), 2)) for hz, level in zip(centres, wider, strict=True))


def _dynamics(basis: SoundProfile, preset: Preset, share: float, tone: Curve, side: Curve) -> tuple[BandDynamics, ...]:
    """Thresholds by the track's own loud levels, behind the tone; `share` of the preset's ratio."""
    slope = share * (1.0 - 1.0 / preset.ratio)
    if not basis.bands or slope <= 0.0:
        return ()
    toned = band_tone_db(basis, tone, side)
    return tuple(
        BandDynamics(
            top_hz=top_hz,
            threshold_db=round(levels.loud_db + float(change) + preset.threshold_db, 2),
            ratio=round(1.0 / (1.0 - slope), 3),
            attack_ms=preset.attack_ms,
            release_ms=preset.release_ms,
        )
        for top_hz, levels, change in zip((*BAND_EDGES_HZ, _TOPMOST_HZ), basis.bands, toned, strict=True)
    )
