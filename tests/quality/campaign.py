"""The large set: every piece of the corpus, looked at once in each of two processes at a time.

    python -m tests.quality.campaign [--seconds S] [--tracks N]

prints one table row for each preset and then every figure that misses its bar.  With --seconds it looks at so much from
the middle of each piece.
"""

import argparse
import os
import statistics
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from auralisd.dsp.block import Block
from auralisd.model.preset import PRESETS
from tests.quality import bars, verdicts
from tests.quality.ebur128 import Reading, reading
from tests.quality.figures import Extra, Figures, Piece
from tests.quality.pieces import decoded

LONGEST_S: Final = 245.0
"""Longer pieces are left out: they say no more and take as long as three others."""

_PROCESSES: Final = 2
_GROWTH_S: Final = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """All that is told of one piece."""

    figures: tuple[Figures, ...]
    extra: Extra
    peer: Reading
    lufs: float | None
    dbtp: float
    growing: tuple[tuple[str, tuple[float, ...]], ...]


def corpus() -> list[Path]:
    """The pieces of `make corpus`; none where it was not fetched."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return sorted((cache / "auralis" / "corpus").rglob("*.ogg"))


def middle_of(sound: Block, frames: int) -> Block:
    start = max(0, len(sound) - frames) // 2
    return sound[start : start + frames]


def look_at_file(file: Path, seconds: float | None = None) -> Look | None:
    """None for a file that is longer than LONGEST_S, when all of it is asked for, or silent."""
    sound, rate_hz = decoded(file)
    if seconds is not None:
        sound = middle_of(sound, round(seconds * rate_hz))
    return None if len(sound) > LONGEST_S * rate_hz else look(Piece(file.stem, sound, rate_hz))


def look(piece: Piece) -> Look | None:
    """None for silence."""
    if piece.profile.integrated_lufs is None:
        return None
    sound, rate_hz = piece.sound, piece.rate_hz
    short = Piece(piece.name, middle_of(sound, round(_GROWTH_S * rate_hz)), rate_hz)
    return Look(
        figures=tuple(piece.all_figures()),
        extra=piece.extra(),
        peer=reading(sound, rate_hz),
        lufs=piece.profile.integrated_lufs,
        dbtp=piece.before.true_peak_dbtp if piece.profile.true_peak_dbtp is None else piece.profile.true_peak_dbtp,
        growing=tuple((preset, tuple(short.distances_db(preset))) for preset in PRESETS),
    )


def looks(files: Sequence[Path], seconds: float | None = None) -> Iterator[Look]:
    """In the order of `files`, two at a time, each on one thread."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read by numpy where the new processes import it
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn")) as pool:
        for found in pool.map(look_at_file, files, [seconds] * len(files)):
            if found is not None:
                yield found


def meter_missed(found: Sequence[Look]) -> list[str]:
    """Row 13, on the floats that both meters were given."""
    missed = []
    under, over = bars.METER_PEAK_DB
    for each in found:
        name = each.extra.piece
        off_lu = (each.lufs if each.lufs is not None else -200.0) - each.peer.integrated_lufs
        if abs(off_lu) > bars.METER_LU:
            missed.append(f"{name}: {off_lu:+.3f} LU from libebur128")
        off_db = each.dbtp - (each.peer.true_peak_dbtp or 0.0)
        if not under <= off_db <= over:
            missed.append(f"{name}: true peak {off_db:+.2f} dB from libebur128")
    return missed


def growth_missed(found: Sequence[Look]) -> list[str]:
    return [
        line
        for each in found
        for preset, distances in each.growing
        for line in verdicts.not_growing(each.extra.piece, preset, distances)
    ]


def table(found: Sequence[Look]) -> list[str]:
    """One row for each preset: the worst figure of all pieces, and means where they are asked for."""
    figures = [each for one in found for each in one.figures]
    pairs = list(verdicts.differences(figures))
    lines = [
        "| preset | pieces | capped | loudness off, LU | over, dB | reduction, dB | riding, dB | range, LU"
        " | least PLR, dB | distance, dB | falls | rises on | tone, dB | nearest preset, dB |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for preset in PRESETS:
        mine = [each for each in verdicts.sounding(figures) if each.preset == preset]
        free = [abs(each.loudness_error_lu) for each in mine if not each.plan.limits]
        nearest = [difference for one, other, difference in pairs if preset in (one.preset, other.preset)]
        cells = (
            preset,
            f"{len(mine)}",
            f"{len(mine) - len(free)}",
            f"{max(free, default=0.0):.2f}",
            f"{max(each.over_db for each in mine):+.3f}",
            f"{max(each.deepest_db for each in mine):.1f}",
            f"{max(each.riding_db for each in mine):.2f}",
            f"{max(mine, key=_by_range).range_change_lu:+.2f}",
            f"{min(each.plr_out_db for each in mine):.1f}",
            f"{_mean([each.distance_in_db for each in mine])} → {_mean([each.distance_out_db for each in mine])}",
            f"{verdicts.mean_fall(mine):.0%}",
            f"{sum(each.distance_out_db > each.distance_in_db + bars.DISTANCE_MAY_RISE_DB for each in mine)}",
            f"{max(each.most_eq_db for each in mine):.1f}",
            f"{min(nearest):.2f}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def all_missed(found: Sequence[Look]) -> list[tuple[str, list[str]]]:
    """Row by row, what misses its bar."""
    figures = [each for one in found for each in one.figures]
    extras = [one.extra for one in found]
    return [
        ("1 loudness", verdicts.loudness_missed(figures)),
        ("2 true peak", verdicts.peaks_missed(figures)),
        ("7 riding", verdicts.riding_missed(figures, extras)),
        ("8 crushing", verdicts.crushing_missed(figures, extras)),
        ("9 tone", verdicts.tone_missed(figures)),
        ("10 second pass", verdicts.again_missed(extras)),
        ("11 mono", verdicts.mono_missed(figures)),
        ("13 meter", meter_missed(found)),
        ("17 presets", verdicts.presets_missed(figures)),
        ("17 intensity", growth_missed(found)),
        ("near its target", verdicts.near_target_missed(figures)),
    ]


def missed_table(found: Sequence[Look]) -> list[str]:
    """What misses its bar, row by row; a line that says so where nothing does."""
    lines = [f"* **{row}** {line}" for row, missed in all_missed(found) for line in missed]
    return ["What misses its bar:", "", *lines] if lines else ["No figure misses its bar."]


def _by_range(each: Figures) -> float:
    return abs(each.range_change_lu)


def _mean(values: Sequence[float]) -> str:
    return f"{statistics.mean(values):.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--tracks", type=int)
    asked = parser.parse_args()
    found = list(looks(corpus()[: asked.tracks], asked.seconds))
    print(*table(found), sep="\n")
    for row, missed in all_missed(found):
        print(f"\n{row}: {len(missed)} missed", *missed, sep="\n  ")


if __name__ == "__main__":
    main()
