"""Tone: what a track's own spectrum asks for, and what a preset adds.

The aim is the mean spectrum of well-liked records (Pestana et al., AES 135, paper 8960): falling 5 dB an octave per
hertz from 100 Hz to 4 kHz, faster above, with a low cut at 60 Hz.  Only what is far from it is moved, and
only part of the way: most of a spectrum is the music.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from auralisd.model.preset import Preset
from auralisd.model.profile import Curve

Levels = NDArray[np.float64]
"""One value in dB for each 1/3-octave band of a profile."""

_DEAD_ZONE_DB: Final = 2.0
_MOST_CORRECTION_DB: Final = 4.0
_MOST_DB: Final = 6.0
_FARTHEST_DB: Final = 12.0
"""Of a hole or a peak in the spectrum no more than this is believed."""

_NOTHING_THERE_DB: Final = -25.0
"""A band so far below the aim holds noise or nothing (a codec's upper end): lifting it would bring up no music."""

_AIM_POINTS: Final = ((25.0, -22.0), (60.0, -1.0), (100.0, 0.0), (4000.0, -10.6), (20000.0, -21.1))
"""In 1/3-octave bands, which widen by 3 dB an octave: −2 dB an octave up to 4 kHz and −4.5 above."""

_ALIGN_HZ: Final = (100.0, 8000.0)
_NO_LIFT_BELOW_HZ: Final = 45.0

_REGION_BORDERS_HZ: Final = (200.0, 800.0, 3000.0, 8000.0)
_SIDE_FROM_HZ: Final = 300.0
_BLEND_OCTAVES: Final = 1.0
"""Neighbouring regions pass into one another over this much."""


def curves(mid: Curve, preset: Preset, intensity: float) -> tuple[Curve, Curve]:
    """The equaliser's curves for mid and side; () where nothing is to be done.

    `mid` is the mid spectrum of the profile; both channels of the pair get the same tone, so that the stereo image
    stays, and `width_db` comes on top for the side.
    """
    if not mid:
        return (), ()
    centres, levels = np.array(mid).T
    correction = np.clip(preset.correction * _wanted(centres, levels), -_MOST_CORRECTION_DB, _MOST_CORRECTION_DB)
    tone = intensity * np.clip(correction + _offsets(centres, preset), -_MOST_DB, _MOST_DB)
    width = intensity * preset.width_db * (1.0 - _below(centres, _SIDE_FROM_HZ))
    return _curve(centres, tone), _curve(centres, tone + width)


def _wanted(centres: Levels, levels: Levels) -> Levels:
    """What it would take to come to the edge of the dead zone around the aim, smoothed over an octave."""
    aim = np.interp(np.log(centres), *np.array([(np.log(hz), level) for hz, level in _AIM_POINTS]).T)
    missing = aim - levels
    heard = (centres >= _ALIGN_HZ[0]) & (centres <= _ALIGN_HZ[1])
    missing -= np.median(missing[heard]) if heard.any() else missing.mean()
    # Bands below the low cut are brought down, never up: what is there moves air, not ears.
    never_lifted = (missing > -_NOTHING_THERE_DB) | (centres < _NO_LIFT_BELOW_HZ)
    missing[never_lifted] = np.minimum(missing[never_lifted], 0.0)
    smooth = _over_an_octave(np.clip(missing, -_FARTHEST_DB, _FARTHEST_DB))
    beyond: Levels = np.sign(smooth) * np.maximum(np.abs(smooth) - _DEAD_ZONE_DB, 0.0)
    return beyond


def _over_an_octave(levels: Levels) -> Levels:
    """A mean over three bands to each side, weighted towards the middle; the ends are carried on."""
    weights = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9.0
    padded = np.pad(levels, len(weights) // 2, mode="edge")
    smooth: Levels = np.convolve(padded, weights, mode="valid")
    return smooth


def _offsets(centres: Levels, preset: Preset) -> Levels:
    """The preset's five offsets as one smooth curve."""
    offsets = (preset.low_shelf_db, preset.low_mid_db, preset.mid_db, preset.high_mid_db, preset.high_shelf_db)
    curve = np.full(len(centres), offsets[-1])
    for border, below, above in zip(_REGION_BORDERS_HZ, offsets[:-1], offsets[1:], strict=True):
        curve += (below - above) * _below(centres, border)
    return curve


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
