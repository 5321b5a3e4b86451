"""Choosing an output by its words."""

import os
from pathlib import Path

import pytest

from auralisd.errors import OutputLost, StartRefused
from auralisd.output.choose import choose_output


@pytest.fixture
def no_alsa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ALSA without a single device."""
    (tmp_path / "asound.conf").write_text("")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))


@pytest.mark.parametrize("spec", ["", "alsa2", "silent:x", "auto:default", "file:", "file:x.flac"])
def test_other_words_are_refused_with_those_that_there_are(spec: str) -> None:
    with pytest.raises(StartRefused, match="alsa"):
        choose_output(spec)


@pytest.mark.parametrize(("spec", "name"), [("alsa", "default"), ("alsa:hw:1,0", "hw:1,0"), ("silent", "silent")])
def test_an_output_has_the_name_it_was_asked_by(spec: str, name: str) -> None:
    assert choose_output(spec).name == name


@pytest.mark.usefixtures("no_alsa")
def test_auto_plays_silently_where_no_device_opens_and_says_why() -> None:
    output = choose_output("auto")
    opened = output.open(44_100)

    assert (opened.device, opened.rate_hz, output.name) == ("silent", 44_100, "silent")
    assert "default does not open" in opened.note
    assert "--output" in opened.note


def test_auto_waits_for_a_device_that_was_open_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = tmp_path / "asound.conf"
    configuration.write_text("pcm.default { type null }")
    os.utime(configuration, (1, 1))  # ALSA reads it again when its second of change is another
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(configuration))
    output = choose_output("auto")
    assert output.open(44_100).device == "default"
    configuration.write_text("")
    with pytest.raises(OutputLost):
        output.open(44_100)


@pytest.mark.usefixtures("no_alsa")
def test_a_named_device_that_does_not_open_is_told_and_not_replaced() -> None:
    with pytest.raises(OutputLost) as caught:
        choose_output("alsa:nowhere").open(44_100)

    assert caught.value.code == "no-device"
    assert "nowhere" in str(caught.value)
