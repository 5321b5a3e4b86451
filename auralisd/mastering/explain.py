"""A plan in plain words, with its figures."""

from typing import Final

from auralisd.model.plan import MasteringPlan
from auralisd.model.profile import Curve

_WORTH_TELLING_DB: Final = 0.5


def explain(plan: MasteringPlan) -> tuple[str, ...]:
    """One or two lines for the person who listens: level first, then tone and what stands in the way."""
    if plan.transparent:
        return ("Untouched: the samples of the file as they are.",)
    if plan.input_lufs is None or plan.expected_lufs is None:
        return ("Silence: nothing to bring to a level.",)
    level = f"{_lufs(plan.input_lufs)} → {_lufs(plan.expected_lufs)} LUFS: gain {_signed(plan.gain_db)} dB"
    if plan.expected_gain_reduction_db >= _WORTH_TELLING_DB:
        level += f", peaks held by up to {plan.expected_gain_reduction_db:.1f} dB at {_lufs(plan.ceiling_dbtp)} dBTP"
    if plan.state == "provisional":
        level += " (first estimate)"
    second = [part for part in (_tone(plan.eq_mid), _limits(plan)) if part]
    return (level + ".", *([" ".join(second)] if second else []))


def _tone(curve: Curve) -> str:
    """The highest lift and the deepest cut."""
    if not curve:
        return ""
    lift, cut = max(curve, key=lambda point: point[1]), min(curve, key=lambda point: point[1])
    told = [f"{_signed(level)} dB at {_hz(hz)}" for hz, level in sorted({lift, cut}) if abs(level) >= _WORTH_TELLING_DB]
    return f"Tone: {', '.join(told)}." if told else ""


def _limits(plan: MasteringPlan) -> str:
    short = (plan.target_lufs or 0.0) - (plan.expected_lufs or 0.0)
    match plan.limits:
        case ("gain-reduction",):
            return f"Stays {short:.1f} LU below its target: more would be heard as squeezing."
        case ("max-gain",):
            return f"Stays {short:.1f} LU below its target: more gain would bring up the noise."
        case _:
            return ""


def _signed(decibel: float) -> str:
    return f"{decibel:+.1f}".replace("-", "−")


def _lufs(level: float) -> str:
    return f"{level:.1f}".replace("-", "−")


def _hz(hz: float) -> str:
    return f"{hz / 1000:g} kHz" if hz >= 1000 else f"{hz:g} Hz"
