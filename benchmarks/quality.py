"""The bars of the sound beside what its peers reach on the same music in the same run.

    python -m benchmarks.quality [--write] [--pieces N] [--seconds S]

takes S seconds from the middle of N pieces of the corpus (`make corpus`; else of the demo album) and the synthetic set.
With --write the tables go to benchmarks/results.md and into docs/quality.md as well.
"""

import argparse
import os
import platform
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[1]
RESULTS: Final = ROOT / "benchmarks" / "results.md"
PAGE: Final = ROOT / "docs" / "quality.md"
MARKS: Final = ("<!-- figures: written by python -m benchmarks.quality --write -->", "<!-- end of figures -->")


class Options(NamedTuple):
    write: bool = False
    pieces: int = 8
    seconds: float = 60.0


def asked() -> Options:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--pieces", type=int, default=Options().pieces)
    parser.add_argument("--seconds", type=float, default=Options().seconds)
    return Options(**vars(parser.parse_args()))


def report(options: Options) -> list[str]:
    """The whole of it as lines of Markdown."""
    from benchmarks.peers.bars_table import bars_table
    from benchmarks.peers.side_by_side import compared, peers_table
    from tests.quality.campaign import look, looks, missed_table, table
    from tests.quality.pieces import SYNTHETIC_S, synthetic

    with tempfile.TemporaryDirectory() as folder:
        files, music = _music(Path(folder), options.pieces)
        rows = compared(files, Path(folder), seconds=options.seconds)
        found = list(looks(files, options.seconds))
        made = [look_at for piece in synthetic() if (look_at := look(piece)) is not None]
    return [
        f"{time.strftime('%Y-%m-%d')}, {_machine()}; {music}, {options.seconds:g} s from the middle of each.",
        "",
        *bars_table(found, rows),
        "",
        "Each preset on that music, at full intensity:",
        "",
        *table(found),
        "",
        f"And on the synthetic set ({len(made)} sounds of {SYNTHETIC_S:g} s):",
        "",
        *table(made),
        "",
        "The same pieces to −14 LUFS below −1 dBTP by others; riding and range are of the same windows and meter:",
        "",
        *peers_table(rows),
        "",
        *missed_table(found),
    ]


def write(lines: Sequence[str]) -> None:
    """Into the results and between the marks of the page."""
    RESULTS.write_text("\n".join(["# Figures of the sound, beside its peers", "", *lines, ""]))
    before, _, rest = PAGE.read_text().partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    PAGE.write_text("\n".join([before + MARKS[0], "", *lines, "", MARKS[1] + after]))


def _music(folder: Path, pieces: int) -> tuple[list[Path], str]:
    """So many files, evenly from the shortest to the longest that are no longer than a song."""
    from auralisd.demo.album import compose
    from tests.quality.campaign import corpus

    if found := corpus():
        files = sorted(found, key=_size)
        files = [files[at * (len(files) - 1) // max(1, pieces - 1)] for at in range(pieces)]
        return files, f"{len(files)} pieces of `wesnoth-1.16-music`"
    album = compose(folder, report=lambda _: None)
    files = sorted(path for path in album.iterdir() if path.suffix in (".flac", ".ogg", ".mp3", ".opus"))
    return files[:pieces], "the demo album"


def _size(path: Path) -> int:
    return path.stat().st_size


def _machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
    return f"{name}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"


def main() -> None:
    # Before numpy is first imported: that is when it reads the number of its threads.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    options = asked() if __name__ == "__main__" else Options()
    lines = report(options)
    print("\n".join(lines))
    if options.write:
        write(lines)


if __name__ == "__main__":
    main()
