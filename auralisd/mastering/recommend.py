"""The recommendation: which preset, and how much of it, suits what was measured of a track.

Pure Python and 0.1 ms: control asks it on its event loop, of a profile that is kept; nothing is decoded for it.
"""

from typing import Final

import msgspec

from auralisd.mastering.figures import Figures, figures_of
from auralisd.mastering.situations import SITUATIONS, Situation
from auralisd.model.profile import SoundProfile

_NEAR: Final = 0.15
"""Situations whose scores lie so near the best one have a say in the intensity."""

_LEAST_SCORE: Final = 0.2
"""Below it no situation is recognised."""

_CLEAR_MARGIN: Final = 0.5
_PROVISIONAL_TRUST: Final = 0.7
"""Excerpts may have missed the loudest part."""

_UNRECOGNISED_INTENSITY: Final = 0.8


class Recommendation(msgspec.Struct, frozen=True):
    """What suits a track.

    `confidence` is 0..1: how well the track fits the situation, and how far behind the next preset is.  `alternatives`
    pairs other presets with their scores (0..1), best first.  `reasons` pairs a code of FIGURE_UNITS with the figure
    that was measured; those of the best situation.  `situation` is its name, "" when none is recognised.
    """

    preset: str
    intensity: float
    confidence: float
    alternatives: tuple[tuple[str, float], ...] = ()
    reasons: tuple[tuple[str, float], ...] = ()
    situation: str = ""


def recommend(profile: SoundProfile) -> Recommendation:
    """The preset and intensity for a track; of silence nothing can be said, which is confidence 0."""
    figures = figures_of(profile)
    if "loudness" not in figures:
        return Recommendation("adaptive", _UNRECOGNISED_INTENSITY, 0.0)
    scored = sorted(((s.score(figures), s) for s in SITUATIONS), key=lambda pair: pair[0], reverse=True)
    by_preset: dict[str, float] = {}
    for score, situation in scored:
        by_preset.setdefault(situation.preset, score)
    best, chosen = scored[0]
    if best < _LEAST_SCORE:
        return _unrecognised(figures, by_preset, 1.0 - best / _LEAST_SCORE, complete=profile.complete)
    others = _others(by_preset, chosen.preset)
    margin = best - (others[0][1] if others else 0.0)
    return Recommendation(
        preset=chosen.preset,
        intensity=_blended(scored, best),
        confidence=_confidence(best, margin, complete=profile.complete),
        alternatives=others,
        reasons=tuple((code, round(figures[code], 2)) for code, _ in chosen.ranges),
        situation=chosen.name,
    )


def _others(by_preset: dict[str, float], chosen: str) -> tuple[tuple[str, float], ...]:
    """What else comes into question: `by_preset` is in order of its scores."""
    return tuple((preset, round(score, 3)) for preset, score in by_preset.items() if preset != chosen and score > 0.0)


def _blended(scored: list[tuple[float, Situation]], best: float) -> float:
    """The intensity of the best situation, or of those near it, weighed by their scores."""
    near = [(score, situation.intensity) for score, situation in scored if score > best - _NEAR]
    return round(sum(score * intensity for score, intensity in near) / sum(score for score, _ in near), 2)


def _confidence(score: float, margin: float, *, complete: bool) -> float:
    trust = 1.0 if complete else _PROVISIONAL_TRUST
    return round(trust * score * (0.5 + 0.5 * min(1.0, margin / _CLEAR_MARGIN)), 3)


def _unrecognised(figures: Figures, by_preset: dict[str, float], certainty: float, *, complete: bool) -> Recommendation:
    """A track like none of the situations gets what its own figures ask for."""
    return Recommendation(
        preset="adaptive",
        intensity=_UNRECOGNISED_INTENSITY,
        confidence=_confidence(0.5 * certainty, 0.0, complete=complete),
        alternatives=_others(by_preset, "adaptive"),
        reasons=tuple((code, round(figures[code], 2)) for code in ("loudness", "range", "tilt") if code in figures),
    )
