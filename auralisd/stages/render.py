"""`auralisd render IN OUT`: a file, mastered as it would be played, into a new WAV or FLAC file."""

import os
import time
from contextlib import closing
from pathlib import Path

import soundfile

from auralisd.dsp.channels import to_stereo
from auralisd.errors import NotSupported, RequestRefused
from auralisd.mastering.build import build_chain
from auralisd.mastering.explain import explain
from auralisd.mastering.planner import plan
from auralisd.model.plan import MasteringPlan
from auralisd.model.taste import Taste
from auralisd.stages.listening import blocks, measured, opened

FORMATS = {".wav": "WAV", ".flac": "FLAC"}


def render(source: Path, target: Path, *, preset: str, intensity: float) -> int:
    """Measure, plan, render.  The target appears whole or not at all, and never replaces a file.

    Raises TrackUnreadable for the source, a RequestRefused for the target.
    """
    if target.suffix.lower() not in FORMATS:
        raise NotSupported(f"{target.name}: cannot write this kind of file; name it .wav or .flac")
    if target.exists():
        raise RequestRefused(f"{target.name} is there already; name another file or remove it")
    chosen = plan(measured(source), Taste(preset=preset, intensity=intensity))
    print("\n".join(explain(chosen)))
    began = time.perf_counter()
    seconds = _written(source, target, chosen)
    took_s = time.perf_counter() - began
    result = measured(target)
    loudness = "silence" if result.integrated_lufs is None else f"{result.integrated_lufs:.2f} LUFS"
    peak = "" if result.true_peak_dbtp is None else f", {result.true_peak_dbtp:.2f} dBTP"
    print(f"{target.name}: {loudness}{peak}, rendered at {seconds / max(took_s, 1e-9):.0f} × real time")
    return 0


def _written(source: Path, target: Path, chosen: MasteringPlan) -> float:
    """Render into a file beside the target and move it there; answers the seconds written."""
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with closing(opened(source)) as decoder:
            rate_hz = decoder.format.rate_hz
            chain = build_chain(chosen, rate_hz)
            container = FORMATS[target.suffix.lower()]
            with soundfile.SoundFile(unfinished, "x", rate_hz, 2, "PCM_24", format=container) as out:
                for block in blocks(decoder):
                    out.write(chain.process(to_stereo(block)))
                out.write(chain.flush())
                frames: int = out.frames
        unfinished.rename(target)
    except (OSError, soundfile.LibsndfileError) as failure:
        raise RequestRefused(
            f"{target.name} cannot be written ({failure}); check the folder and its space"
        ) from failure
    finally:
        unfinished.unlink(missing_ok=True)
    return frames / rate_hz
