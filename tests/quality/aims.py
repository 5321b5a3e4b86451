"""What a preset's tone is held against: the curve that the planner itself aims at."""

import numpy as np

from auralisd.mastering import tone
from auralisd.model.preset import Preset
from tests.quality.rulers.spectrum import CENTRES_HZ, Levels


def aim_for(preset: Preset) -> Levels:
    """1/3-octave levels in dB, of no level in particular."""
    return tone.aim_levels(np.array(CENTRES_HZ), preset)
