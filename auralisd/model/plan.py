"""MasteringPlan: what will be done to a track, every number in physical units."""

import msgspec

from auralisd.model.profile import Curve


class MasteringPlan(msgspec.Struct, frozen=True):
    """The whole of what the renderer does to a track; equal plans give identical samples.

    `state` is `off` (samples untouched), `provisional` (from excerpts) or `adaptive` (from a full measurement).
    `eq_mid` and `eq_side` are gains in dB at 1/3-octave centres, () = flat.
    `limits` holds the codes of the caps that kept the plan from its target: `gain-reduction`, `max-gain`,
    `silence`; empty when the target is expected to be met.
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
    limits: tuple[str, ...] = ()

    @property
    def transparent(self) -> bool:
        """True when the samples pass bit for bit."""
        return self.state == "off"
