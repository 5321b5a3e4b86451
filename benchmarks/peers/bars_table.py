"""The table of bars: what must be, what is aimed at, what we reach and what the best peer reaches in the same run."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from auralisd.dsp.chain import Chain
from auralisd.dsp.limiter import Limiter
from benchmarks.peers.side_by_side import Row, best
from tests.quality import bars, verdicts
from tests.quality.campaign import Look
from tests.quality.figures import Figures
from tests.quality.rulers.waveform import smpte_imd_db, thd_n_db
from tests.sounds import sine, through

_RATE_HZ = 48_000
_CEILING_DBTP = -1.0


class Line(NamedTuple):
    """One bar, each column as it is printed."""

    bar: str
    must: str
    aim: str
    ours: str
    peer: str = ""


def bars_table(found: Sequence[Look], rows: Sequence[Row]) -> list[str]:
    lines = [*_of_music(found, rows), *_of_the_limiter(), *_of_the_meter(found)]
    cells = [f"| {' | '.join(line)} |" for line in lines]
    return ["| bar | must | aim | ours | best peer |", "|---|--:|--:|--:|--:|", *cells]


def _of_music(found: Sequence[Look], rows: Sequence[Row]) -> Iterator[Line]:
    figures = verdicts.sounding(each for one in found for each in one.figures)
    plain = [each for each in figures if each.preset == verdicts.PLAIN]
    extras = [one.extra for one in found]
    free = [abs(each.loudness_error_lu) for each in figures if not each.plan.limits]
    capped = len(figures) - len(free)
    yield Line(
        "1 loudness off its target, all presets",
        f"≤ {bars.LOUDNESS_ERROR_LU} LU",
        "0.05",
        f"{max(free, default=0.0):.2f} ({capped} of {len(figures)} capped)",
        _peer(rows, _error),
    )
    for name, allowed, wanted in (
        ("at most 6 dB of reduction", bars.TRUE_PEAK_OVER_DB, False),
        ("beyond", bars.TRUE_PEAK_OVER_DRIVEN_DB, True),
    ):
        overs = [each.over_db for each in figures if (each.deepest_db > bars.DRIVEN_DB) == wanted]
        ours = f"{max(overs):+.3f}" if overs else "not driven so far"
        yield Line(f"2 true peak over the ceiling, {name}", f"≤ +{allowed} dB", "0", ours, _peer(rows, _over))
    riding = max(each.riding_db for each in figures)
    alone = max(each.riding_limiter_db for each in extras)
    yield Line("7 gain riding, whole chain", f"≤ {bars.RIDING_CHAIN_DB} dB", "", f"{riding:.2f}", _peer(rows, _riding))
    yield Line(
        "7 gain riding, limiter alone", f"≤ {bars.RIDING_LIMITER_DB} dB", "", f"{alone:.2f}", _peer(rows, _riding)
    )
    yield Line(
        "8 loudness range, adaptive",
        f"≤ {bars.RANGE_CHANGE_LU} LU",
        "",
        f"{max((each.range_change_lu for each in plain), key=abs):+.2f}",
        _peer(rows, _range),
    )
    loss = max(each.plr_loss_at_16_db for each in extras)
    yield Line("8 peak to loudness lost at −16 LUFS", f"≤ {bars.PEAK_TO_LOUDNESS_LOSS_DB} dB", "", f"{loss:.2f}")
    yield from _of_tone(figures)
    yield from _of_the_second_pass(found)
    yield Line(
        "11 fold-down moved by the width",
        f"≤ {bars.FOLD_DOWN_LU} LU",
        "",
        f"{max(abs(each.fold_down_moved_lu) for each in figures):.3f}",
    )
    lowest = min(each.lowest_correlation for each in figures)
    yield Line("11 lowest correlation where it was ≥ 0.2", "≥ 0", "", f"{lowest:.2f}")


def _of_tone(figures: Sequence[Figures]) -> Iterator[Line]:
    falls = {preset: verdicts.mean_fall(_of(figures, preset)) for preset in dict.fromkeys(_preset(f) for f in figures)}
    least = min(falls, key=lambda preset: falls[preset])
    rises = sum(each.distance_out_db > each.distance_in_db + bars.DISTANCE_MAY_RISE_DB for each in figures)
    yield Line("9 distance from the aim falls", f"≥ {bars.DISTANCE_FALLS:.0%}", "", f"{falls[least]:.0%} ({least})")
    yield Line("9 pieces on which it rises", "0", "", f"{rises} of {len(figures)}")
    yield Line(
        "9 most that a band is moved", f"≤ {bars.MOST_EQ_DB:g} dB", "", f"{max(f.most_eq_db for f in figures):.2f}"
    )
    one, other, least_db = min(verdicts.differences(figures), key=lambda pair: pair[2])
    told = f"{least_db:.2f} ({one.preset}, {other.preset})"
    yield Line("17 least difference of two presets", f"≥ {bars.PRESETS_DIFFER_DB:g} dB", "", told)


def _of_the_second_pass(found: Sequence[Look]) -> Iterator[Line]:
    extras = [one.extra for one in found if not one.extra.capped]
    for what, must, values, worst in (
        ("loudness, LU", bars.AGAIN_LOUDNESS_LU, [abs(each.again_lufs_lu) for each in extras], max),
        ("reduction, dB", bars.AGAIN_REDUCTION_DB, [each.again_reduction_db for each in extras], max),
        ("null, dBFS", bars.AGAIN_NULL_DB, [each.again_null_db for each in extras], max),
        ("tone, dB", bars.AGAIN_EQ_DB, [each.again_eq_db for each in extras], max),
    ):
        kept = sum(value <= must for value in values)
        yield Line(
            f"10 second pass: {what}", f"≤ {must:g}", "", f"{worst(values):.2f} (kept on {kept} of {len(values)})"
        )


def _of_the_limiter() -> Iterator[Line]:
    for hz, must in bars.THD_N_DB.items():
        sound = _driven(sine(hz, 5 * _RATE_HZ, _RATE_HZ))
        yield Line(f"3 THD+N at {hz:g} Hz, 6 dB over", f"≤ {must:g} dB", "", f"{thd_n_db(sound, hz, _RATE_HZ):.0f}")
    low, high = (sine(hz, 5 * _RATE_HZ, _RATE_HZ) for hz in (60.0, 7_000.0))
    tones = _driven((low * 0.8 + high * 0.2).astype(np.float32))
    yield Line("3 SMPTE IMD, 6 dB over", f"≤ {bars.SMPTE_IMD_DB:g} dB", "", f"{smpte_imd_db(tones, _RATE_HZ):.0f}")


def _driven(sound: np.ndarray) -> np.ndarray:
    """The settled middle of a sound of full scale, driven 6 dB over the limiter's ceiling."""
    driven = (sound * 10 ** ((_CEILING_DBTP + 6.0) / 20)).astype(np.float32)
    heard = through(Chain((Limiter(_RATE_HZ, _CEILING_DBTP),), _RATE_HZ), [driven])
    return heard[2 * _RATE_HZ : 4 * _RATE_HZ, 0]


def _of_the_meter(found: Sequence[Look]) -> Iterator[Line]:
    off = [abs((one.lufs if one.lufs is not None else -200.0) - one.peer.integrated_lufs) for one in found]
    peaks = [one.dbtp - (one.peer.true_peak_dbtp or 0.0) for one in found]
    under, over = bars.METER_PEAK_DB
    yield Line("13 loudness beside libebur128", f"≤ {bars.METER_LU} LU", "", f"{max(off):.4f}")
    yield Line("13 true peak beside libebur128", f"{under} … +{over} dB", "", f"{min(peaks):+.2f} … {max(peaks):+.2f}")


def _peer(rows: Sequence[Row], value: Callable[[Row], float]) -> str:
    figure, tool = best(rows, value)
    return f"{figure:.2f} ({tool})"


def _error(row: Row) -> float:
    return abs(row.error_lu)


def _over(row: Row) -> float:
    return row.over_db


def _riding(row: Row) -> float:
    return row.riding_db


def _range(row: Row) -> float:
    return abs(row.range_lu)


def _preset(each: Figures) -> str:
    return each.preset


def _of(figures: Sequence[Figures], preset: str) -> list[Figures]:
    return [each for each in figures if each.preset == preset]
