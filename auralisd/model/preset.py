"""Presets: named tastes with their parameters in physical units."""

import msgspec


class Preset(msgspec.Struct, frozen=True):
    """One named way of mastering.

    `target_lufs` is the integrated loudness it aims at.  The five tone offsets (dB, at full intensity) are added to
    what the track's own spectrum asks for; `correction` (0..1) is how much of that is applied.
    """

    name: str
    label: str
    description: str
    target_lufs: float
    correction: float
    low_shelf_db: float = 0.0
    low_mid_db: float = 0.0
    mid_db: float = 0.0
    high_mid_db: float = 0.0
    high_shelf_db: float = 0.0


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (Preset("adaptive", "Adaptive", "What the track itself asks for, and nothing else", -14.0, 0.6),)
}
"""Every preset there is, by name."""
