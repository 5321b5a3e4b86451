"""Tone: the spectrum that a preset aims at, and how far a track is moved towards it.

The aim of every preset begins with the mean spectrum of well-liked records (Pestana et al., AES 135, paper 8960):
falling 5 dB an octave per hertz from 100 Hz to 4 kHz, faster above, with a low cut at 60 Hz.  The preset's own five
offsets bend it.  A track is moved part of the way from where it is: one that is warm already gets little from `warm`,
and nothing is ever moved past the aim.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from auralisd.mastering.aim import AIM_POINTS
from auralisd.model.preset import Preset
from auralisd.model.profile import Curve

Levels = NDArray[np.float64]
"""One value in dB for each 1/3-octave band of a profile."""

MOST_DB: Final = 4.0
"""No curve lifts or lowers more; only the listener's own shelves come on top."""

_LESS_BY: Final = 0.2

_FARTHEST_DB: Final = 12.0
"""Of a hole or a peak in the spectrum no more than this is believed."""

_NOTHING_THERE_DB: Final = -25.0
"""A band so far below the aim holds noise or nothing (a codec's upper end): lifting it would bring up no music."""

_FULL_WEIGHT_HZ: Final = (60.0, 12_500.0)
_NO_WEIGHT_HZ: Final = (30.0, 20_000.0)
"""How much a band counts where a spectrum is laid against its aim: all of it in between, nothing beyond."""

_NO_LIFT_BELOW_HZ: Final = 45.0

_REGION_BORDERS_HZ: Final = (200.0, 800.0, 3000.0, 8000.0)
_BLEND_OCTAVES: Final = 1.0
"""Neighbouring regions pass into one another over this much."""

_BASS_BELOW_HZ: Final = 200.0
_TREBLE_ABOVE_HZ: Final = 3000.0

SIDE_FROM_HZ: Final = 300.0
_MONO_POINTS: Final = ((40.0, -24.0), (100.0, -24.0), (125.0, -16.0), (160.0, -6.0), (200.0, 0.0))
"""What a widened track's side gets below its wider part, so that the bass stays in the middle."""


def curve_towards(
    spectrum: Curve, preset: Preset, *, intensity: float, freedom_db: float, calmer: float = 1.0
) -> Curve:
    """The equaliser's curve for a sound with this spectrum (both channels); () where nothing is to be done.

    `freedom_db` (0..4) is how far the track may be corrected beyond what the preset's own offsets do to a track that
    lies on the common aim.  `calmer` (0..1) takes it back, but not the listener's own shelves.
    """
    if not spectrum:
        return ()
    centres, levels = np.array(spectrum).T
    aim = aim_levels(centres, preset)
    offsets = preset.correction * _offsets(centres, preset)
    wanted = preset.correction * _missing(centres, levels, aim)
    wanted = np.clip(wanted, np.minimum(offsets, 0.0) - freedom_db, np.maximum(offsets, 0.0) + freedom_db)
    tone = _not_away(MOST_DB * np.tanh(wanted / MOST_DB), levels, aim, centres)
    return _curve(centres, intensity * (calmer * tone + _shelves(centres, preset)))


def aim_levels(centres: Levels, preset: Preset) -> Levels:
    """The spectrum that a preset aims at, in 1/3-octave bands, dB; its height means nothing."""
    aim: Levels = np.interp(np.log(centres), *np.array([(np.log(hz), level) for hz, level in AIM_POINTS]).T)
    bent: Levels = aim + _offsets(centres, preset)
    return bent


def side_width(centres: Levels, width: float) -> Levels:
    """What a width factor does to the side in dB: up above 300 Hz, and where it widens no bass."""
    wider: Levels = 20.0 * np.log10(width) * (1.0 - _below(centres, SIDE_FROM_HZ))
    if width <= 1.0:
        return wider
    hz, levels = np.array(_MONO_POINTS).T
    wider += np.interp(np.log(centres), np.log(hz), levels)
    return wider


def _missing(centres: Levels, levels: Levels, aim: Levels) -> Levels:
    """What it would take to come to the aim, smoothed over an octave."""
    missing = aim - levels + _shift(levels - aim, centres)[0]
    # Bands below the low cut are brought down, never up: what is there moves air, not ears.
    never_lifted = (missing > -_NOTHING_THERE_DB) | (centres < _NO_LIFT_BELOW_HZ)
    missing[never_lifted] = np.minimum(missing[never_lifted], 0.0)
    return _over_an_octave(np.clip(missing, -_FARTHEST_DB, _FARTHEST_DB))


def _not_away(tone: Levels, levels: Levels, aim: Levels, centres: Levels) -> Levels:
    """So much of a tone as brings the spectrum no further from its aim: an octave's mean may be wrong for each of its
    thirds."""
    share = 1.0
    while share > 0.0 and _distance(levels + share * tone - aim, centres) > _distance(levels - aim, centres):
        share = round(share - _LESS_BY, 2)
    return share * tone


def _distance(apart: Levels, centres: Levels) -> float:
    """The weighted mean square of what lies between a spectrum and its aim, laid upon each other."""
    shift, weights = _shift(apart, centres)
    return float(weights @ (apart - shift) ** 2 / weights.sum())


def _shift(apart: Levels, centres: Levels) -> tuple[float, Levels]:
    """How much higher the spectrum lies than its aim, and how much each band counts: nothing where no sound is."""
    corners = np.log([_NO_WEIGHT_HZ[0], *_FULL_WEIGHT_HZ, _NO_WEIGHT_HZ[1]])
    full = np.interp(np.log(centres), corners, [0.0, 1.0, 1.0, 0.0])
    weights = full
    for _ in range(2):  # what counts depends on the level, and the level on what counts
        shift = float(weights @ apart / weights.sum())
        weights = np.where(apart - shift > _NOTHING_THERE_DB, full, 0.0)
    return float(weights @ apart / weights.sum()), weights


def _over_an_octave(levels: Levels) -> Levels:
    """A mean over two bands to each side, weighted towards the middle; the ends are carried on."""
    weights = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9.0
    padded = np.pad(levels, len(weights) // 2, mode="edge")
    smooth: Levels = np.convolve(padded, weights, mode="valid")
    return smooth


def _offsets(centres: Levels, preset: Preset) -> Levels:
    """The preset's five offsets as one smooth curve."""
    offsets = (preset.low_shelf_db, preset.low_mid_db, preset.mid_db, preset.high_mid_db, preset.high_shelf_db)
    curve = np.full(len(centres), float(offsets[-1]))
    for border, below, above in zip(_REGION_BORDERS_HZ, offsets[:-1], offsets[1:], strict=True):
        curve += (below - above) * _below(centres, border)
    return curve


def _shelves(centres: Levels, preset: Preset) -> Levels:
    """The listener's own bass and treble."""
    treble = 1.0 - _below(centres, _TREBLE_ABOVE_HZ)
    shelves: Levels = preset.bass_db * _below(centres, _BASS_BELOW_HZ) + preset.treble_db * treble
    return shelves


def _below(centres: Levels, border_hz: float) -> Levels:
    """1 below the border, 0 above it, with a raised cosine in between."""
    octaves = np.clip(np.log2(centres / border_hz) / _BLEND_OCTAVES, -0.5, 0.5)
    share: Levels = 0.5 - 0.5 * np.sin(np.pi * octaves)
    return share


def _curve(centres: Levels, levels: Levels) -> Curve:
    rounded = np.round(levels, 2)
    if not rounded.any():
        return ()
    return tuple((float(hz), float(level)) for hz, level in zip(centres, rounded, strict=True))
