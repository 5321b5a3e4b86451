"""`auralisd render IN OUT`: a file, mastered as it would be played, into a new FLAC, WAV or Opus file."""

import os
import time
from pathlib import Path

from auralisd.errors import NotSupported, RequestRefused
from auralisd.export.formats import NAMES, Format, format_of
from auralisd.export.rehearsal import Piece, rehearsed, to_the_end
from auralisd.export.rendering import Rendering
from auralisd.export.workshop import Workshop, workshop_in
from auralisd.mastering.explain import explain
from auralisd.mastering.planner import plan
from auralisd.model.taste import Treatment
from auralisd.stages.listening import measured
from auralisd.tags.carrying import carry


def render(source: Path, target: Path, treatment: Treatment) -> int:
    """Measure, rehearse, plan, render.  The target appears whole or not at all, and never replaces a file.

    Raises TrackUnreadable for the source, a RequestRefused or NotWritten for the target.
    """
    form = _format_by(target)
    if target.exists():
        raise RequestRefused(f"{target.name} is there already; name another file or remove it")
    profile, path = measured(source), os.path.realpath(os.fsencode(source))
    chosen = plan(profile, to_the_end(rehearsed([Piece(path, profile)], treatment)))
    print("\n".join(explain(chosen)))
    began = time.perf_counter()
    rendering = Rendering(path, form, chosen)
    name = _written(rendering, source, target, form)
    seconds, took_s = rendering.frames / rendering.rate_hz, time.perf_counter() - began
    loudness = "silence" if rendering.integrated_lufs is None else f"{rendering.integrated_lufs:.2f} LUFS"
    peak = "" if rendering.true_peak_dbtp is None else f", {rendering.true_peak_dbtp:.2f} dBTP"
    print(f"{name}: {loudness}{peak}, rendered at {seconds / max(took_s, 1e-9):.0f} × real time")
    return 0


def _format_by(target: Path) -> Format:
    name = target.suffix.lower().removeprefix(".")
    if name not in NAMES:
        endings = " or ".join(f".{known}" for known in NAMES)
        raise NotSupported(f"{target.name}: cannot write this kind of file; name it {endings}")
    return format_of(name)


def _written(rendering: Rendering, source: Path, target: Path, form: Format) -> str:
    """Render beside the target and move it there, with tags and art of the source; answers its name."""
    folder = os.fsencode(target.parent.absolute())
    with Workshop(workshop_in(folder, os.getpid(), 0)) as workshop:
        place = workshop.place(0, form.suffix)
        for _ in rendering.into(place):
            pass
        carry(os.path.realpath(os.fsencode(source)), place, form.suffix)
        [name] = workshop.publish([(place, target.stem, target.suffix)])
    return name
