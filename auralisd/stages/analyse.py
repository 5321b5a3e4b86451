"""`auralisd analyse FILE`: what is measured of a file, and what would be done to it."""

import time
from pathlib import Path

import msgspec

from auralisd.mastering.explain import explain
from auralisd.mastering.planner import plan
from auralisd.model.plan import MasteringPlan
from auralisd.model.profile import SoundProfile
from auralisd.model.taste import Taste
from auralisd.stages.listening import measured


class Analysis(msgspec.Struct, frozen=True):
    """The JSON form."""

    profile: SoundProfile
    plan: MasteringPlan


def analyse(file: Path, *, as_json: bool) -> int:
    """Measure, plan with the default taste, print.  Raises TrackUnreadable."""
    began = time.perf_counter()
    profile = measured(file)
    took_s = time.perf_counter() - began
    analysis = Analysis(profile, plan(profile, Taste()))
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(analysis), indent=2).decode())
    else:
        print("\n".join(_lines(analysis, took_s)))
    return 0


def _lines(analysis: Analysis, took_s: float) -> list[str]:
    profile = analysis.profile
    seconds = profile.frames / profile.rate_hz
    return [
        f"length      {seconds:.1f} s, {profile.rate_hz} Hz, {profile.channels} channels",
        f"loudness    {_figure(profile.integrated_lufs, 'LUFS')} integrated (ITU-R BS.1770-5)",
        f"true peak   {_figure(profile.true_peak_dbtp, 'dBTP')}",
        *(f"plan        {line}" for line in explain(analysis.plan)),
        f"measured in {took_s:.2f} s ({seconds / max(took_s, 1e-9):.0f} × real time)",
    ]


def _figure(value: float | None, unit: str) -> str:
    return f"none: silence, in {unit}" if value is None else f"{value:.2f} {unit}"
