"""The plan: one gain, one tone, gentle dynamics and one ceiling for a whole track, as a pure function of what was
measured.

One gain for the whole track keeps its shape: nothing learns or rides the level while it plays.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec
import numpy as np

from auralisd.mastering.forecast import CEILING_DBTP, Forecast, band_tone_db
from auralisd.mastering.riding import riding
from auralisd.mastering.tone import curve_towards, side_width
from auralisd.model.plan import BandDynamics, MasteringPlan
from auralisd.model.preset import Preset
from auralisd.model.profile import BAND_EDGES_HZ, Curve, SoundProfile
from auralisd.model.taste import BYPASSED, LEVELLED, OFF, TaggedGain, Treatment

MOST_GAIN_DB: Final = 12.0
"""More would lift the noise of tapes and rooms into hearing, and turn quiet music into something it is not."""

MOST_REDUCTION_DB: Final = 4.0
"""Beyond this a limiter is heard; the loudest 0.1 % of the energy may pass it."""

LEAST_PLR_DB: Final = 12.0
"""Music that stands so far above its loudness keeps at least that; what comes with less keeps what it has."""

NEAR_LU: Final = 1.0
_FREE_LU: Final = 2.0
_NEAR_TONE_DB: Final = 1.0
_FAR_TONE_DB: Final = 3.0
"""Music within 1 LU of its target is left nearly alone: corrected by 1 dB at the most, without dynamics."""

_AT_REST_LU: Final = 0.3
_AT_REST_DB: Final = 0.05
"""Music so near to its target and below the ceiling (what was mastered by us is) passes as it is."""

_COHERENT: Final = 0.2
"""Sound whose sides have less in common is wide enough: widened further, it would fall apart in mono."""

LEVEL_FROM_INTENSITY: Final = 0.5
"""From here on a track comes to its target whole: what is above it only shapes the sound."""

MOST_SPREAD_DB: Final = 1.15
MOST_RANGE_CHANGE_LU: Final = 1.9
_CALMER_BY: Final = 0.1
_CALMEST: Final = 0.3
"""A tone that would move passages against each other by more is taken back in steps, to less than a third."""

REPLAY_GAIN_LUFS: Final = -18.0
"""The reference of ReplayGain 2.0."""

_SAME_DB: Final = 0.001
_LEAST_GAIN_DB: Final = -100.0
_BISECTIONS: Final = 30
_TOPMOST_HZ: Final = 20_000.0


def plan(profile: SoundProfile | None, treatment: Treatment, album: SoundProfile | None = None) -> MasteringPlan:
    """What will be done to a track.

    `album` is the profile of its whole album, where gain and tone shall be the album's.  `profile` may be None only
    for the modes OFF and LEVELLED, which can do without.
    """
    preset, intensity = treatment.preset.name, treatment.intensity
    input_lufs = profile.integrated_lufs if profile is not None else None
    if treatment.mode == OFF:
        return MasteringPlan(preset=preset, intensity=intensity, state="off", input_lufs=input_lufs)
    if treatment.mode == LEVELLED:
        return _levelled(profile, album, treatment)
    if profile is None:
        raise ValueError("a track is enhanced by what was measured of it; measure it first")
    basis = album or profile
    if input_lufs is None or basis.integrated_lufs is None:
        return MasteringPlan(
            preset=preset,
            intensity=intensity,
            state=_state(profile, treatment),
            ceiling_dbtp=CEILING_DBTP,
            limits=("silence",),
        )
    enhanced = _enhanced(profile, input_lufs, basis, basis.integrated_lufs, treatment)
    return _bypassed(profile, input_lufs, enhanced) if treatment.mode == BYPASSED else enhanced


def _state(profile: SoundProfile, treatment: Treatment) -> str:
    if treatment.mode == BYPASSED:
        return "bypassed"
    return "adaptive" if profile.complete else "provisional"


# --- enhanced ------------------------------------------------------------------------------------------


def _enhanced(
    profile: SoundProfile, input_lufs: float, basis: SoundProfile, basis_lufs: float, treatment: Treatment
) -> MasteringPlan:
    """The plan of the track, with gain and tone made for `basis`: the track itself, or its album."""
    preset, intensity = treatment.preset, treatment.intensity
    aim_lufs = preset.target_lufs if treatment.target_lufs is None else treatment.target_lufs
    plan_ = MasteringPlan(
        preset=preset.name,
        intensity=intensity,
        state="adaptive" if profile.complete else "provisional",
        input_lufs=input_lufs,
        target_lufs=basis_lufs + min(1.0, intensity / LEVEL_FROM_INTENSITY) * (aim_lufs - basis_lufs),
        expected_lufs=input_lufs,
        ceiling_dbtp=CEILING_DBTP,
        album=basis is not profile,
    )
    distance_lu = abs(aim_lufs - basis_lufs)
    if _is_at_rest(basis, preset, distance_lu):
        return msgspec.structs.replace(plan_, limited=False)
    tone, side, width, bands = _shape(basis, preset, intensity, distance_lu)
    forecast = Forecast(basis, basis_lufs, tone, side, bands, trim_lu=treatment.trim_lu)
    gain, limits = _gain_towards(plan_.target_lufs or 0.0, forecast)
    own = forecast if basis is profile else Forecast(profile, input_lufs, tone, side, bands, trim_lu=treatment.trim_lu)
    return msgspec.structs.replace(
        plan_,
        expected_lufs=own.loudness(gain),
        gain_db=gain,
        expected_gain_reduction_db=own.deepest_reduction(gain),
        eq_mid=tone,
        eq_side=tone,
        bands=bands,
        width=width,
        limits=limits,
    )


class _Shape(NamedTuple):
    """What is done beside the gain; `side` is what the side gets, width included."""

    tone: Curve
    side: Curve
    width: float
    bands: tuple[BandDynamics, ...]


def _shape(basis: SoundProfile, preset: Preset, intensity: float, distance_lu: float) -> _Shape:
    """Tone, width and dynamics: as the preset has them, or so much less that they do not ride the level."""
    widens = preset.width_db <= 0.0 or basis.correlation >= _COHERENT
    width = 10.0 ** (intensity * preset.width_db / 20.0) if widens else 1.0
    calmer = 1.0
    while True:
        share = intensity * calmer
        tone = curve_towards(basis.spectrum_mid, preset, intensity=share, freedom_db=_freedom_db(distance_lu))
        side = with_width(tone, basis.spectrum_mid, width)
        bands = _dynamics(basis, preset, share * _freedom(distance_lu), tone, side)
        rides = riding(basis, tone, side, bands)
        if calmer <= _CALMEST or (rides.spread_db <= MOST_SPREAD_DB and abs(rides.range_lu) <= MOST_RANGE_CHANGE_LU):
            return _Shape(tone, side, width, bands)
        calmer -= _CALMER_BY


def _is_at_rest(basis: SoundProfile, preset: Preset, distance_lu: float) -> bool:
    """True when nothing is to be done: a preset without a tone of its own, and the track is where it aims."""
    shapes = (preset.low_shelf_db, preset.low_mid_db, preset.mid_db, preset.high_mid_db, preset.high_shelf_db)
    plain = not any((*shapes, preset.bass_db, preset.treble_db, preset.width_db))
    below = basis.true_peak_dbtp is not None and basis.true_peak_dbtp <= CEILING_DBTP + _AT_REST_DB
    return plain and below and distance_lu <= _AT_REST_LU


def _freedom(distance_lu: float) -> float:
    """0 for music near its target, 1 for music far from it."""
    return min(1.0, max(0.0, (distance_lu - NEAR_LU) / (_FREE_LU - NEAR_LU)))


def _freedom_db(distance_lu: float) -> float:
    return _NEAR_TONE_DB + _freedom(distance_lu) * (_FAR_TONE_DB - _NEAR_TONE_DB)


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


def _gain_towards(target_lufs: float, forecast: Forecast) -> tuple[float, tuple[str, ...]]:
    """The gain that reaches the target behind the limiter, or the most that the caps allow, and which binds."""
    plr = min(LEAST_PLR_DB, forecast.peak(_LEAST_GAIN_DB) - forecast.loudness(_LEAST_GAIN_DB))
    within: dict[str, Callable[[float], bool]] = {
        "max-gain": lambda gain: gain <= MOST_GAIN_DB,
        "gain-reduction": lambda gain: forecast.usual_reduction(gain) <= MOST_REDUCTION_DB,
        "peak-to-loudness": lambda gain: forecast.peak(gain) - forecast.loudness(gain) >= plr - _SAME_DB,
    }
    wanted = _highest(lambda gain: forecast.loudness(gain) < target_lufs)
    if all(allows(wanted) for allows in within.values()) or wanted <= 0.0:
        return wanted, ()
    most = {code: _highest(allows) for code, allows in within.items()}
    code, gain = min(most.items(), key=lambda cap: cap[1])
    # A cap keeps a track from being driven harder; none turns one down below where it came from.
    return (max(gain, 0.0), (code,)) if max(gain, 0.0) < wanted else (wanted, ())


def _highest(holds: Callable[[float], bool]) -> float:
    """The highest gain (dB) for which a claim holds that gets false as gain grows."""
    low, high = _LEAST_GAIN_DB, 2.0 * MOST_GAIN_DB
    if holds(high):
        return high
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


# --- the others ----------------------------------------------------------------------------------------


def _bypassed(profile: SoundProfile, input_lufs: float, enhanced: MasteringPlan) -> MasteringPlan:
    """The original as loud as the enhanced sound, under the same ceiling."""
    forecast = Forecast(profile, input_lufs)
    as_loud = enhanced.expected_lufs if enhanced.expected_lufs is not None else input_lufs
    gain = _highest(lambda gain: forecast.loudness(gain) < as_loud)
    return MasteringPlan(
        preset=enhanced.preset,
        intensity=enhanced.intensity,
        state="bypassed",
        input_lufs=input_lufs,
        target_lufs=as_loud,
        expected_lufs=forecast.loudness(gain),
        gain_db=gain,
        ceiling_dbtp=CEILING_DBTP,
        expected_gain_reduction_db=forecast.deepest_reduction(gain),
        album=enhanced.album,
    )


def _levelled(profile: SoundProfile | None, album: SoundProfile | None, treatment: Treatment) -> MasteringPlan:
    """ReplayGain: one gain to −18 LUFS and the pre-amp, and no peak above the ceiling; samples else untouched."""
    basis = album or profile
    gain, peak = _reference_gain(basis, treatment.tagged)
    wanted = gain + treatment.preamp_db if gain is not None else 0.0
    # A peak that nobody knows may be as high as full scale: then nothing is lifted.
    held = min(wanted, CEILING_DBTP - peak if peak is not None else 0.0)
    input_lufs = profile.integrated_lufs if profile is not None else None
    return MasteringPlan(
        preset=treatment.preset.name,
        intensity=treatment.intensity,
        state="levelled",
        input_lufs=input_lufs,
        target_lufs=REPLAY_GAIN_LUFS + treatment.preamp_db,
        expected_lufs=input_lufs + held if input_lufs is not None else None,
        gain_db=held,
        ceiling_dbtp=CEILING_DBTP,
        limits=("peak",) if held < wanted else (),
        album=album is not None,
        limited=False,
    )


def _reference_gain(basis: SoundProfile | None, tagged: TaggedGain | None) -> tuple[float | None, float | None]:
    """Gain to the reference and true peak (dBTP), each None when nobody knows: measured before tagged."""
    if basis is not None:
        gain = None if basis.integrated_lufs is None else REPLAY_GAIN_LUFS - basis.integrated_lufs
        return gain, basis.true_peak_dbtp
    if tagged is None:
        return None, None
    return tagged.gain_db, 20.0 * float(np.log10(tagged.peak)) if tagged.peak else None
