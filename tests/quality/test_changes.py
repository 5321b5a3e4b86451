"""Row 12: what a change of preset sounds like at its seam.  How soon it is heard is tested on the real process."""

import itertools

import numpy as np
import pytest

from auralisd.dsp.block import Block
from auralisd.dsp.crossfade import crossfade
from auralisd.model.preset import PRESETS
from tests.quality import bars
from tests.quality.renders import measured, planned, rendered
from tests.quality.rulers.truepeak import true_peak_dbtp
from tests.quality.rulers.waveform import high_transient_db
from tests.sounds import music

RATE_HZ = 44_100
FADES_S = (0.030, 0.050)
AT_FRAMES = (88_213,)


@pytest.fixture(scope="module")
def renders() -> dict[str, Block]:
    sound = music(4.0, peak_db=2.0)
    profile = measured(sound, RATE_HZ)
    made = {name: rendered(sound, planned(profile, name), RATE_HZ).sound for name in PRESETS}
    return made | {"original": sound * np.float32(0.5)}


def changed(old: Block, new: Block, at: int, fade_s: float) -> Block:
    frames = round(fade_s * RATE_HZ)
    seam = crossfade(old[at : at + frames], new[at : at + frames])
    return np.concatenate((old[:at], seam, new[at + frames :]))


@pytest.mark.parametrize("fade_s", FADES_S)
def test_a_change_makes_no_click_and_no_over(renders: dict[str, Block], fade_s: float) -> None:
    missed = {}
    for (one, old), (other, new) in itertools.permutations(renders.items(), 2):
        for at in AT_FRAMES:
            heard = changed(old, new, at, fade_s)
            near = slice(at - 5_000, at + round(fade_s * RATE_HZ) + 5_000)
            click_db = high_transient_db(heard[near], old[near], new[near], RATE_HZ)
            over_db = true_peak_dbtp(heard[near]) - max(-1.0 + bars.TRUE_PEAK_OVER_DB, true_peak_dbtp(old[near]))
            if click_db > bars.HIGH_TRANSIENT_DB or over_db > 0.0:
                missed[one, other, at] = (click_db, over_db)

    assert missed == {}
