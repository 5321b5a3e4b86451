"""Profiles: measurements of made-up tracks, so that a test states only the figures that matter to it."""

from typing import Any

from auralisd.mastering.aim import aim_db
from auralisd.model.profile import Curve, SoundProfile

CENTRES_HZ = (
    25.0, 31.5, 40.0, 50.0, 63.0, 80.0, 100.0, 125.0, 160.0, 200.0, 250.0, 315.0, 400.0, 500.0, 630.0,
    800.0, 1000.0, 1250.0, 1600.0, 2000.0, 2500.0, 3150.0, 4000.0, 5000.0, 6300.0, 8000.0, 10000.0,
    12500.0, 16000.0, 20000.0,
)  # fmt: skip


def a_spectrum(*, bass_db: float = 0.0, low_mid_db: float = 0.0, treble_db: float = 0.0) -> Curve:
    """The mean spectrum of well-liked records, with three regions lifted: to 160 Hz, to 630 Hz, from 4 kHz on."""

    def lift(hz: float) -> float:
        if hz >= 4000.0:
            return treble_db
        return bass_db if hz < 200.0 else low_mid_db if hz <= 630.0 else 0.0

    return tuple((hz, -25.0 + aim_db(hz) + lift(hz)) for hz in CENTRES_HZ)


def a_measured(
    *,
    lufs: float | None = -14.0,
    plr_db: float = 12.0,
    range_lu: float = 7.0,
    width: float = 0.4,
    correlation: float = 0.7,
    mid: Curve | None = None,
    **others: Any,
) -> SoundProfile:
    """Three minutes near −14 LUFS that need little."""
    spectrum = a_spectrum() if mid is None else mid
    return SoundProfile(
        rate_hz=44_100,
        channels=2,
        frames=180 * 44_100,
        integrated_lufs=lufs,
        true_peak_dbtp=None if lufs is None else lufs + plr_db,
        spectrum_mid=spectrum,
        spectrum_side=tuple((hz, level - 8.0) for hz, level in spectrum),
        range_lu=range_lu,
        crest_db=None if lufs is None else plr_db + 2.0,
        width=width,
        correlation=correlation,
        **others,
    )
