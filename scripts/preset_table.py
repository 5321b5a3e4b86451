"""What each preset does to real tracks: the table of docs/mastering.md.

    .venv/bin/python scripts/preset_table.py [FOLDER]

Without FOLDER it is the corpus of `make corpus`.  Each track is measured, rendered under each preset at full intensity,
and measured again; the curve is that of the plans.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from multiprocessing import Pool
from pathlib import Path
from typing import Final, NamedTuple

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

from auralisd.analysis.loudness import LoudnessMeter
from auralisd.decode.decoder import open_track
from auralisd.dsp.block import planes_of
from auralisd.dsp.channels import to_stereo
from auralisd.dsp.equaliser import gains_at
from auralisd.mastering.build import build_chain
from auralisd.mastering.planner import plan
from auralisd.model.preset import PRESETS
from auralisd.model.taste import Treatment
from auralisd.stages.listening import blocks, measured

SHOWN_HZ: Final = (63.0, 125.0, 500.0, 1600.0, 5000.0, 12_500.0)


class Told(NamedTuple):
    """One track under one preset."""

    preset: str
    curve_db: tuple[float, ...]
    loudness_lu: float
    range_lu: float
    capped: bool


def told(file: Path) -> list[Told]:
    profile = measured(file)
    if profile.integrated_lufs is None:
        return []
    found = []
    for name, preset in PRESETS.items():
        chosen = plan(profile, Treatment(preset=preset))
        meter = LoudnessMeter(profile.rate_hz)
        with closing(open_track(os.fsencode(file))) as decoder:
            chain = build_chain(chosen, profile.rate_hz)
            for block in blocks(decoder):
                meter.feed(planes_of(chain.process(to_stereo(block))))
            meter.feed(planes_of(chain.flush()))
        curve = tuple(float(level) for level in gains_at(np.array(SHOWN_HZ), chosen.eq_mid))
        change = (meter.integrated() or 0.0) - profile.integrated_lufs
        found.append(Told(name, curve, change, meter.range_lu() - profile.range_lu, bool(chosen.limits)))
    return found


def rows(found: list[Told]) -> Iterator[str]:
    yield "| preset | " + " | ".join(_hz(hz) for hz in SHOWN_HZ) + " | loudness, LU | range, LU | capped |"
    yield "|---|" + "--:|" * (len(SHOWN_HZ) + 3)
    for name in PRESETS:
        of_preset = [each for each in found if each.preset == name]
        curve = np.array([each.curve_db for each in of_preset])
        cells = [
            f"{mean:+.1f} ± {spread:.1f}" for mean, spread in zip(curve.mean(axis=0), curve.std(axis=0), strict=True)
        ]
        loudness, ranges = ([getattr(each, what) for each in of_preset] for what in ("loudness_lu", "range_lu"))
        capped = sum(each.capped for each in of_preset)
        cells += [_spread(loudness), _spread(ranges), f"{capped} of {len(of_preset)}"]
        yield f"| {name} | {' | '.join(cells)} |"


def _spread(values: list[float]) -> str:
    return f"{min(values):+.1f} … {max(values):+.1f}"


def _hz(hz: float) -> str:
    return f"{hz / 1000:g} kHz" if hz >= 1000 else f"{hz:g} Hz"


def main(words: list[str]) -> None:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(words[0]) if words else cache / "auralis" / "corpus"
    with Pool() as pool:
        found = [each for of_file in pool.imap(told, sorted(folder.rglob("*.ogg"))) for each in of_file]
    print("\n".join(rows(found)))


if __name__ == "__main__":
    main(sys.argv[1:])
