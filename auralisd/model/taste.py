"""Taste: what the listener asked of the enhancement."""

import math

import msgspec


class Taste(msgspec.Struct, frozen=True):
    """`enabled` False or `intensity` 0 passes the file's samples bit for bit; `intensity` is 0..1."""

    enabled: bool = True
    preset: str = "adaptive"
    intensity: float = 1.0

    @property
    def transparent(self) -> bool:
        return not self.enabled or self.intensity == 0.0


def is_intensity(value: float) -> bool:
    """True for a finite number in 0..1."""
    return math.isfinite(value) and 0.0 <= value <= 1.0
