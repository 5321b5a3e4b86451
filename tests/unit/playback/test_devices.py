"""Devices by the names that a client says, and the list of them."""

import asyncio
import sys
from pathlib import Path

import pytest

from auralisd.errors import InvalidRequest, Unavailable
from auralisd.playback.devices import DeviceList, device_of, spec_of

CONFIGURATION = """
pcm.amp { type null hint { show on description "The amplifier" } }
pcm.hidden { type null }
"""


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("auto", "default"),
        ("alsa", "default"),
        ("alsa:hw:CARD=Amp,DEV=0", "hw:CARD=Amp,DEV=0"),
        ("silent", "silent"),
        ("file:/tmp/a b.wav", "a b.wav"),
    ],
)
def test_an_output_has_a_name_that_tells_no_folder(spec: str, name: str) -> None:
    assert device_of(spec) == name


@pytest.mark.parametrize("name", ["default", "hw:1,0", "silent"])
def test_what_a_client_names_is_an_output_of_that_name(name: str) -> None:
    assert device_of(spec_of(name)) == name


@pytest.mark.parametrize("name", ["", "x" * 300, "hw\n", "a\x00"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest, match="ListDevices"):
        spec_of(name)


@pytest.fixture
def amplifier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "asound.conf").write_text(CONFIGURATION)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))


@pytest.mark.usefixtures("amplifier")
async def test_devices_have_the_names_that_a_person_knows_them_by() -> None:
    listed = {each.name: each for each in await DeviceList(30).ask("hw:gone")}

    assert listed["amp"].label == "The amplifier"
    assert listed["amp"].present
    assert "hidden" not in listed
    assert listed["default"].is_default
    assert listed["silent"].present
    assert not listed["hw:gone"].present


@pytest.mark.usefixtures("amplifier")
async def test_two_who_ask_at_once_start_one_process() -> None:
    asked = DeviceList(30)
    one, other = await asyncio.gather(asked.ask("silent"), asked.ask("default"))

    assert one == other


async def test_a_sound_system_that_hangs_keeps_nobody_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = tmp_path / "python"
    hanging.write_text("#!/bin/sh\nexec sleep 60\n")
    hanging.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(hanging))
    with pytest.raises(Unavailable, match="names no devices within"):
        await DeviceList(0.3).ask("default")


async def test_a_sound_system_that_ends_whoever_asks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(Unavailable, match="ends whoever asks"):
        await DeviceList(5).ask("default")
