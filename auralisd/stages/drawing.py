"""Drawing: panels with axes and lines as plain SVG, readable on a light and on a dark ground."""

import math
from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import msgspec

WIDTH_PX: Final = 960
_LEFT_PX: Final = 70.0
_RIGHT_PX: Final = 20.0
_HEAD_PX: Final = 104.0
_ABOVE_PX: Final = 40.0
_BELOW_PX: Final = 48.0
_TEXT_PX: Final = 7.0
"""About how wide a letter of 12 px is."""

_STYLE: Final = """
text { font: 12px system-ui, "DejaVu Sans", sans-serif; fill: #475569; }
.name { font-size: 18px; font-weight: 600; fill: #0f172a; }
.panel { font-size: 13px; font-weight: 600; fill: #0f172a; }
.ground { fill: #ffffff; }
.grid { stroke: #e2e8f0; }
.frame { stroke: #94a3b8; fill: none; }
polyline { fill: none; stroke-linejoin: round; }
.before { stroke: #64748b; stroke-width: 1.6; }
.after { stroke: #0369a1; stroke-width: 2; }
.aim { stroke: #c2410c; stroke-width: 1.6; stroke-dasharray: 6 4; }
@media (prefers-color-scheme: dark) {
text { fill: #a3b1c6; }
.name, .panel { fill: #f1f5f9; }
.ground { fill: #0f172a; }
.grid { stroke: #263449; }
.frame { stroke: #64748b; }
.before { stroke: #94a3b8; }
.after { stroke: #38bdf8; }
.aim { stroke: #fb923c; }
}
"""


class Axis(msgspec.Struct, frozen=True):
    """From `low` to `high`, with a text at each tick."""

    label: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    logarithmic: bool = False

    def share(self, value: float) -> float:
        """Where a value lies, 0 at `low` and 1 at `high`."""
        low, high, at = (math.log(number) if self.logarithmic else number for number in (self.low, self.high, value))
        return (at - low) / (high - low)

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


class Line(msgspec.Struct, frozen=True):
    """One line of a panel; `style` is `before`, `after` or `aim`.  Points outside the axes are left out."""

    name: str
    style: str
    points: tuple[tuple[float, float], ...]


class Panel(msgspec.Struct, frozen=True):
    """One diagram; `height_px` is that of its frame."""

    title: str
    x: Axis
    y: Axis
    lines: tuple[Line, ...]
    height_px: float


class Frame(msgspec.Struct, frozen=True):
    """Where a panel lies on the picture."""

    top_px: float
    panel: Panel

    @property
    def bottom_px(self) -> float:
        return self.top_px + self.panel.height_px

    def x_px(self, value: float) -> float:
        return _LEFT_PX + self.panel.x.share(value) * (WIDTH_PX - _LEFT_PX - _RIGHT_PX)

    def y_px(self, value: float) -> float:
        return self.bottom_px - self.panel.y.share(value) * self.panel.height_px


def frames_of(panels: Sequence[Panel]) -> list[Frame]:
    """The panels below one another, below the head."""
    frames, top = [], _HEAD_PX
    for panel in panels:
        frames.append(Frame(top + _ABOVE_PX, panel))
        top = frames[-1].bottom_px + _BELOW_PX
    return frames


def draw(name: str, sentences: Sequence[str], panels: Sequence[Panel]) -> str:
    """The whole picture: a name, up to three sentences, and the panels."""
    frames = frames_of(panels)
    height = round(frames[-1].bottom_px + _BELOW_PX)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_PX} {height}" role="img">',
        f"<title>{escape(name)}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect class="ground" width="{WIDTH_PX}" height="{height}"/>',
        _text(20, 34, name, style="name"),
        *(_text(20, 58 + 20 * row, sentence) for row, sentence in enumerate(sentences[:3])),
    ]
    for frame in frames:
        parts += _panel(frame)
    return "\n".join([*parts, "</svg>", ""])


def even_ticks(low: float, high: float, step: float) -> tuple[tuple[float, str], ...]:
    """A tick at each multiple of `step`."""
    first, last = math.ceil(low / step), math.floor(high / step)
    return tuple((number * step, f"{number * step:g}".replace("-", "−")) for number in range(first, last + 1))


def _panel(frame: Frame) -> Iterator[str]:
    panel = frame.panel
    left, right = _LEFT_PX, WIDTH_PX - _RIGHT_PX
    yield _text(left, frame.top_px - 12, panel.title, style="panel")
    yield from _legend(panel.lines, right, frame.top_px - 12)
    for value, text in panel.x.ticks:
        x = frame.x_px(value)
        yield f'<path class="grid" d="M{x:.1f} {frame.top_px:.1f}V{frame.bottom_px:.1f}"/>'
        yield _text(x, frame.bottom_px + 17, text, anchor="middle")
    for value, text in panel.y.ticks:
        y = frame.y_px(value)
        yield f'<path class="grid" d="M{left:.1f} {y:.1f}H{right:.1f}"/>'
        yield _text(left - 8, y + 4, text, anchor="end")
    yield _text((left + right) / 2, frame.bottom_px + 35, panel.x.label, anchor="middle")
    middle = (frame.top_px + frame.bottom_px) / 2
    yield _text(20, middle, panel.y.label, anchor="middle", turned=True)
    width = right - left
    yield f'<rect class="frame" x="{left:g}" y="{frame.top_px:.1f}" width="{width:g}" height="{panel.height_px:g}"/>'
    for line in panel.lines:
        yield from _polylines(frame, line)


def _polylines(frame: Frame, line: Line) -> Iterator[str]:
    """One for each run of points that lie within the axes."""
    run: list[str] = []
    for x, y in (*line.points, (math.nan, math.nan)):
        if frame.panel.x.holds(x) and frame.panel.y.holds(y):
            run.append(f"{frame.x_px(x):.1f},{frame.y_px(y):.1f}")
        elif run:
            yield f'<polyline class={quoteattr(line.style)} points="{" ".join(run)}">'
            yield f"<title>{escape(line.name)}</title></polyline>"
            run = []


def _legend(lines: Sequence[Line], right: float, baseline: float) -> Iterator[str]:
    """Names with a piece of their line, set from the right."""
    for line in reversed(lines):
        right -= _TEXT_PX * len(line.name)
        yield _text(right, baseline, line.name)
        yield f'<path class={quoteattr(line.style)} d="M{right - 30:.1f} {baseline - 4:.1f}h24"/>'
        right -= 48


def _text(x: float, y: float, text: str, *, style: str = "", anchor: str = "", turned: bool = False) -> str:
    attributes = f' class="{style}"' if style else ""
    attributes += f' text-anchor="{anchor}"' if anchor else ""
    attributes += f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{escape(text)}</text>'
