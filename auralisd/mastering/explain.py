"""A plan in plain words, with its figures."""

from typing import Final

from auralisd.model.plan import BandDynamics, MasteringPlan
from auralisd.model.profile import Curve

_WORTH_TELLING_DB: Final = 0.5
_WORTH_TELLING_WIDTH: Final = 0.01
_BANDS: Final = ("bass", "middle", "treble")

_WHY: Final = {
    "gain-reduction": "more would be heard as squeezing",
    "peak-to-loudness": "more would leave too little between its loudness and its peaks",
    "max-gain": "more gain would bring up the noise",
    "peak": "more would bring its peaks to the ceiling",
}
"""What each cap of a plan keeps it from."""


def explain(plan: MasteringPlan) -> tuple[str, ...]:
    """Sentences for the person who listens: level first, then tone, what stands in the way, dynamics, width, album."""
    if plan.transparent:
        return ("Untouched: the samples of the file as they are.",)
    if plan.input_lufs is None or plan.expected_lufs is None:
        return (_unmeasured(plan),)
    told = (_level(plan), _tone(plan), _limits(plan), _dynamics(plan.bands), _width(plan.width), _album(plan))
    return tuple(sentence for sentence in told if sentence)


def _unmeasured(plan: MasteringPlan) -> str:
    """Of a track without a measured loudness: ReplayGain can go by its tags, all else finds silence."""
    if plan.state == "levelled":
        return f"The original, levelled: gain {_signed(plan.gain_db)} dB."
    return "Silence: nothing to bring to a level."


def _level(plan: MasteringPlan) -> str:
    before, after = plan.input_lufs or 0.0, plan.expected_lufs or 0.0
    level = f"{_minus(before)} → {_minus(after)} LUFS: gain {_signed(plan.gain_db)} dB"
    if plan.expected_gain_reduction_db >= _WORTH_TELLING_DB:
        level += f", peaks held by up to {plan.expected_gain_reduction_db:.1f} dB at {_minus(plan.ceiling_dbtp)} dBTP"
    match plan.state:
        case "bypassed":
            return f"The original, as loud as the enhanced sound: {level}."
        case "levelled":
            return f"The original, levelled: {level}."
        case "provisional":
            return f"{level} (first estimate)."
        case _:
            return f"{level}."


def _tone(plan: MasteringPlan) -> str:
    """The highest lift and the deepest cut."""
    if not plan.eq_mid:
        return ""
    told = [f"{_signed(level)} dB at {_hz(hz)}" for hz, level in _extremes(plan.eq_mid)]
    return f"Tone: {', '.join(told)}." if told else ""


def _extremes(curve: Curve) -> list[tuple[float, float]]:
    lift, cut = max(curve, key=lambda point: point[1]), min(curve, key=lambda point: point[1])
    return [(hz, level) for hz, level in sorted({lift, cut}) if abs(level) >= _WORTH_TELLING_DB]


def _limits(plan: MasteringPlan) -> str:
    reasons = [_WHY[code] for code in plan.limits if code in _WHY]
    if not reasons:
        return ""
    short = (plan.target_lufs or 0.0) - (plan.expected_lufs or 0.0)
    return f"Stays {short:.1f} LU below its target: {', and '.join(reasons)}."


def _dynamics(bands: tuple[BandDynamics, ...]) -> str:
    """Which bands are held back, and from what level on."""
    told = [
        f"{name} above {_minus(band.threshold_db)} dB by {round(band.ratio, 2):g}:1"
        for name, band in zip(_BANDS, bands, strict=False)
        if band.ratio > 1.0
    ]
    return f"Loud moments are held: {', '.join(told)}." if told else ""


def _width(width: float) -> str:
    if abs(width - 1.0) < _WORTH_TELLING_WIDTH:
        return ""
    narrowed = ", and its bass narrowed to the middle" if width > 1.0 else ""
    return f"Width: the side times {width:.2f} above 300 Hz{narrowed}."


def _album(plan: MasteringPlan) -> str:
    return "Gain and tone are those of the whole album." if plan.album else ""


def _signed(decibel: float) -> str:
    return f"{decibel:+.1f}".replace("-", "−")


def _minus(level: float) -> str:
    return f"{level:.1f}".replace("-", "−")


def _hz(hz: float) -> str:
    return f"{hz / 1000:g} kHz" if hz >= 1000 else f"{hz:g} Hz"
