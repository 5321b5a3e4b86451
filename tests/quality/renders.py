"""A track measured, planned and rendered as the product does it, and what the limiter said meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np

from auralisd.analysis.measure import Measuring
from auralisd.dsp.block import Block
from auralisd.dsp.chain import QUANTUM_FRAMES
from auralisd.dsp.channels import to_stereo
from auralisd.mastering.build import build_chain
from auralisd.mastering.planner import plan
from auralisd.model.plan import MasteringPlan
from auralisd.model.preset import PRESETS
from auralisd.model.profile import SoundProfile
from auralisd.model.taste import Treatment

WORTH_MENDING_LU: Final = 0.1

_SILENT_DB: Final = -200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Render:
    """What left the chain; the reductions are the limiter's, one each 2048 frames, in dB (positive)."""

    sound: Block
    plan: MasteringPlan
    reductions_db: Sequence[float]

    @property
    def deepest_db(self) -> float:
        return max(self.reductions_db, default=0.0)

    @property
    def p99_db(self) -> float:
        return float(np.quantile(self.reductions_db, 0.99)) if self.reductions_db else 0.0


def measured(sound: Block, rate_hz: int) -> SoundProfile:
    measuring = Measuring(rate_hz, sound.shape[1])
    for start in range(0, len(sound), QUANTUM_FRAMES):
        measuring.feed(sound[start : start + QUANTUM_FRAMES])
    return measuring.result()


def planned(
    profile: SoundProfile,
    preset: str = "adaptive",
    *,
    intensity: float = 1.0,
    target_lufs: float | None = None,
    trim_lu: float = 0.0,
) -> MasteringPlan:
    treatment = Treatment(preset=PRESETS[preset], intensity=intensity, target_lufs=target_lufs, trim_lu=trim_lu)
    return plan(profile, treatment)


def rehearsed(sound: Block, profile: SoundProfile, preset: str, rate_hz: int) -> Render:
    """Rendered, and once more where what came out is not what was foretold: as a rehearsal in the product mends it."""
    first = rendered(sound, planned(profile, preset), rate_hz)
    came_out = measured(first.sound, rate_hz).integrated_lufs
    if came_out is None or first.plan.expected_lufs is None:
        return first
    trim_lu = came_out - first.plan.expected_lufs
    if abs(trim_lu) <= WORTH_MENDING_LU or not first.plan.limited:
        return first
    return rendered(sound, planned(profile, preset, trim_lu=trim_lu), rate_hz)


def rendered(sound: Block, chosen: MasteringPlan, rate_hz: int) -> Render:
    chain = build_chain(chosen, rate_hz)
    blocks: list[Block] = []
    reductions: list[float] = []

    def keep(block: Block) -> None:
        blocks.append(block)
        reductions.extend(-reading.gain_db for reading in chain.take_telemetry())

    for start in range(0, len(sound), QUANTUM_FRAMES):
        keep(chain.process(to_stereo(sound[start : start + QUANTUM_FRAMES])))
    keep(chain.flush())
    return Render(sound=np.concatenate(blocks), plan=chosen, reductions_db=reductions)


def limiter_alone(chosen: MasteringPlan, *, gain_db: float | None = None) -> MasteringPlan:
    """The same plan without tone, dynamics and width: one gain and the ceiling."""
    gain = chosen.gain_db if gain_db is None else gain_db
    return msgspec.structs.replace(chosen, eq_mid=(), eq_side=(), bands=(), width=1.0, gain_db=gain, limited=True)


def not_widened(chosen: MasteringPlan) -> MasteringPlan:
    """The same plan with the stereo image left alone: mid and side get the curve of the mid."""
    return msgspec.structs.replace(chosen, eq_side=chosen.eq_mid, width=1.0)
