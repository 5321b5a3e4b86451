"""`auralisd picture`: what is drawn is what was measured."""

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
import soundfile

from auralisd.analysis.measure import Measuring
from auralisd.errors import NotSupported, RequestRefused, TrackUnreadable
from auralisd.mastering.build import build_chain
from auralisd.model.preset import PRESETS
from auralisd.model.taste import OFF, Treatment
from auralisd.stages.drawing import Panel
from auralisd.stages.picture import MOST_POINTS, Comparison, compared, drawing, panels_of, picture, thinned
from tests.pictures import points_of

RATE_HZ = 44_100
WARM = Treatment(preset=PRESETS["warm"])


@pytest.fixture(scope="module")
def track(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight seconds of coloured noise, soft and then loud, with peaks."""
    noise = np.random.default_rng(3).standard_normal((8 * RATE_HZ, 2))
    noise = np.cumsum(noise, axis=0) * 0.003 + noise * 0.02
    noise -= noise.mean(axis=0)
    noise[: 4 * RATE_HZ] *= 0.2
    noise[5 * RATE_HZ :: RATE_HZ] = 0.99
    path = tmp_path_factory.mktemp("music") / "noise & more.wav"
    soundfile.write(path, np.clip(noise, -1.0, 1.0), RATE_HZ, subtype="FLOAT")
    return path


@pytest.fixture(scope="module")
def shown(track: Path) -> Comparison:
    return compared(track, WARM)


def drawn_line(shown: Comparison, panel: int, line: int) -> list[tuple[float, float]]:
    """All points of a line, read back from the picture."""
    panels = panels_of(shown, PRESETS["warm"])
    drawn = drawing("noise", shown, PRESETS["warm"])
    return [point for run in points_of(drawn, panels[panel], line, among=panels) for point in run]


def test_the_sound_after_is_that_of_the_chain_that_plays_it(track: Path, shown: Comparison) -> None:
    sound, _ = soundfile.read(track, dtype="float32")
    chain, measuring = build_chain(shown.plan, RATE_HZ), Measuring(RATE_HZ, 2)
    measuring.feed(chain.process(sound))
    measuring.feed(chain.flush())

    heard = measuring.result()
    assert shown.after.profile.integrated_lufs == pytest.approx(heard.integrated_lufs, abs=1e-6)
    assert dict(shown.after.profile.spectrum_mid) == pytest.approx(dict(heard.spectrum_mid), abs=1e-6)
    assert min(reading.gain_db for reading in chain.take_telemetry()) == min(gain for _, gain in shown.gains)


@pytest.mark.parametrize("line", [0, 1])
def test_the_spectra_are_those_measured_each_re_its_own_loudness(shown: Comparison, line: int) -> None:
    profile = (shown.before, shown.after)[line].profile
    read = drawn_line(shown, 0, line)

    assert len(read) >= 20
    assert profile.integrated_lufs is not None
    levels = dict(profile.spectrum_mid)
    for hz, level in read:
        nearest = min(levels, key=lambda centre: abs(centre / hz - 1.0))
        assert hz == pytest.approx(nearest, rel=0.01)
        assert level == pytest.approx(levels[nearest] - profile.integrated_lufs, abs=0.05)


@pytest.mark.parametrize("line", [0, 1])
def test_the_loudness_over_time_is_the_measured_short_term_loudness(shown: Comparison, line: int) -> None:
    heard = (shown.before, shown.after)[line]
    highest = max(level for _, level in heard.short_term)

    read = drawn_line(shown, 1, line)
    assert max(level for _, level in read) == pytest.approx(highest, abs=0.05)
    assert heard.profile.max_short_term_lufs == pytest.approx(highest, abs=0.01)
    assert read[0][0] == pytest.approx(3.0, abs=0.1)


def test_the_gain_reduction_is_that_of_the_limiter(shown: Comparison) -> None:
    deepest = min(gain for _, gain in shown.gains)

    assert deepest < -0.5
    assert min(gain for _, gain in drawn_line(shown, 2, 0)) == pytest.approx(deepest, abs=0.05)


def test_a_line_is_thinned_without_losing_its_extremes() -> None:
    points = tuple((float(at), -20.0 + 15.0 * (at == 777)) for at in range(10_000))

    kept = thinned(points, max)
    assert len(kept) <= MOST_POINTS
    assert (777.0, -5.0) in kept


def test_what_is_untouched_has_no_aim_and_the_same_lines_before_and_after(track: Path) -> None:
    shown = compared(track, Treatment(mode=OFF))
    spectrum: Panel = panels_of(shown, PRESETS["adaptive"])[0]

    assert [line.name for line in spectrum.lines] == ["before", "after"]
    assert spectrum.lines[0].points == spectrum.lines[1].points


def test_silence_and_a_single_frame_can_be_drawn(tmp_path: Path) -> None:
    for name, frames in (("silence", RATE_HZ), ("one", 1)):
        soundfile.write(tmp_path / f"{name}.wav", np.zeros((frames, 2)), RATE_HZ)

        assert picture(tmp_path / f"{name}.wav", tmp_path / f"{name}.svg", WARM) == 0
        ET.parse(tmp_path / f"{name}.svg")


def test_a_picture_is_one_small_well_formed_file_that_names_the_track(track: Path, tmp_path: Path) -> None:
    assert picture(track, target := tmp_path / "a.svg", WARM) == 0

    assert [path.name for path in tmp_path.iterdir()] == ["a.svg"]
    assert target.stat().st_size < 60_000
    assert "noise & more.wav · warm" in str(ET.parse(target).getroot()[0].text)


def test_no_file_is_replaced_and_no_other_kind_written(track: Path, tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text("mine")

    with pytest.raises(RequestRefused, match="there already"):
        picture(track, tmp_path / "a.svg", WARM)
    with pytest.raises(NotSupported, match="svg"):
        picture(track, tmp_path / "a.png", WARM)
    assert (tmp_path / "a.svg").read_text() == "mine"


def test_a_folder_that_is_not_there_is_told(track: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestRefused, match="cannot be written"):
        picture(track, tmp_path / "nowhere" / "a.svg", WARM)


def test_what_is_no_music_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_text("no music")

    with pytest.raises(TrackUnreadable):
        picture(tmp_path / "a.flac", tmp_path / "a.svg", WARM)
    assert not (tmp_path / "a.svg").exists()
