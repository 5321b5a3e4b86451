"""`auralisd analyse FILE…`: what is measured of files, which preset suits them, and what would be done to them."""

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from auralisd.errors import TrackUnreadable
from auralisd.mastering.explain import explain
from auralisd.mastering.planner import plan
from auralisd.mastering.recommend import Recommendation, recommend
from auralisd.model.album import album_profile
from auralisd.model.plan import MasteringPlan
from auralisd.model.profile import SoundProfile
from auralisd.model.taste import Treatment
from auralisd.stages.listening import measured
from auralisd.stages.telling import labelled, profile_lines, recommendation_lines

ALBUM = "the album as one"


class Analysis(msgspec.Struct, frozen=True):
    """The JSON form of one file."""

    file: str
    profile: SoundProfile
    recommendation: Recommendation
    plan: MasteringPlan
    explanation: tuple[str, ...]


class Analyses(msgspec.Struct, frozen=True, omit_defaults=True):
    """The JSON form of several; `album` is there when it was asked for and sounds."""

    tracks: tuple[Analysis, ...]
    album: Analysis | None = None


class Measured(msgspec.Struct, frozen=True):
    """One file that was read."""

    file: str
    profile: SoundProfile
    took_s: float


def analyse(files: Sequence[Path], treatment: Treatment, *, album: bool = False, as_json: bool = False) -> int:
    """Measure each, recommend, plan as asked, print.  `album` takes them as one album in this order.

    Answers 1 when a file could not be read; the others are analysed all the same.
    """
    readings: Iterable[Measured] = _readings(files)
    whole: SoundProfile | None = None
    if album:
        readings = kept = list(readings)
        whole = album_profile([reading.profile for reading in kept])
    analyses = []
    for reading in readings:
        analyses.append(analysed(reading, treatment, whole))
        if not as_json:
            _print(analyses[-1], named=len(files) > 1, took_s=reading.took_s)
    together = analysed(Measured(ALBUM, whole, 0.0), treatment, None) if whole is not None else None
    if as_json:
        _print_json(analyses, together, alone=len(files) == 1 and not album)
    elif together is not None:
        _print(together, named=True)
    return int(len(analyses) < len(files))


def analysed(reading: Measured, treatment: Treatment, album: SoundProfile | None) -> Analysis:
    """What follows from a measurement."""
    made = plan(reading.profile, treatment, album)
    return Analysis(reading.file, reading.profile, recommend(reading.profile), made, explain(made))


def _readings(files: Iterable[Path]) -> Iterator[Measured]:
    """Each file that can be read; of the others it is told why not."""
    for file in files:
        began = time.perf_counter()
        try:
            profile = measured(file)
        except TrackUnreadable as fault:
            print(f"auralisd: {fault}", file=sys.stderr)
        else:
            yield Measured(file.name, profile, time.perf_counter() - began)


def _print_json(analyses: list[Analysis], together: Analysis | None, *, alone: bool) -> None:
    """One file gives its own object, several give one that holds them."""
    if not alone:
        answer: Analysis | Analyses = Analyses(tuple(analyses), together)
    elif analyses:
        answer = analyses[0]
    else:
        return
    print(msgspec.json.format(msgspec.json.encode(answer), indent=2).decode())


def _print(analysis: Analysis, *, named: bool, took_s: float = 0.0) -> None:
    print("\n".join(_lines(analysis, named=named)))
    if took_s:
        seconds = analysis.profile.frames / analysis.profile.rate_hz
        print(labelled("measured in", f"{took_s:.2f} s ({seconds / took_s:.0f} × real time)"), flush=True)


def _lines(analysis: Analysis, *, named: bool) -> list[str]:
    made = analysis.plan
    first, *others = analysis.explanation
    return [
        *([f"\n{analysis.file}"] if named else []),
        *profile_lines(analysis.profile),
        *recommendation_lines(analysis.recommendation),
        labelled("plan", f"{made.preset} at intensity {made.intensity:g}: {first}"),
        *(labelled("", sentence) for sentence in others),
    ]
