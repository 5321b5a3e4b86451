"""Reading pictures back: from the pixels of a line to the numbers that it stands for."""

import math
import xml.etree.ElementTree as ET

from auralisd.stages.drawing import Axis, Frame, Panel, frames_of

SVG = "{http://www.w3.org/2000/svg}"

Run = list[tuple[float, float]]


def points_of(picture: str, panel: Panel, line: int, *, among: tuple[Panel, ...] = ()) -> list[Run]:
    """The runs of one line of a panel, as numbers on its axes; `among` are all panels of the picture."""
    panels = among or (panel,)
    frame = frames_of(panels)[panels.index(panel)]
    name = panel.lines[line].name
    return [
        [_value(frame, *map(float, point.split(","))) for point in element.attrib["points"].split()]
        for element in ET.fromstring(picture).iter(f"{SVG}polyline")
        if element.findtext(f"{SVG}title") == name and _lies_in(frame, element)
    ]


def _lies_in(frame: Frame, element: ET.Element) -> bool:
    y_px = float(element.attrib["points"].split()[0].split(",")[1])
    return frame.top_px - 0.1 <= y_px <= frame.bottom_px + 0.1


def _value(frame: Frame, x_px: float, y_px: float) -> tuple[float, float]:
    left, right = frame.x_px(frame.panel.x.low), frame.x_px(frame.panel.x.high)
    return (
        _on(frame.panel.x, (x_px - left) / (right - left)),
        _on(frame.panel.y, (frame.bottom_px - y_px) / frame.panel.height_px),
    )


def _on(axis: Axis, share: float) -> float:
    if axis.logarithmic:
        return axis.low * math.exp(share * math.log(axis.high / axis.low))
    return axis.low + share * (axis.high - axis.low)
