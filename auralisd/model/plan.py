"""MasteringPlan: what will be done to a track, every number in physical units."""

import msgspec

from auralisd.model.profile import Curve

LONGEST_ATTACK_MS = 100.0
LONGEST_RELEASE_MS = 600.0
"""A level is a mean over twice the attack: dynamics forget within 0.82 s, less than a chain is fed before a seek."""


class BandDynamics(msgspec.Struct, frozen=True, array_like=True):
    """What holds one of the three bands back when it is loud.

    `top_hz` is the band's upper edge.  Above `threshold_db` (dB re full scale, mean square of both channels, before
    the gain) it grows by 1/`ratio`; the level is followed within `attack_ms` and let go within `release_ms`, which
    are at most LONGEST_ATTACK_MS and LONGEST_RELEASE_MS.
    """

    top_hz: float
    threshold_db: float
    ratio: float
    attack_ms: float
    release_ms: float


class MasteringPlan(msgspec.Struct, frozen=True):
    """The whole of what the renderer does to a track; equal plans give identical samples.

    `state` is `off` (samples untouched), `provisional` (from excerpts), `adaptive` (from a full measurement),
    `bypassed` (the original at the enhanced loudness) or `levelled` (ReplayGain).
    `eq_mid` and `eq_side` are gains in dB at 1/3-octave centres, () = flat; `bands` are the dynamics, () = none.
    `width` is the factor of the side above 300 Hz; more than 1 comes with a bass that is narrowed to mono.
    `limits` holds the codes of the caps that kept the plan from its target: `gain-reduction`, `peak-to-loudness`,
    `max-gain`, `peak`, `silence`; empty when the target is expected to be met.  `album` is True when gain and tone
    are those of the whole album.  `limited` False leaves the limiter out, because nothing can reach the ceiling.
    """

    preset: str
    intensity: float
    state: str
    input_lufs: float | None = None
    target_lufs: float | None = None
    expected_lufs: float | None = None
    gain_db: float = 0.0
    ceiling_dbtp: float = 0.0
    expected_gain_reduction_db: float = 0.0
    eq_mid: Curve = ()
    eq_side: Curve = ()
    bands: tuple[BandDynamics, ...] = ()
    width: float = 1.0
    limits: tuple[str, ...] = ()
    album: bool = False
    limited: bool = True

    @property
    def transparent(self) -> bool:
        """True when the samples pass bit for bit."""
        return self.state == "off"
