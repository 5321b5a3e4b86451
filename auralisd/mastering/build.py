"""From a plan to the chain that carries it out."""

import msgspec

from auralisd.dsp.block import amplitude
from auralisd.dsp.chain import Chain, Stage
from auralisd.dsp.equaliser import Equaliser
from auralisd.dsp.gain import Gain
from auralisd.dsp.limiter import Limiter
from auralisd.mastering.shape import with_width
from auralisd.model.plan import BandDynamics, MasteringPlan
from auralisd.model.profile import Curve

_FLAT: Curve = tuple((hz, 0.0) for hz in (25.0, 31.5, 40.0, 50.0, 63.0, 80.0, 100.0, 125.0, 160.0, 200.0, 250.0, 315.0,
                                           400.0, 500.0, 630.0, 800.0, 1000.0, 20000.0))  # fmt: skip


def build_chain(plan: MasteringPlan, rate_hz: int, *, start_frame: int = 0) -> Chain:
    """A new chain for a track of this rate, to be fed from `start_frame` (see `preroll_start`) on.

    A transparent plan gives a chain without stages, which passes the samples bit for bit.
    """
    if plan.transparent:
        return Chain((), rate_hz, start_frame=start_frame)
    stages: list[Stage] = []
    gain = amplitude(plan.gain_db)
    if plan.eq_mid or plan.eq_side or plan.bands or plan.width != 1.0:
        side = with_width(plan.eq_side, _FLAT, plan.width)
        stages.append(Equaliser(plan.eq_mid, side, rate_hz=rate_hz, gain=gain, bands=_behind(plan)))
    elif plan.gain_db:
        stages.append(Gain(gain))
    if plan.limited:
        stages.append(Limiter(rate_hz, plan.ceiling_dbtp))
    return Chain(stages, rate_hz, start_frame=start_frame)


def _behind(plan: MasteringPlan) -> tuple[BandDynamics, ...]:
    """The dynamics with thresholds as they are behind the gain."""
    return tuple(msgspec.structs.replace(band, threshold_db=band.threshold_db + plan.gain_db) for band in plan.bands)
