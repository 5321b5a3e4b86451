"""The plan: one gain, one tone and one ceiling for a whole track, as a pure function of what was measured.

One gain for the whole track keeps its dynamics: nothing rides the level while it plays.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from auralisd.analysis.kweighting import power_gains
from auralisd.dsp.limiter import MARGIN_DB
from auralisd.mastering.tone import curves
from auralisd.model.plan import MasteringPlan
from auralisd.model.preset import PRESETS
from auralisd.model.profile import Curve, SoundProfile
from auralisd.model.taste import Taste

CEILING_DBTP: Final = -1.0
"""EBU R 128 and AES TD1008: 1 dB of room for what comes after us."""

MOST_GAIN_DB: Final = 12.0
"""More would lift the noise of tapes and rooms into hearing, and turn quiet music into something it is not."""

MOST_REDUCTION_DB: Final = 6.0
"""Beyond this a limiter is heard; the loudest 0.1 % of the energy may pass it."""

_LOUDEST_SHARE: Final = 0.001
_LEAST_GAIN_DB: Final = -100.0
_BISECTIONS: Final = 30


def plan(profile: SoundProfile, taste: Taste) -> MasteringPlan:
    """What will be done to a track.  `taste.preset` must be one of PRESETS."""
    if taste.transparent:
        return MasteringPlan(
            preset=taste.preset, intensity=taste.intensity, state="off", input_lufs=profile.integrated_lufs
        )
    state = "adaptive" if profile.complete else "provisional"
    if profile.integrated_lufs is None:
        return MasteringPlan(
            preset=taste.preset,
            intensity=taste.intensity,
            state=state,
            ceiling_dbtp=CEILING_DBTP,
            limits=("silence",),
        )
    preset = PRESETS[taste.preset]
    eq_mid, eq_side = curves(profile.spectrum_mid, preset, taste.intensity)
    target = profile.integrated_lufs + taste.intensity * (preset.target_lufs - profile.integrated_lufs)
    forecast = _Forecast(profile, profile.integrated_lufs, eq_mid, eq_side)
    gain, limits = forecast.gain_towards(target)
    return MasteringPlan(
        preset=taste.preset,
        intensity=taste.intensity,
        state=state,
        input_lufs=profile.integrated_lufs,
        target_lufs=target,
        expected_lufs=forecast.loudness(gain),
        gain_db=gain,
        ceiling_dbtp=CEILING_DBTP,
        expected_gain_reduction_db=forecast.deepest_reduction(gain),
        eq_mid=eq_mid,
        eq_side=eq_side,
        limits=limits,
    )


class _Forecast:
    """What a gain will come to, after tone and limiter."""

    def __init__(self, profile: SoundProfile, input_lufs: float, eq_mid: Curve, eq_side: Curve) -> None:
        # How tone moves peaks depends on phases that nobody measured; the energy it adds is the best guess.
        heard, raw = _tone_effect(profile, eq_mid, eq_side)
        self._toned_lufs = input_lufs + heard
        edges, shares = np.array(profile.loudness_by_peak or ((-200.0, 1.0),)).T
        self._peaks: NDArray[np.float64] = edges - 0.5 + raw
        self._shares: NDArray[np.float64] = shares
        self._highest = (profile.true_peak_dbtp if profile.true_peak_dbtp is not None else -200.0) + raw

    def loudness(self, gain_db: float) -> float:
        """Integrated loudness behind the limiter."""
        over = np.maximum(self._peaks + gain_db - (CEILING_DBTP - MARGIN_DB), 0.0)
        return self._toned_lufs + gain_db + 10.0 * float(np.log10(self._shares @ 10.0 ** (-over / 10.0)))

    def deepest_reduction(self, gain_db: float) -> float:
        return max(0.0, self._highest + gain_db - (CEILING_DBTP - MARGIN_DB))

    def gain_towards(self, target_lufs: float) -> tuple[float, tuple[str, ...]]:
        """The gain that reaches the target behind the limiter, or the most that the caps allow, and which."""
        at_least = np.cumsum(self._shares[::-1])[::-1]
        loudest = self._peaks[at_least > _LOUDEST_SHARE].max(initial=self._peaks[0])
        caps = {"gain-reduction": CEILING_DBTP + MOST_REDUCTION_DB - loudest, "max-gain": MOST_GAIN_DB}
        code, most = min(caps.items(), key=lambda cap: cap[1])
        if self.loudness(most) < target_lufs:
            return float(most), (code,)
        low, high = _LEAST_GAIN_DB, float(most)
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            low, high = (middle, high) if self.loudness(middle) < target_lufs else (low, middle)
        return high, ()


def _tone_effect(profile: SoundProfile, eq_mid: Curve, eq_side: Curve) -> tuple[float, float]:
    """What the curves change in dB: K-weighted (loudness), and unweighted (the height of the waves)."""
    if not eq_mid and not eq_side:
        return 0.0, 0.0
    centres = np.array([hz for hz, _ in profile.spectrum_mid])
    before = np.array([[level for _, level in side] for side in (profile.spectrum_mid, profile.spectrum_side)])
    change = np.array([[level for _, level in curve] or [0.0] * len(centres) for curve in (eq_mid, eq_side)])
    power, changed = 10.0 ** (before / 10.0), 10.0 ** ((before + change) / 10.0)
    weights = power_gains(centres, profile.rate_hz)
    heard = 10.0 * np.log10((changed @ weights).sum() / (power @ weights).sum())
    raw = 10.0 * np.log10(changed.sum() / power.sum())
    return float(heard), float(raw)
