"""All figures of one piece of music: measured once, rendered once for each preset, each render looked at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from auralisd.dsp.block import Block
from auralisd.model.plan import MasteringPlan
from auralisd.model.preset import PRESETS
from auralisd.model.profile import Curve, SoundProfile
from auralisd.model.taste import DEFAULT_INTENSITY
from tests.quality.aims import aim_for
from tests.quality.bars import INTENSITIES, LOSS_TARGET_LUFS
from tests.quality.renders import Render, limiter_alone, measured, not_widened, planned, rehearsed, rendered
from tests.quality.rulers import loudness as level
from tests.quality.rulers import stereo, waveform
from tests.quality.rulers.spectrum import Levels, aim_distance_db, difference_db, third_octaves
from tests.quality.rulers.truepeak import true_peak_dbtp

UNWIDENED: Final = 1.0


class Heard(NamedTuple):
    """What the rulers say of one sound."""

    loudness: level.Loudness
    true_peak_dbtp: float
    levels: Levels
    side_in_bass_db: float
    fold_down_lufs: float | None
    correlation: stereo.Correlation

    @property
    def lufs(self) -> float:
        return -200.0 if self.loudness.integrated_lufs is None else self.loudness.integrated_lufs

    @property
    def plr_db(self) -> float:
        return level.peak_to_loudness_db(self.true_peak_dbtp, self.lufs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One piece under one preset at full intensity.  Names say the units; *in* is the source, *out* the render."""

    piece: str
    preset: str
    plan: MasteringPlan
    lufs_in: float
    lufs_out: float
    dbtp_in: float
    dbtp_out: float
    sample_peak_db: float
    deepest_db: float
    p99_db: float
    riding_db: float
    range_in_lu: float
    range_out_lu: float
    plr_in_db: float
    plr_out_db: float
    distance_in_db: float
    distance_out_db: float
    levels_out: Levels
    side_in_bass_in_db: float
    side_in_bass_out_db: float
    lowest_correlation: float
    fold_down_moved_lu: float
    same_length: bool

    @property
    def loudness_error_lu(self) -> float:
        """Distance from the target, or from what a plan with a binding cap foretells."""
        aim = self.plan.expected_lufs if self.plan.limits else self.plan.target_lufs
        return self.lufs_out - (aim if aim is not None else self.lufs_out)

    @property
    def over_db(self) -> float:
        return self.dbtp_out - self.plan.ceiling_dbtp

    @property
    def range_change_lu(self) -> float:
        return self.range_out_lu - self.range_in_lu

    @property
    def most_eq_db(self) -> float:
        return most_db(self.plan.eq_mid, self.plan.eq_side)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """What is looked at under adaptive alone: limiter alone, the careful target, and the second pass."""

    piece: str
    riding_limiter_db: float
    range_change_limiter_lu: float
    plr_loss_at_16_db: float
    range_change_default_lu: float
    """At the intensity that holds until the listener chooses another."""
    again_lufs_lu: float
    again_reduction_db: float
    again_null_db: float
    again_eq_db: float
    capped: bool
    """A cap kept the first pass from its target, so that the second still sees it far away."""


def most_db(*curves: Curve) -> float:
    return max((abs(decibel) for curve in curves for _, decibel in curve), default=0.0)


def heard(sound: Block, rate_hz: int) -> Heard:
    return Heard(
        level.loudness(sound, rate_hz),
        true_peak_dbtp(sound),
        third_octaves(sound, rate_hz),
        stereo.side_in_bass_db(sound, rate_hz),
        stereo.fold_down_lufs(sound, rate_hz),
        stereo.correlation(sound, rate_hz),
    )


class Piece:
    """One piece of music and what is known of it so far."""

    def __init__(self, name: str, sound: Block, rate_hz: int) -> None:
        self.name = name
        self.sound = sound
        self.rate_hz = rate_hz
        self.profile: SoundProfile = measured(sound, rate_hz)
        self.before = heard(sound, rate_hz)

    def figures(self, preset: str) -> Figures:
        return self._figures(rehearsed(self.sound, self.profile, preset, self.rate_hz))

    def all_figures(self) -> Iterator[Figures]:
        for preset in PRESETS:
            yield self.figures(preset)

    def extra(self) -> Extra:
        adaptive = planned(self.profile)
        first = rendered(self.sound, adaptive, self.rate_hz)
        first_lufs = level.loudness(first.sound, self.rate_hz)
        again_plan = planned(measured(first.sound, self.rate_hz))
        again = rendered(first.sound, again_plan, self.rate_hz)
        limited = rendered(self.sound, limiter_alone(adaptive), self.rate_hz)
        limited_loudness = level.loudness(limited.sound, self.rate_hz)
        careful = rendered(self.sound, planned(self.profile, target_lufs=LOSS_TARGET_LUFS), self.rate_hz)
        careful_lufs = level.loudness(careful.sound, self.rate_hz).integrated_lufs
        usual = rendered(self.sound, planned(self.profile, intensity=DEFAULT_INTENSITY), self.rate_hz)
        usual_loudness = level.loudness(usual.sound, self.rate_hz)
        return Extra(
            piece=self.name,
            riding_limiter_db=level.gain_riding_db(self.before.loudness, limited_loudness),
            range_change_limiter_lu=level.range_change_lu(self.before.loudness, limited_loudness),
            plr_loss_at_16_db=self.before.plr_db
            - level.peak_to_loudness_db(true_peak_dbtp(careful.sound), _lufs(careful_lufs)),
            range_change_default_lu=level.range_change_lu(self.before.loudness, usual_loudness),
            again_lufs_lu=_lufs(level.loudness(again.sound, self.rate_hz).integrated_lufs)
            - _lufs(first_lufs.integrated_lufs),
            again_reduction_db=again.deepest_db,
            again_null_db=waveform.null_db(again.sound, first.sound),
            again_eq_db=most_db(again_plan.eq_mid, again_plan.eq_side),
            capped=bool(adaptive.limits),
        )

    def distances_db(self, preset: str) -> list[float]:
        """How far each of INTENSITIES takes the tone from the source, by 1/3 octaves at equal loudness."""
        distances = []
        for intensity in INTENSITIES:
            chosen = planned(self.profile, preset, intensity=intensity)
            sound = rendered(self.sound, chosen, self.rate_hz).sound
            louder = _lufs(level.loudness(sound, self.rate_hz).integrated_lufs) - self.before.lufs
            distances.append(difference_db(third_octaves(sound, self.rate_hz), self.before.levels, louder_lu=louder))
        return distances

    def _figures(self, render: Render) -> Figures:
        before, after = self.before, heard(render.sound, self.rate_hz)
        aim = aim_for(PRESETS[render.plan.preset])
        return Figures(
            piece=self.name,
            preset=render.plan.preset,
            plan=render.plan,
            lufs_in=before.lufs,
            lufs_out=after.lufs,
            dbtp_in=before.true_peak_dbtp,
            dbtp_out=after.true_peak_dbtp,
            sample_peak_db=20.0 * float(np.log10(max(float(np.abs(render.sound).max(initial=0.0)), 1e-10))),
            deepest_db=render.deepest_db,
            p99_db=render.p99_db,
            riding_db=level.gain_riding_db(before.loudness, after.loudness),
            range_in_lu=before.loudness.range_lu,
            range_out_lu=after.loudness.range_lu,
            plr_in_db=before.plr_db,
            plr_out_db=after.plr_db,
            distance_in_db=aim_distance_db(before.levels, aim),
            distance_out_db=aim_distance_db(after.levels, aim),
            levels_out=after.levels,
            side_in_bass_in_db=before.side_in_bass_db,
            side_in_bass_out_db=after.side_in_bass_db,
            lowest_correlation=stereo.lowest_where_correlated(before.correlation, after.correlation),
            fold_down_moved_lu=self._fold_down_moved_lu(render, after),
            same_length=len(render.sound) == len(self.sound),
        )

    def _fold_down_moved_lu(self, render: Render, after: Heard) -> float:
        """What the stereo image's part of the plan does to the mono fold: nothing, where it acts on the side alone."""
        if render.plan.width == UNWIDENED and render.plan.eq_mid == render.plan.eq_side:
            return 0.0
        plain = rendered(self.sound, not_widened(render.plan), self.rate_hz)
        return _lufs(after.fold_down_lufs) - _lufs(stereo.fold_down_lufs(plain.sound, self.rate_hz))


def _lufs(integrated: float | None) -> float:
    return -200.0 if integrated is None else integrated
