"""The device's own mixer: which it is, and what it is set to."""

from pathlib import Path

import alsaaudio
import pytest

from auralisd.output.alsa import AlsaOutput
from auralisd.output.mixer import Mixer, mixer_of
from auralisd.output.silent import SilentOutput
from auralisd.sound.speaker import Speaker


@pytest.mark.parametrize(
    ("device", "mixer"),
    [
        ("default", "default"),
        ("hw:CARD=Amp,DEV=0", "hw:CARD=Amp"),
        ("plughw:1,0", "hw:1"),
        ("sysdefault:CARD=Amp", "hw:CARD=Amp"),
        ("pulse", "pulse"),
        ("my:own", "my:own"),
    ],
)
def test_the_mixer_of_a_device_is_that_of_its_card(device: str, mixer: str) -> None:
    assert mixer_of(device) == mixer


class Card:
    """A card with these controls; notes what its mixer is set to."""

    def __init__(self, *controls: str, range_db: tuple[int, int] | None = (-6000, 600)) -> None:
        self.controls, self.range_db = controls, range_db
        self.set: list[tuple[int, int | None]] = []
        self.opened: list[str] = []

    def plug_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        card = self

        class Opened:
            def __init__(self, control: str, *, device: str) -> None:
                card.opened.append(f"{device} {control}")

            def getrange(self, *, units: int) -> list[int]:
                if card.range_db is None:
                    raise alsaaudio.ALSAAudioError("no dB [card]")
                return list(card.range_db)

            def setvolume(self, volume: int, *, units: int | None = None) -> None:
                card.set.append((volume, units))

            def close(self) -> None:
                card.opened.append("closed")

        monkeypatch.setattr(alsaaudio, "mixers", lambda *, device: list(card.controls))
        monkeypatch.setattr(alsaaudio, "Mixer", Opened)


def test_a_gain_is_set_in_decibels_within_the_range_of_the_mixer_and_never_above_full(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    card = Card("Mic", "PCM", "Master")
    card.plug_in(monkeypatch)
    mixer = Mixer("hw:CARD=Amp,DEV=0")
    for gain in (1.0, 0.5, 0.0001, 0.0):
        mixer.set(gain)

    assert card.opened == ["hw:CARD=Amp Master"]
    assert [volume for volume, _ in card.set] == [0, -602, -6000, -6000]
    assert {units for _, units in card.set} == {alsaaudio.VOLUME_UNITS_DB}


def test_a_mixer_that_knows_no_decibels_is_set_in_its_own_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    card = Card("Speaker", range_db=None)
    card.plug_in(monkeypatch)
    Mixer("default").set(0.5)

    assert card.set == [(50, None)]


@pytest.fixture
def null_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "asound.conf").write_text("pcm.null_device { type null }")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    return "null_device"


def test_a_device_without_a_volume_control_leaves_the_volume_to_us(
    null_device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Card("Mic").plug_in(monkeypatch)
    output = AlsaOutput(null_device, with_mixer=True)
    output.open(44_100)

    assert not output.set_volume(0.5)
    output.close()


def test_a_mixer_is_used_while_its_device_is_open_and_only_when_it_is_asked_for(
    null_device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = Card("Master")
    card.plug_in(monkeypatch)
    plain, mixed = AlsaOutput(null_device), AlsaOutput(null_device, with_mixer=True)
    for output in (plain, mixed):
        assert not output.set_volume(0.5), "it is not open"
        output.open(44_100)

    assert (plain.set_volume(0.5), mixed.set_volume(0.5)) == (False, True)
    plain.close()
    mixed.close()
    assert card.opened == ["null_device Master", "closed"]


class WithMixer(SilentOutput):
    """Its own mixer does the volume."""

    def __init__(self) -> None:
        super().__init__(sleep=lambda _: None)
        self.volumes: list[float] = []

    def set_volume(self, gain: float) -> bool:
        self.volumes.append(gain)
        return True


def test_what_a_mixer_does_is_not_done_twice_but_silence_is_silence() -> None:
    output = WithMixer()
    speaker = Speaker(output)
    speaker.open(44_100)
    sounding = []
    for gain in (0.5, 0.0):
        speaker.set_gain(gain)
        block = speaker.block(882)
        block[:] = 0.25
        speaker.play(882, ring_at=0)
        speaker.drop()
        sounding.append(float(block[-1, 0]))

    assert output.volumes == [1.0, 0.5, 0.0]
    assert sounding == [0.25, 0.0]
