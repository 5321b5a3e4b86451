"""`auralisd analyse FILE…`: what is measured of files, which preset suits them, and what would be done to them."""

import sys
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

from auralisd.errors import TrackUnreadable
from auralisd.mastering.explain import explain
from auralisd.mastering.planner import plan
from auralisd.mastering.recommend import Recommendation, recommend
from auralisd.model.plan import MasteringPlan
from auralisd.model.profile import SoundProfile
from auralisd.model.taste import Treatment
from auralisd.stages.listening import measured
from auralisd.stages.telling import labelled, profile_lines, recommendation_lines


class Analysis(msgspec.Struct, frozen=True):
    """The JSON form of one file."""

    file: str
    profile: SoundProfile
    recommendation: Recommendation
    plan: MasteringPlan
    explanation: tuple[str, ...]


class Analyses(msgspec.Struct, frozen=True):
    """The JSON form of several."""

    tracks: list[Analysis]


def analyse(files: Iterable[Path], treatment: Treatment, *, as_json: bool) -> int:
    """Measure each, recommend, plan as asked, print.  Answers 1 when a file could not be read, and goes on."""
    wanted, read = list(files), []
    for file in wanted:
        began = time.perf_counter()
        try:
            profile = measured(file)
        except TrackUnreadable as fault:
            print(f"auralisd: {fault}", file=sys.stderr)
            continue
        read.append(analysed(file.name, profile, treatment))
        if not as_json:
            print("\n".join(_lines(read[-1], time.perf_counter() - began, named=len(wanted) > 1)), flush=True)
    if as_json and read:
        print(_json(read[0] if len(wanted) == 1 else Analyses(read)))
    return int(len(read) < len(wanted))


def analysed(name: str, profile: SoundProfile, treatment: Treatment) -> Analysis:
    """What follows from a measurement."""
    made = plan(profile, treatment)
    return Analysis(name, profile, recommend(profile), made, explain(made))


def _json(answer: msgspec.Struct) -> str:
    return msgspec.json.format(msgspec.json.encode(answer), indent=2).decode()


def _lines(analysis: Analysis, took_s: float, *, named: bool) -> list[str]:
    seconds = analysis.profile.frames / analysis.profile.rate_hz
    made = analysis.plan
    first, *others = analysis.explanation
    return [
        *([f"\n{analysis.file}"] if named else []),
        *profile_lines(analysis.profile),
        *recommendation_lines(analysis.recommendation),
        labelled("plan", f"{made.preset} at intensity {made.intensity:g}: {first}"),
        *(labelled("", sentence) for sentence in others),
        labelled("measured in", f"{took_s:.2f} s ({seconds / max(took_s, 1e-9):.0f} × real time)"),
    ]
