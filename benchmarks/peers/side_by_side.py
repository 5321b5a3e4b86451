"""Our chain and its peers on the same stretches of music: to one loudness below one ceiling, then the same rulers."""

import itertools
import statistics
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import soundfile

from auralisd.dsp.block import Block
from benchmarks.peers import tools
from tests.quality.campaign import middle_of
from tests.quality.pieces import decoded
from tests.quality.renders import limiter_alone, measured, planned, rendered
from tests.quality.rulers.loudness import Loudness, gain_riding_db, loudness, range_change_lu
from tests.quality.rulers.truepeak import true_peak_dbtp

OURS: Final = "auralisd, adaptive"
OURS_LIMITER: Final = "auralisd, gain and limiter alone"
MATCHERING: Final = "matchering"


class Row(NamedTuple):
    """One tool on one piece; the error is re −14 LUFS, for matchering re its reference."""

    tool: str
    piece: str
    error_lu: float
    over_db: float
    riding_db: float
    range_lu: float
    capped: bool


class Stretch(NamedTuple):
    name: str
    file: Path
    sound: Block
    rate_hz: int
    before: Loudness


def compared(files: Sequence[Path], folder: Path, *, seconds: float) -> list[Row]:
    """Every tool that is there on every piece."""
    stretches = [_stretch(file, folder, seconds) for file in files]
    stretches = [each for each in stretches if each.before.integrated_lufs is not None]
    loudest = max(stretches, key=_lufs)
    return [row for each in stretches for row in _rows(each, loudest, folder)]


def peers_table(rows: Sequence[Row]) -> list[str]:
    lines = [
        "| tool | pieces | loudness off: worst, LU | over the ceiling, dB | riding: mean, worst, dB | range, LU |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for tool in dict.fromkeys(row.tool for row in rows):
        mine = [row for row in rows if row.tool == tool]
        free = [abs(row.error_lu) for row in mine if not row.capped]
        cells = (
            tool,
            str(len(mine)),
            f"{max(free, default=float('nan')):.2f}"
            + (f" ({len(mine) - len(free)} capped)" if any_capped(mine) else ""),
            f"{max(row.over_db for row in mine):+.2f}",
            f"{statistics.mean(row.riding_db for row in mine):.2f}, {max(row.riding_db for row in mine):.2f}",
            f"{max((row.range_lu for row in mine), key=abs):+.1f}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, *(f"\n{name} is absent: scripts/peers brings it." for name in absent())]


def any_capped(rows: Sequence[Row]) -> bool:
    return any(row.capped for row in rows)


def absent() -> list[str]:
    there = {
        "ffmpeg": tools.has_ffmpeg(),
        "loudgain": tools.has_loudgain(),
        "matchering": tools.has_package("matchering"),
    }
    return [name for name, is_there in there.items() if not is_there]


def _stretch(file: Path, folder: Path, seconds: float) -> Stretch:
    sound, rate_hz = decoded(file)
    sound = middle_of(sound, round(seconds * rate_hz))
    written = folder / f"{file.stem}.wav"
    soundfile.write(written, sound, rate_hz, subtype="FLOAT")
    return Stretch(file.stem, written, sound, rate_hz, loudness(sound, rate_hz))


def _rows(each: Stretch, loudest: Stretch, folder: Path) -> Iterator[Row]:
    chosen = planned(measured(each.sound, each.rate_hz), target_lufs=tools.TARGET_LUFS)
    plain = limiter_alone(chosen, gain_db=tools.TARGET_LUFS - _lufs(each))
    yield _judged(OURS, each, rendered(each.sound, chosen, each.rate_hz).sound, capped=bool(chosen.limits))
    yield _judged(OURS_LIMITER, each, rendered(each.sound, plain, each.rate_hz).sound)
    output = folder / "out.wav"
    for name, run in _peers(each):
        run(output)
        yield _judged(name, each, _read(output))
    if tools.has_package(MATCHERING) and each is not loudest:  # it refuses a file as its own reference
        tools.matchering(each.file, loudest.file, output)
        yield _judged(MATCHERING, each, _read(output), target_lufs=_lufs(loudest))


def _peers(each: Stretch) -> Iterator[tuple[str, Callable[[Path], float]]]:
    if not tools.has_ffmpeg():
        return
    gain_db = tools.TARGET_LUFS - _lufs(each)
    yield "ffmpeg loudnorm, one pass", lambda out: tools.loudnorm_once(each.file, out, each.rate_hz)
    yield "ffmpeg loudnorm, two passes", lambda out: tools.loudnorm_twice(each.file, out, each.rate_hz)
    yield "ffmpeg alimiter", lambda out: tools.alimiter(each.file, out, each.rate_hz, gain_db=gain_db)
    yield "ffmpeg dynaudnorm", lambda out: tools.dynaudnorm(each.file, out, each.rate_hz)


def _judged(
    tool: str, each: Stretch, sound: Block, *, target_lufs: float = tools.TARGET_LUFS, capped: bool = False
) -> Row:
    after = loudness(sound, each.rate_hz)
    return Row(
        tool,
        each.name,
        (after.integrated_lufs if after.integrated_lufs is not None else -200.0) - target_lufs,
        true_peak_dbtp(sound) - tools.CEILING_DBTP,
        gain_riding_db(each.before, after),
        range_change_lu(each.before, after),
        capped,
    )


def _read(file: Path) -> Block:
    sound: Block = soundfile.read(file, dtype="float32", always_2d=True)[0]
    return sound


def _lufs(each: Stretch) -> float:
    return each.before.integrated_lufs if each.before.integrated_lufs is not None else -200.0


def best(rows: Sequence[Row], value: Callable[[Row], float]) -> tuple[float, str]:
    """The smallest worst figure of any peer, and whose it is."""
    by_tool = itertools.groupby(sorted((row for row in rows if "auralisd" not in row.tool), key=_tool), key=_tool)
    worst = [(max(value(row) for row in of_tool), tool) for tool, of_tool in by_tool]
    return min(worst, default=(float("nan"), "no peer"))


def _tool(row: Row) -> str:
    return row.tool
