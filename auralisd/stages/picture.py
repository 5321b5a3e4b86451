"""`auralisd picture FILE OUT.svg`: what is done to a track, before and after, in three diagrams."""

import math
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from auralisd.analysis.gating import SHORT_TERM_HOPS
from auralisd.analysis.hops import hop_starts
from auralisd.analysis.loudness import LoudnessMeter
from auralisd.analysis.measure import Measuring
from auralisd.dsp.block import Block, planes_of
from auralisd.dsp.channels import to_stereo
from auralisd.errors import NotSupported, RequestRefused
from auralisd.mastering.build import build_chain
from auralisd.mastering.explain import explain
from auralisd.mastering.planner import plan
from auralisd.mastering.tone import aim_levels
from auralisd.model.plan import MasteringPlan
from auralisd.model.preset import Preset
from auralisd.model.profile import Curve, SoundProfile
from auralisd.model.taste import Treatment
from auralisd.stages.drawing import Axis, Line, Panel, draw, even_ticks
from auralisd.stages.listening import blocks, opened

MOST_POINTS: Final = 300
"""Of each line over time; between two of them the loudest, or the deepest reduction, is kept."""

_ALIGN_HZ: Final = (100.0, 8000.0)
_SPECTRUM_DB: Final = 55.0
_LOUDNESS_LU: Final = 40.0
_LEAST_REDUCTION_DB: Final = 6.0
_HZ_TICKS: Final = (31.5, 63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16000.0)
_TIME_STEPS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200)

OverTime = tuple[tuple[float, float], ...]
"""Pairs of seconds and a level."""


class Heard(msgspec.Struct, frozen=True):
    """A track as it came to the ear: its profile, and its short-term loudness (LUFS) at the end of each window."""

    profile: SoundProfile
    short_term: OverTime


class Comparison(msgspec.Struct, frozen=True):
    """What the picture shows.  `gains` pairs the start of a stretch (s) with the limiter's lowest gain (dB) in it."""

    plan: MasteringPlan
    before: Heard
    after: Heard
    gains: OverTime


def picture(source: Path, target: Path, treatment: Treatment) -> int:
    """Measure, plan, render, measure again, draw.  The target appears whole or not at all, and never replaces a file.

    Raises TrackUnreadable for the source, a RequestRefused for the target.
    """
    if target.suffix.lower() != ".svg":
        raise NotSupported(f"{target.name}: only SVG can be drawn; name it .svg")
    if target.exists():
        raise RequestRefused(f"{target.name} is there already; name another file or remove it")
    drawn = drawing(source.name, compared(source, treatment), treatment.preset)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        unfinished.write_text(drawn, encoding="utf-8")
        unfinished.rename(target)
    except OSError as failure:
        raise RequestRefused(
            f"{target.name} cannot be written ({failure.strerror}); check the folder and its space"
        ) from failure
    finally:
        unfinished.unlink(missing_ok=True)
    print(f"{target.name}: {target.stat().st_size / 1000:.0f} kB")
    return 0


def compared(source: Path, treatment: Treatment) -> Comparison:
    """The track through the very chain that plays it.  Raises TrackUnreadable."""
    with closing(opened(source)) as decoder:
        before = _Listener(decoder.format.rate_hz)
        for block in blocks(decoder):
            before.feed(to_stereo(block))
    heard = before.heard()
    made = plan(heard.profile, treatment)
    with closing(opened(source)) as decoder:
        rate_hz = decoder.format.rate_hz
        chain, after, gains = build_chain(made, rate_hz), _Listener(rate_hz), []
        for block in blocks(decoder):
            after.feed(chain.process(to_stereo(block)))
            gains += [(reading.first_frame / rate_hz, reading.gain_db) for reading in chain.take_telemetry()]
        after.feed(chain.flush())
        gains += [(reading.first_frame / rate_hz, reading.gain_db) for reading in chain.take_telemetry()]
    return Comparison(made, heard, after.heard(), tuple(gains))


class _Listener:
    """Measures what it is fed, and how loud it was when."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._measuring = Measuring(rate_hz, 2)
        self._loudness = LoudnessMeter(rate_hz)

    def feed(self, block: Block) -> None:
        self._measuring.feed(block)
        self._loudness.feed(planes_of(block))

    def heard(self) -> Heard:
        lufs = self._loudness.short_term()
        ends_s = hop_starts(SHORT_TERM_HOPS, SHORT_TERM_HOPS + len(lufs), self._rate_hz) / self._rate_hz
        return Heard(self._measuring.result(), _pairs(ends_s, lufs))


# --- the picture ---------------------------------------------------------------------------------------


def drawing(name: str, shown: Comparison, preset: Preset) -> str:
    """The SVG."""
    made = shown.plan
    return draw(
        f"{name} · {made.preset}, intensity {made.intensity:g}",
        explain(made),
        panels_of(shown, preset),
    )


def panels_of(shown: Comparison, preset: Preset) -> tuple[Panel, ...]:
    """Tone, loudness over time, gain reduction over time."""
    return _spectrum_panel(shown, preset), _loudness_panel(shown), _reduction_panel(shown)


def _spectrum_panel(shown: Comparison, preset: Preset) -> Panel:
    """Each re its own loudness, so that what is seen is tone and not level."""
    before, after = (_re_loudness(heard.profile) for heard in (shown.before, shown.after))
    lines = [Line("before", "before", before), Line("after", "after", after)]
    if after and not shown.plan.transparent:
        lines.append(Line(f"aim of {preset.name}", "aim", _aim_below(after, preset)))
    top = _ceiling(level for line in lines for _, level in line.points)
    ticks = tuple((hz, f"{hz / 1000:g}k" if hz >= 1000 else f"{hz:g}") for hz in _HZ_TICKS)
    return Panel(
        title="Spectrum of the mid, 1/3 octaves",
        x=Axis("Hz", 22.0, 22_500.0, ticks, logarithmic=True),
        y=Axis("dB re its loudness", top - _SPECTRUM_DB, top, even_ticks(top - _SPECTRUM_DB, top, 10.0)),
        lines=tuple(lines),
        height_px=260.0,
    )


def _loudness_panel(shown: Comparison) -> Panel:
    lines = [
        Line(f"before ({_lufs(shown.before.profile)})", "before", thinned(shown.before.short_term, max)),
        Line(f"after ({_lufs(shown.after.profile)})", "after", thinned(shown.after.short_term, max)),
    ]
    length_s = _length_s(shown)
    if shown.plan.target_lufs is not None:
        target = shown.plan.target_lufs
        lines.append(Line(f"target ({target:.1f} LUFS)".replace("-", "−"), "aim", ((0.0, target), (length_s, target))))
    top = _ceiling(level for line in lines for _, level in line.points)
    return Panel(
        title="Loudness over 3 s",
        x=_time_axis(length_s),
        y=Axis("LUFS", top - _LOUDNESS_LU, top, even_ticks(top - _LOUDNESS_LU, top, 10.0)),
        lines=tuple(lines),
        height_px=200.0,
    )


def _reduction_panel(shown: Comparison) -> Panel:
    points = thinned(shown.gains, min)
    deepest = min((gain for _, gain in shown.gains), default=0.0)
    low = -max(_LEAST_REDUCTION_DB, 2.0 * math.ceil(-deepest / 2.0))
    return Panel(
        title="Gain reduction by the limiter",
        x=_time_axis(_length_s(shown)),
        y=Axis("dB", low, 0.5, even_ticks(low, 0.0, 2.0)),
        lines=(Line(f"deepest {deepest:.1f} dB".replace("-", "−"), "after", points),),
        height_px=110.0,
    )


def thinned(points: OverTime, worst: Callable[..., tuple[float, float]]) -> OverTime:
    """At most MOST_POINTS: of each stretch the point whose level is the highest or the lowest."""
    stretch = math.ceil(len(points) / MOST_POINTS)
    starts = range(0, len(points), max(stretch, 1))
    return tuple(worst(points[start : start + stretch], key=lambda point: point[1]) for start in starts)


def _re_loudness(profile: SoundProfile) -> Curve:
    if profile.integrated_lufs is None:
        return ()
    return tuple((hz, level - profile.integrated_lufs) for hz, level in profile.spectrum_mid)


def _aim_below(curve: Curve, preset: Preset) -> Curve:
    """The aim, as high as the curve is in the middle."""
    centres, levels = np.array(curve).T
    aim = aim_levels(centres, preset)
    heard = (centres >= _ALIGN_HZ[0]) & (centres <= _ALIGN_HZ[1])
    return _pairs(centres, aim + np.median((levels - aim)[heard]))


def _length_s(shown: Comparison) -> float:
    return shown.before.profile.frames / shown.before.profile.rate_hz


def _time_axis(length_s: float) -> Axis:
    step_s = next((step for step in _TIME_STEPS_S if length_s / step <= 12), _TIME_STEPS_S[-1])
    ticks = tuple((float(at), f"{at // 60}:{at % 60:02}") for at in range(0, math.floor(length_s) + 1, step_s))
    return Axis("min:s", 0.0, max(length_s, 1.0), ticks)


def _ceiling(levels: Iterator[float]) -> float:
    """The next multiple of 5 dB above all."""
    return 5.0 * math.ceil(max(levels, default=0.0) / 5.0)


def _lufs(profile: SoundProfile) -> str:
    return "silence" if profile.integrated_lufs is None else f"{profile.integrated_lufs:.1f} LUFS".replace("-", "−")


def _pairs(first: NDArray[np.float64], second: NDArray[np.float64]) -> Curve:
    return tuple(zip(map(float, first), map(float, second), strict=True))
