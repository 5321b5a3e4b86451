"""The rows that are judged on music: what misses its bar, each as a line that names piece, preset and figure."""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from auralisd.model.preset import PRESETS
from tests.quality import bars
from tests.quality.figures import Extra, Figures
from tests.quality.rulers.spectrum import difference_db

PLAIN: Final = "adaptive"
"""The preset that adds no taste of its own: what asks for faithfulness is asked of it."""

_SILENCE_LUFS: Final = -70.0


def sounding(figures: Iterable[Figures]) -> list[Figures]:
    return [each for each in figures if each.lufs_in > _SILENCE_LUFS]


def loudness_missed(figures: Iterable[Figures]) -> list[str]:
    """Row 1: within 0.2 LU of the target, unless the plan names the cap that binds."""
    return [
        _line(each, f"{each.loudness_error_lu:+.2f} LU from its target")
        for each in sounding(figures)
        if not each.plan.limits and abs(each.loudness_error_lu) > bars.LOUDNESS_ERROR_LU
    ]


def peaks_missed(figures: Iterable[Figures]) -> list[str]:
    """Row 2: true peak over the ceiling, and no sample over it at all."""
    missed = []
    for each in sounding(figures):
        driven = each.deepest_db > bars.DRIVEN_DB
        allowed = bars.TRUE_PEAK_OVER_DRIVEN_DB if driven else bars.TRUE_PEAK_OVER_DB
        if each.over_db > allowed or each.sample_peak_db > each.plan.ceiling_dbtp:
            told = (
                f"{each.over_db:+.3f} dB over, sample peak {each.sample_peak_db:.3f}, reduction {each.deepest_db:.1f}"
            )
            missed.append(_line(each, told))
    return missed


def riding_missed(figures: Iterable[Figures], extras: Iterable[Extra]) -> list[str]:
    """Row 7."""
    return [
        *(
            _line(each, f"rides by {each.riding_db:.2f} dB")
            for each in sounding(figures)
            if each.riding_db > bars.RIDING_CHAIN_DB
        ),
        *(
            f"{each.piece}: the limiter alone rides by {each.riding_limiter_db:.2f} dB"
            for each in extras
            if each.riding_limiter_db > bars.RIDING_LIMITER_DB
        ),
    ]


def crushing_missed(figures: Iterable[Figures], extras: Iterable[Extra]) -> list[str]:
    """Row 8: range at full and at usual intensity, peak to loudness, and what the careful target costs of it."""
    missed = []
    for each in sounding(figures):
        if abs(each.range_change_lu) > bars.RANGE_CHANGE_FULL_LU:
            missed.append(_line(each, f"range {each.range_change_lu:+.2f} LU"))
        least = min(each.plr_in_db, bars.PEAK_TO_LOUDNESS_DB, _plr_at_target_db(each))
        if each.plr_out_db < least - bars.PEAK_TO_LOUDNESS_SLACK_DB:
            missed.append(_line(each, f"peak to loudness {each.plr_in_db:.2f} → {each.plr_out_db:.2f} dB"))
    missed += [
        f"{each.piece}: range {each.range_change_default_lu:+.2f} LU at the usual intensity"
        for each in extras
        if abs(each.range_change_default_lu) > bars.RANGE_CHANGE_LU
    ]
    return missed + [
        f"{each.piece}: loses {each.plr_loss_at_16_db:.2f} dB of peak to loudness at −16 LUFS"
        for each in extras
        if each.plr_loss_at_16_db > bars.PEAK_TO_LOUDNESS_LOSS_DB
    ]


def tone_missed(figures: Iterable[Figures]) -> list[str]:
    """Row 9, for each preset against its own aim."""
    missed = []
    for preset in PRESETS:
        of_preset = [each for each in sounding(figures) if each.preset == preset]
        if of_preset and mean_fall(of_preset) < bars.DISTANCE_FALLS:
            missed.append(f"{preset}: the distance from the aim falls by {mean_fall(of_preset):.1%} in the mean")
        for each in of_preset:
            if each.distance_out_db > each.distance_in_db + bars.DISTANCE_MAY_RISE_DB:
                missed.append(_line(each, f"distance {each.distance_in_db:.2f} → {each.distance_out_db:.2f} dB"))
            if each.most_eq_db > bars.MOST_EQ_DB:
                missed.append(_line(each, f"moves a band by {each.most_eq_db:.2f} dB"))
    return missed


def mean_fall(figures: Sequence[Figures]) -> float:
    """By which part the mean distance from the aim falls."""
    before = sum(each.distance_in_db for each in figures)
    return 1.0 - sum(each.distance_out_db for each in figures) / before


def again_missed(extras: Iterable[Extra]) -> list[str]:
    """Row 10: what a second pass still does.  Where a cap bound, the track is still far from its target and goes on."""
    missed = []
    for each in (one for one in extras if not one.capped):
        checks = (
            (abs(each.again_lufs_lu) > bars.AGAIN_LOUDNESS_LU, f"{each.again_lufs_lu:+.2f} LU"),
            (each.again_reduction_db > bars.AGAIN_REDUCTION_DB, f"reduction {each.again_reduction_db:.2f} dB"),
            (each.again_null_db > bars.AGAIN_NULL_DB, f"null {each.again_null_db:.0f} dBFS"),
            (each.again_eq_db > bars.AGAIN_EQ_DB, f"tone {each.again_eq_db:.2f} dB"),
        )
        missed += [f"{each.piece}: the second pass changes it: {told}" for misses, told in checks if misses]
    return missed


def mono_missed(figures: Iterable[Figures]) -> list[str]:
    """Row 11.  The side in the bass is the business of a plan that widens; others leave the image as it is."""
    missed = []
    for each in sounding(figures):
        allowed_db = bars.SIDE_IN_BASS_DB if each.plan.width > 1.0 else math.inf
        checks = (
            (abs(each.fold_down_moved_lu) > bars.FOLD_DOWN_LU, f"fold-down {each.fold_down_moved_lu:+.2f} LU"),
            (
                each.side_in_bass_out_db > allowed_db,
                f"side in the bass {each.side_in_bass_in_db:.1f} → {each.side_in_bass_out_db:.1f} dB",
            ),
            (each.lowest_correlation < bars.LOWEST_CORRELATION, f"correlation {each.lowest_correlation:.2f}"),
        )
        missed += [_line(each, told) for misses, told in checks if misses]
    return missed


def presets_missed(figures: Iterable[Figures]) -> list[str]:
    """Row 17: any two presets differ on every piece."""
    return [
        f"{one.piece}: {one.preset} and {other.preset} differ by {difference:.2f} dB"
        for one, other, difference in differences(figures)
        if difference < bars.PRESETS_DIFFER_DB
    ]


def differences(figures: Iterable[Figures]) -> Iterator[tuple[Figures, Figures, float]]:
    """All pairs of presets on each piece, and by how much they differ at equal loudness."""
    for _, of_piece in itertools.groupby(sorted(sounding(figures), key=_piece), key=_piece):
        for one, other in itertools.combinations(of_piece, 2):
            louder = one.lufs_out - other.lufs_out
            yield one, other, difference_db(one.levels_out, other.levels_out, louder_lu=louder)


def not_growing(piece: str, preset: str, distances_db: Sequence[float]) -> list[str]:
    """Row 17: each step of intensity takes the sound further; what adds no taste may have nothing to do at all."""
    steps = [after - before for before, after in itertools.pairwise([0.0, *distances_db])]
    if all(step > 0.0 for step in steps) or (preset == PLAIN and not any(distances_db)):
        return []
    return [f"{piece}, {preset}: intensities reach {', '.join(f'{each:.2f}' for each in distances_db)} dB"]


def near_target_missed(figures: Iterable[Figures]) -> list[str]:
    """Music already within 1 LU of its target is left nearly alone by the preset that adds no taste."""
    missed = []
    for each in sounding(figures):
        if each.preset == PLAIN and _is_near(each):
            if each.most_eq_db > bars.NEAR_TARGET_EQ_DB:
                missed.append(_line(each, f"is at its target and gets {each.most_eq_db:.2f} dB of tone"))
            if each.p99_db > bars.NEAR_TARGET_REDUCTION_P99_DB:
                missed.append(_line(each, f"is at its target and is limited by {each.p99_db:.2f} dB (p99)"))
    return missed


def _is_near(each: Figures) -> bool:
    return abs(each.lufs_in - PRESETS[each.preset].target_lufs) <= bars.NEAR_TARGET_LU


def _plr_at_target_db(each: Figures) -> float:
    """What a preset that aims higher than 12 dB below its ceiling leaves at the most, by its target alone."""
    return each.plan.ceiling_dbtp - PRESETS[each.preset].target_lufs - bars.LOUDNESS_ERROR_LU


def _piece(each: Figures) -> str:
    return each.piece


def _line(each: Figures, told: str) -> str:
    return f"{each.piece}, {each.preset}: {told}"
