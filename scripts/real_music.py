"""Real music through every stage: each piece is measured, planned, rendered and measured again.

    .venv/bin/python scripts/real_music.py [FOLDER] >docs/real-music.md

Without FOLDER it is the corpus of `make corpus`.  The page goes to stdout, progress to stderr.  Where ffmpeg is
installed, its own decoder and EBU R 128 meter measure every piece as well.
"""

import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

# Before numpy is first imported: one thread, so that CPU time is that of one core.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import soundfile

from auralisd.analysis.measure import Measuring
from auralisd.decode.decoder import open_track
from auralisd.dsp.block import Block
from auralisd.dsp.channels import to_stereo
from auralisd.errors import TrackUnreadable
from auralisd.mastering.build import build_chain
from auralisd.mastering.planner import plan
from auralisd.model.plan import MasteringPlan
from auralisd.model.profile import SoundProfile
from auralisd.model.taste import Taste
from auralisd.stages.listening import blocks, measured

SUFFIXES: Final = (".aif", ".aiff", ".flac", ".mp3", ".oga", ".ogg", ".opus", ".wav")
AURALISD: Final = Path(sys.executable).with_name("auralisd")
CORPUS: Final = "Debian's `wesnoth-1.16-music` (`make corpus`)"
TASTE: Final = Taste(preset="adaptive", intensity=1.0)

PAGE: Final = """\
# Real music

{source}, through every stage with preset {preset} at intensity {intensity:g}.
Written by `scripts/real_music.py` on {date}; {machine};
{versions}.

{summary}

*LUFS* is integrated loudness (ITU-R BS.1770-5), *dBTP* the true peak, both by our own meter: *in* of the decoded file,
*out* of what leaves the chain. *gain* is the plan's one gain, *expected* the loudness it foretells, *limit* what keeps
it from its target ([what they mean](mastering.md#planning)).

| piece | length | LUFS in | dBTP in | gain dB | expected | LUFS out | dBTP out | limit |
|---|--:|--:|--:|--:|--:|--:|--:|---|
{rows}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One file after all stages: levels (NaN: silence), CPU seconds; `ffmpeg_lufs` is None where there is no ffmpeg."""

    name: str
    seconds: float
    plan: MasteringPlan
    lufs_in: float
    dbtp_in: float
    expected_lufs: float
    lufs_out: float
    dbtp_out: float
    measuring_s: float
    rendering_s: float
    ffmpeg_lufs: float | None

    def row(self) -> str:
        minutes, seconds = divmod(round(self.seconds), 60)
        levels = (self.lufs_in, self.dbtp_in, self.plan.gain_db, self.expected_lufs, self.lufs_out, self.dbtp_out)
        cells = (self.name, f"{minutes}:{seconds:02}", *map(_figure, levels), ", ".join(self.plan.limits))
        return f"| {' | '.join(cells)} |"


def through_every_stage(file: Path) -> Piece:
    """Raises TrackUnreadable."""
    began_s = time.thread_time()
    before = measured(file)
    measuring_s = time.thread_time() - began_s
    chosen = plan(before, TASTE)
    after, rendering_s = rendered(file, chosen)
    return Piece(
        name=file.stem,
        seconds=before.frames / before.rate_hz,
        plan=chosen,
        lufs_in=_level(before.integrated_lufs),
        dbtp_in=_level(before.true_peak_dbtp),
        expected_lufs=_level(chosen.expected_lufs),
        lufs_out=_level(after.integrated_lufs),
        dbtp_out=_level(after.true_peak_dbtp),
        measuring_s=measuring_s,
        rendering_s=rendering_s,
        ffmpeg_lufs=by_ffmpeg(file),
    )


def rendered(file: Path, chosen: MasteringPlan) -> tuple[SoundProfile, float]:
    """What leaves the chain, measured as it leaves; and the CPU seconds of decoding and rendering alone."""
    with closing(open_track(os.fsencode(file))) as decoder:
        rate_hz = decoder.format.rate_hz
        chain = build_chain(chosen, rate_hz)

        def sound() -> Iterator[Block]:
            for block in blocks(decoder):
                yield chain.process(to_stereo(block))
            yield chain.flush()

        measuring = Measuring(rate_hz, 2)
        began_s, measuring_s = time.thread_time(), 0.0
        for block in sound():
            rendered_s = time.thread_time()
            measuring.feed(block)
            measuring_s += time.thread_time() - rendered_s
        return measuring.result(), time.thread_time() - began_s - measuring_s


def by_ffmpeg(file: Path) -> float | None:
    """Integrated loudness: the last reading of ffmpeg's meter, which has three decimals where its summary has one."""
    if shutil.which("ffmpeg") is None:
        return None
    meter = "ebur128=metadata=1,ametadata=mode=print:key=lavfi.r128.I:file=-"
    command = ("ffmpeg", "-nostdin", "-loglevel", "error", "-i", file, "-map", "a:0", "-af", meter, "-f", "null", "-")
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(told.rpartition("lavfi.r128.I=")[2])


def summary(pieces: list[Piece], scan: str) -> list[str]:
    """What the table comes to, in words."""
    seconds = sum(piece.seconds for piece in pieces)
    measuring = seconds / sum(piece.measuring_s for piece in pieces)
    rendering = seconds / sum(piece.rendering_s for piece in pieces)
    heard = [piece for piece in pieces if not math.isnan(piece.lufs_in)]
    missed = max(abs(piece.lufs_out - piece.expected_lufs) for piece in heard)
    capped = sum(bool(piece.plan.limits) for piece in heard)
    over = sum(piece.dbtp_in > 0.0 for piece in heard)
    return [
        f"* **Scan**: {scan}.",
        f"* **Analysis**: {measuring:.0f} × real time on one core, decoding included.",
        f"* **Rendering**: {rendering:.0f} × real time on one core, from the file to finished sound.",
        f"* **Loudness in**: {_range([piece.lufs_in for piece in heard])}.",
        f"* **Loudness out**: {_range([piece.lufs_out for piece in heard])}; at most {missed:.2f} LU from what was"
        f" expected. {capped} of {len(heard)} plans end before their target.",
        f"* **True peak**: {over} files rise above 0 dBTP, up to {_figure(max(piece.dbtp_in for piece in heard))};"
        f" nothing comes out above {_figure(max(piece.dbtp_out for piece in heard))}.",
        f"* **Second opinion**: {second_opinion(heard)}",
    ]


def second_opinion(pieces: list[Piece]) -> str:
    apart = [(abs(each.lufs_in - each.ffmpeg_lufs), each.name) for each in pieces if each.ffmpeg_lufs is not None]
    if not apart:
        return "none, ffmpeg was not there."
    most_lu, name = max(apart)
    return f"ffmpeg's `ebur128`, behind its own decoder, differs from *LUFS in* by at most {most_lu:.3f} LU ({name})."


def _range(levels: list[float]) -> str:
    spread = statistics.pstdev(levels)
    return f"{_figure(min(levels))} … {_figure(max(levels))} LUFS (standard deviation {spread:.2f} LU)"


def _level(level: float | None) -> float:
    return math.nan if level is None else level


def _figure(value: float) -> str:
    return "" if math.isnan(value) else f"{value:z.2f}".replace("-", "−")


def _machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} cores of {model}, load {os.getloadavg()[0]:.1f}"


def _versions() -> str:
    parts = [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in ("numpy", "scipy"))]
    parts.append(f"libsndfile {soundfile.__libsndfile_version__}")
    if shutil.which("ffmpeg"):
        told = subprocess.run(("ffmpeg", "-version"), capture_output=True, text=True, check=True).stdout
        parts.append(f"ffmpeg {told.split()[2]}")
    return ", ".join(parts)


def main(words: list[str]) -> int:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(words[0]) if words else cache / "auralis" / "corpus" / "wesnoth-1.16-music"
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    scan = subprocess.run((AURALISD, "scan", folder), stdout=subprocess.PIPE, text=True, check=False).stdout
    pieces = []
    for file in files:
        try:
            pieces.append(through_every_stage(file))
            print(pieces[-1].row(), file=sys.stderr)
        except TrackUnreadable as refusal:
            print(f"real_music: left out: {refusal}", file=sys.stderr)
    if all(math.isnan(piece.lufs_in) for piece in pieces):
        print(f"real_music: no music in {folder}; run make corpus, or name a folder", file=sys.stderr)
        return 1
    text = PAGE.format(
        source=f"The {len(pieces)} pieces of {f'`{folder.name}`' if words else CORPUS}",
        preset=TASTE.preset,
        intensity=TASTE.intensity,
        date=time.strftime("%Y-%m-%d"),
        machine=_machine(),
        versions=_versions(),
        summary="\n".join(summary(pieces, ", ".join(scan.splitlines()[:2]))),
        rows="\n".join(piece.row() for piece in pieces),
    )
    print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
