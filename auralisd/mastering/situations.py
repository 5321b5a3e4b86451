"""Situations: what tracks are like, each as a set of soft ranges over measured figures, and what suits them then."""

import math
from typing import Final

import msgspec

from auralisd.mastering.figures import Figures


class Soft(msgspec.Struct, frozen=True, array_like=True):
    """A soft range (a trapezoid): 0 up to `from_`, rising to 1 at `full_from`, 1 up to `full_to`, 0 from `to` on."""

    from_: float = -math.inf
    full_from: float = -math.inf
    full_to: float = math.inf
    to: float = math.inf

    def holds(self, value: float) -> float:
        """How much `value` lies in the range, 0..1."""
        if self.full_from <= value <= self.full_to:
            return 1.0
        if value < self.full_from:
            return max(0.0, (value - self.from_) / (self.full_from - self.from_))
        return max(0.0, (self.to - value) / (self.to - self.full_to))


class Situation(msgspec.Struct, frozen=True):
    """What a track may be like, in words, and what suits it then."""

    name: str
    description: str
    preset: str
    intensity: float
    ranges: tuple[tuple[str, Soft], ...]

    def score(self, figures: Figures) -> float:
        """0..1: the geometric mean of how much each figure lies in its range; 0 when one is unknown."""
        held = [soft.holds(figures[code]) if code in figures else 0.0 for code, soft in self.ranges]
        return math.prod(held) ** (1.0 / len(held))


def _above(from_: float, full_from: float) -> Soft:
    return Soft(from_, full_from)


def _below(full_to: float, to: float) -> Soft:
    return Soft(full_to=full_to, to=to)


SITUATIONS: Final = (
    Situation(
        name="well-mastered",
        description="near its target and balanced already: little to do",
        preset="adaptive",
        intensity=0.3,
        ranges=(
            ("loudness", Soft(-17.0, -15.0, -13.0, -11.0)),
            ("peak-to-loudness", Soft(8.0, 10.0, 15.0, 18.0)),
            ("bass", Soft(-9.0, -5.0, 4.0, 7.0)),
            ("treble", Soft(-10.0, -6.0, 3.0, 6.0)),
        ),
    ),
    Situation(
        name="crushed",
        description="a loud master without peaks left: softer and quieter tires less",
        preset="gentle",
        intensity=0.7,
        ranges=(("peak-to-loudness", _below(8.0, 10.5)), ("loudness", _above(-15.0, -11.0))),
    ),
    Situation(
        name="dull",
        description="little treble for its middle: presence and air",
        preset="bright",
        intensity=0.8,
        ranges=(("treble", Soft(-32.0, -24.0, -13.0, -8.0)), ("tilt", _below(-3.2, -2.3))),
    ),
    Situation(
        name="thin",
        description="more treble than body: fuller bass, softer treble",
        preset="warm",
        intensity=0.8,
        ranges=(("tilt", _above(-2.2, -1.2)), ("treble", _above(-5.0, 1.0)), ("bass", _below(0.0, 6.0))),
    ),
    Situation(
        name="wide-range",
        description="quiet, with far to go between soft and loud: levelled with care",
        preset="adaptive",
        intensity=0.5,
        ranges=(
            ("range", _above(8.0, 13.0)),
            ("loudness", _below(-18.0, -15.0)),
            ("peak-to-loudness", _above(13.0, 16.0)),
        ),
    ),
    Situation(
        name="tame",
        description="quiet and even, with room above its peaks: weight and bite",
        preset="punchy",
        intensity=0.8,
        ranges=(
            ("range", _below(7.0, 10.0)),
            ("loudness", _below(-17.0, -14.5)),
            ("peak-to-loudness", _above(10.0, 14.0)),
        ),
    ),
    Situation(
        name="live-room",
        description="a large room on both sides that covers the voices: clearer low mids, a middle in front",
        preset="live",
        intensity=0.7,
        ranges=(
            ("low-mid", _above(-1.0, 4.0)),
            ("width", Soft(0.55, 0.8, 1.3, 1.8)),
            ("correlation", Soft(-0.6, -0.2, 0.25, 0.5)),
            ("range", Soft(5.0, 7.0, 13.0, 18.0)),
            ("peak-to-loudness", Soft(10.0, 12.0, 18.0, 22.0)),
        ),
    ),
)
"""The borders are ours, set so that real tracks spread over all of them; each preset suits one or more."""
