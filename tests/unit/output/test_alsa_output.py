"""ALSA through its own software devices, which need no sound card."""

from pathlib import Path

import alsaaudio
import pytest

from auralisd.errors import OutputLost
from auralisd.output.alsa import AlsaOutput
from tests.unit.output.test_silent_output import SECOND_NS, Clock

CONFIGURATION = """
pcm.null_device { type null }
pcm.only_48000 { type hooks slave.pcm { type linear slave { pcm { type null } format S16_LE } } }
pcm.recorded { type file slave.pcm { type null } file "%s" format raw }
"""


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file behind the device `recorded`."""
    raw = tmp_path / "recorded.raw"
    (tmp_path / "asound.conf").write_text(CONFIGURATION % raw)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    return raw


@pytest.mark.usefixtures("recording")
def test_a_device_is_opened_as_asked_and_its_figures_are_its_own() -> None:
    output = AlsaOutput("null_device")
    opened = output.open(44_100)
    output.close()

    assert (opened.rate_hz, opened.channels, opened.sample_format) == (44_100, 2, "S32_LE")
    assert (opened.period_frames, opened.buffer_frames) == (882, 22_050)


def test_the_device_gets_what_was_written(recording: Path) -> None:
    output = AlsaOutput("recorded")
    output.open(44_100)
    sound = bytes(range(256)) * 10
    output.write(memoryview(sound))
    output.close()

    assert recording.read_bytes() == sound


@pytest.mark.usefixtures("recording")
def test_a_device_without_a_clock_is_paced_by_ours() -> None:
    clock = Clock()
    output = AlsaOutput("null_device", now_ns=clock.read)
    opened = output.open(48_000)
    period = memoryview(bytes(opened.period_frames * 8))
    for _ in range(100):  # 2 s at once
        output.write(period)
    clock.now_ns += SECOND_NS // 10

    assert output.unheard_frames() > opened.buffer_frames


@pytest.mark.usefixtures("recording")
def test_a_closed_device_is_lost_to_whoever_writes() -> None:
    with pytest.raises(OutputLost):
        AlsaOutput("null_device").write(memoryview(bytes(8)))


@pytest.mark.usefixtures("recording")
def test_a_closed_device_can_be_dropped_and_closed_again() -> None:
    output = AlsaOutput("null_device")
    output.open(44_100)
    output.close()
    output.drop()
    output.close()

    with pytest.raises(OutputLost):
        output.unheard_frames()


class Unplugged:
    """What pyalsaaudio answers for a device that was pulled out."""

    closed = False

    def drop(self) -> None:
        raise alsaaudio.ALSAAudioError("No such device [usb]")

    def close(self) -> None:
        self.closed = True


def test_a_device_that_cannot_be_dropped_is_closed_all_the_same() -> None:
    output, unplugged = AlsaOutput("usb"), Unplugged()
    output._pcm = unplugged
    output.close()

    assert unplugged.closed


class DeadServer:
    """What pyalsaaudio answers for a PipeWire server that was killed."""

    def write(self, _frames: memoryview) -> int:
        return -32


@pytest.mark.usefixtures("recording")
def test_a_device_that_only_ever_runs_dry_is_lost() -> None:
    output = AlsaOutput("null_device")
    output.open(44_100)
    output._pcm = DeadServer()
    answers = [output.write(memoryview(bytes(8))) for _ in range(4)]
    with pytest.raises(OutputLost) as caught:
        output.write(memoryview(bytes(8)))

    assert (answers, caught.value.code) == ([0, 0, 0, 0], "lost")


class Refusing:
    """A device that refuses to be written to, in a state."""

    def __init__(self, state: int) -> None:
        self._state = state
        self.dropped = 0

    def write(self, _frames: memoryview) -> int:
        raise alsaaudio.ALSAAudioError("Streams pipe error [usb]")

    def state(self) -> int:
        return self._state

    def drop(self) -> None:
        self.dropped += 1


@pytest.mark.usefixtures("recording")
@pytest.mark.parametrize("state", [alsaaudio.PCM_STATE_XRUN, alsaaudio.PCM_STATE_SETUP, alsaaudio.PCM_STATE_PREPARED])
def test_a_device_that_refuses_a_write_and_holds_nothing_gets_it_again_and_not_for_ever(state: int) -> None:
    output, refusing = AlsaOutput("null_device"), Refusing(state)
    output.open(44_100)
    output._pcm = refusing
    answers = [output.write(memoryview(bytes(8))) for _ in range(4)]
    with pytest.raises(OutputLost):
        output.write(memoryview(bytes(8)))

    assert (answers, refusing.dropped) == ([0, 0, 0, 0], 5)


@pytest.mark.usefixtures("recording")
@pytest.mark.parametrize(
    "state",
    [
        alsaaudio.PCM_STATE_SUSPENDED,
        alsaaudio.PCM_STATE_DISCONNECTED,
        alsaaudio.PCM_STATE_DRAINING,
        alsaaudio.PCM_STATE_OPEN,
    ],
)
def test_a_device_that_refuses_a_write_and_may_hold_sound_is_lost_at_once(state: int) -> None:
    output = AlsaOutput("null_device")
    output.open(44_100)
    output._pcm = Refusing(state)
    with pytest.raises(OutputLost) as caught:
        output.write(memoryview(bytes(8)))

    assert (caught.value.code, str(caught.value)) == ("lost", "null_device is gone: Streams pipe error")
