"""Pictures: what is drawn lies where its numbers say."""

import xml.etree.ElementTree as ET

import pytest

from auralisd.stages.drawing import Axis, Line, Panel, draw, even_ticks, frames_of
from tests.pictures import SVG, points_of

TIME = Axis("s", 0.0, 100.0, even_ticks(0.0, 100.0, 20.0))
LEVEL = Axis("dB", -40.0, 0.0, even_ticks(-40.0, 0.0, 10.0))
TONE = Axis("Hz", 20.0, 20_000.0, ((100.0, "100"), (1000.0, "1k")), logarithmic=True)


def a_panel(*lines: Line, x: Axis = TIME, height_px: float = 200.0) -> Panel:
    return Panel("Loudness", x, LEVEL, lines, height_px)


def test_the_points_of_a_line_can_be_read_off_the_axes() -> None:
    points = ((0.0, -40.0), (25.0, -10.0), (100.0, -0.5))
    panel = a_panel(Line("before", "before", points))

    [read] = points_of(draw("Aria", (), [panel]), panel, 0)
    assert read == [pytest.approx(point, abs=0.05) for point in points]


def test_a_logarithmic_axis_gives_each_decade_the_same_room() -> None:
    assert TONE.share(200.0) - TONE.share(20.0) == pytest.approx(TONE.share(20_000.0) - TONE.share(2_000.0))
    assert TONE.share(20_000.0) == 1.0


def test_points_outside_the_axes_are_left_out_and_part_the_line() -> None:
    panel = a_panel(Line("after", "after", ((1.0, -5.0), (2.0, -6.0), (3.0, -90.0), (4.0, -7.0), (101.0, -7.0))))

    runs = points_of(draw("Aria", (), [panel]), panel, 0)
    assert [[round(x) for x, _ in run] for run in runs] == [[1, 2], [4]]


def test_panels_lie_below_one_another() -> None:
    first, second = frames_of([a_panel(height_px=150.0), a_panel()])

    assert first.bottom_px - first.top_px == 150.0
    assert second.top_px > first.bottom_px


def test_every_line_is_named_in_the_legend_and_every_axis_has_its_unit() -> None:
    picture = draw("Aria", ("What was done.",), [a_panel(Line("before", "before", ()), Line("after", "after", ()))])
    texts = [element.text for element in ET.fromstring(picture).iter(f"{SVG}text")]

    assert {"Aria", "What was done.", "Loudness", "before", "after", "s", "dB", "−40", "0"} <= set(texts)


@pytest.mark.parametrize("name", ["Rock & Roll <live> \"1999\" 'x'", "Дом", "a\u2028b"])
def test_any_name_gives_well_formed_xml(name: str) -> None:
    root = ET.fromstring(draw(name, (name,), [a_panel(Line(name, "after", ((1.0, -1.0),)))]))

    assert root.findtext(f"{SVG}title") == name


def test_ticks_lie_at_multiples_of_their_step() -> None:
    assert even_ticks(-12.5, 5.0, 5.0) == ((-10.0, "−10"), (-5.0, "−5"), (0.0, "0"), (5.0, "5"))
