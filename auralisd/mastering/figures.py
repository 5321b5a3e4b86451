"""Figures: the few numbers of a profile by which a track is told from another, each with a code and a unit.

Pure Python: control asks for them too.
"""

import math
from statistics import fmean, linear_regression
from typing import Final

from auralisd.mastering.aim import aim_db
from auralisd.model.profile import Curve, SoundProfile

Figures = dict[str, float]

BASS_HZ: Final = (50.0, 200.0)
MIDDLE_HZ: Final = (250.0, 3150.0)
TREBLE_HZ: Final = (4000.0, 12500.0)
LOW_MID_HZ: Final = (200.0, 630.0)
VOICES_HZ: Final = (800.0, 3150.0)
TILT_HZ: Final = (100.0, 8000.0)

FIGURE_UNITS: Final = {
    "loudness": "LUFS",
    "range": "LU",
    "peak-to-loudness": "dB",
    "crest": "dB",
    "bass": "dB",
    "low-mid": "dB",
    "treble": "dB",
    "tilt": "dB/octave",
    "centroid": "Hz",
    "width": "",
    "correlation": "",
}
"""The codes of reasons and their units.

`loudness` is integrated, `range` that of EBU Tech 3342, `peak-to-loudness` the true peak above the loudness, `crest`
the sample peak above the RMS.  `bass` (50–200 Hz) and `treble` (4–12.5 kHz) are how far the mid spectrum stands above
the mean one of well-liked records there (`aim`), both held against 250 Hz–3.15 kHz; `low-mid` is the same of 200–630
Hz, held against 800 Hz–3.15 kHz.  `tilt` is its slope in 1/3-octave bands from 100 Hz to 8 kHz, about −2 for those
records; `centroid` is the frequency at which its power balances.  `width` is side over mid (0 = mono), `correlation`
that of left and right.
"""

_SILENCE_DB: Final = -100.0


def figures_of(profile: SoundProfile) -> Figures:
    """Every figure that is known of a track, by its code; that of silence holds no loudness."""
    known: dict[str, float | None] = {
        "loudness": profile.integrated_lufs,
        "peak-to-loudness": profile.plr_db,
        "crest": profile.crest_db,
    }
    if profile.integrated_lufs is not None:
        known |= {"range": profile.range_lu, "width": profile.width, "correlation": profile.correlation}
        known |= _balance(profile.spectrum_mid)
    return {code: value for code, value in known.items() if value is not None and math.isfinite(value)}


def _balance(mid: Curve) -> dict[str, float | None]:
    """The tone, region by region; None where the spectrum holds nothing."""
    bass, middle, treble, low_mid, voices = (
        _above_aim(mid, border) for border in (BASS_HZ, MIDDLE_HZ, TREBLE_HZ, LOW_MID_HZ, VOICES_HZ)
    )
    sounding = [(math.log2(hz), level) for hz, level in _within(mid, TILT_HZ) if level > _SILENCE_DB]
    powers = [(hz, 10.0 ** (level / 10.0)) for hz, level in mid if level > _SILENCE_DB]
    return {
        "bass": _difference(bass, middle),
        "treble": _difference(treble, middle),
        "low-mid": _difference(low_mid, voices),
        "tilt": linear_regression(*zip(*sounding, strict=True)).slope if len(sounding) > 1 else None,
        "centroid": sum(hz * power for hz, power in powers) / sum(power for _, power in powers) if powers else None,
    }


def _above_aim(mid: Curve, border_hz: tuple[float, float]) -> float | None:
    levels = [max(level, _SILENCE_DB) - aim_db(hz) for hz, level in _within(mid, border_hz)]
    return fmean(levels) if levels else None


def _within(mid: Curve, border_hz: tuple[float, float]) -> Curve:
    return tuple((hz, level) for hz, level in mid if border_hz[0] <= hz <= border_hz[1])


def _difference(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other
