"""The plan: one gain, one tone, gentle dynamics and one ceiling for a whole track, as a pure function of what was
measured.

One gain for the whole track keeps its shape: nothing learns or rides the level while it plays.
"""

from collections.abc import Callable
from typing import Final

import msgspec
import numpy as np

from auralisd.mastering.forecast import CEILING_DBTP, LEAST_PLR_DB, Forecast
from auralisd.mastering.shape import NEAR_LU, shape
from auralisd.model.plan import MasteringPlan
from auralisd.model.preset import Preset
from auralisd.model.profile import SoundProfile
from auralisd.model.taste import BYPASSED, LEVELLED, OFF, TaggedGain, Treatment

MOST_GAIN_DB: Final = 12.0
"""More would lift the noise of tapes and rooms into hearing, and turn quiet music into something it is not."""

MOST_REDUCTION_DB: Final = 4.0
"""Beyond this a limiter is heard; the loudest 0.1 % of the energy may pass it."""

_LOUDEST_SHARE: Final = 0.001
_NEAR_SHARE: Final = 0.02
_NEAR_REDUCTION_DB: Final = 0.4
"""Music near its target is hardly limited: by 1 dB at the most in 99 % of its time."""

_AT_REST_LU: Final = 0.3
_AT_REST_DB: Final = 0.05
"""Music so near to its target and below the ceiling (what was mastered by us is) passes as it is."""

LEVEL_FROM_INTENSITY: Final = 0.5
"""From here on a track comes to its target whole: what is above it only shapes the sound."""

CAREFUL_LUFS: Final = -16.0
CAREFUL_LOSS_DB: Final = 2.0
"""At a careful target a limiter has no business with more of the peak-to-loudness ratio."""

REPLAY_GAIN_LUFS: Final = -18.0
"""The reference of ReplayGain 2.0."""

_SAME_DB: Final = 0.001
_LEAST_GAIN_DB: Final = -100.0
_BISECTIONS: Final = 30


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
        state=_state(profile, treatment),
        input_lufs=input_lufs,
        target_lufs=basis_lufs + min(1.0, intensity / LEVEL_FROM_INTENSITY) * (aim_lufs - basis_lufs),
        expected_lufs=input_lufs,
        ceiling_dbtp=CEILING_DBTP,
        album=basis is not profile,
    )
    distance_lu = abs(aim_lufs - basis_lufs)
    if _is_at_rest(basis, preset, distance_lu):
        return msgspec.structs.replace(plan_, limited=False)
    tone, side_tone, side, width, bands = shape(basis, preset, intensity, distance_lu)
    trim_lu = treatment.trim_lu
    forecast = Forecast(basis, basis_lufs, tone, side, bands, trim_lu=trim_lu)
    gain, limits = _gain_towards(plan_.target_lufs or 0.0, forecast, near=distance_lu <= NEAR_LU)
    own = forecast if basis is profile else Forecast(profile, input_lufs, tone, side, bands, trim_lu=trim_lu)
    return msgspec.structs.replace(
        plan_,
        expected_lufs=own.loudness(gain),
        gain_db=gain,
        expected_gain_reduction_db=own.deepest_reduction(gain),
        eq_mid=tone,
        eq_side=side_tone,
        bands=bands,
        width=width,
        limits=limits,
    )


def _is_at_rest(basis: SoundProfile, preset: Preset, distance_lu: float) -> bool:
    """True when nothing is to be done: a preset without a tone of its own, and the track is where it aims."""
    shapes = (preset.low_shelf_db, preset.low_mid_db, preset.mid_db, preset.high_mid_db, preset.high_shelf_db)
    plain = not any((*shapes, preset.bass_db, preset.treble_db, preset.width_db))
    below = basis.true_peak_dbtp is not None and basis.true_peak_dbtp <= CEILING_DBTP + _AT_REST_DB
    return plain and below and distance_lu <= _AT_REST_LU


def _gain_towards(target_lufs: float, forecast: Forecast, *, near: bool) -> tuple[float, tuple[str, ...]]:
    """The gain that reaches the target behind the limiter, or the most that the caps allow, and which binds."""
    share, most_db = (_NEAR_SHARE, _NEAR_REDUCTION_DB) if near else (_LOUDEST_SHARE, MOST_REDUCTION_DB)
    plr = min(LEAST_PLR_DB, forecast.plr_db)
    if target_lufs <= CAREFUL_LUFS:
        plr = max(plr, forecast.plr_db - CAREFUL_LOSS_DB)
    within: dict[str, Callable[[float], bool]] = {
        "max-gain": lambda gain: gain <= MOST_GAIN_DB,
        "gain-reduction": lambda gain: forecast.usual_reduction(gain, but_share=share) <= most_db,
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
