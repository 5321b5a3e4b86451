"""From a plan to the chain that carries it out."""

from auralisd.dsp.block import amplitude
from auralisd.dsp.chain import Chain, Stage
from auralisd.dsp.equaliser import Equaliser
from auralisd.dsp.gain import Gain
from auralisd.dsp.limiter import Limiter
from auralisd.model.plan import MasteringPlan


def build_chain(plan: MasteringPlan, rate_hz: int, *, start_frame: int = 0) -> Chain:
    """A new chain for a track of this rate, to be fed from `start_frame` (see `preroll_start`) on.

    A transparent plan gives a chain without stages, which passes the samples bit for bit.
    """
    if plan.transparent:
        return Chain((), rate_hz, start_frame=start_frame)
    stages: list[Stage] = []
    if plan.gain_db:
        stages.append(Gain(amplitude(plan.gain_db)))
    if plan.eq_mid or plan.eq_side:
        stages.append(Equaliser(plan.eq_mid, plan.eq_side, rate_hz=rate_hz))
    stages.append(Limiter(rate_hz, plan.ceiling_dbtp))
    return Chain(stages, rate_hz, start_frame=start_frame)
