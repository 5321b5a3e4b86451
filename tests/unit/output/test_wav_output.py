"""The WAV output keeps what would have been heard, and its file is whole at any moment."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from auralisd.errors import OutputLost
from auralisd.output.silent import SilentOutput
from auralisd.output.wavfile import WavOutput
from tests.unit.output.test_silent_output import SECOND_NS, Clock


def opened(path: Path, clock: Clock) -> WavOutput:
    pacing = SilentOutput(sample_format="S16_LE", now_ns=clock.read, sleep=clock.sleep)
    output = WavOutput(path, sample_format="S16_LE", pacing=pacing)
    output.open(48_000)
    return output


def counting(first: int, count: int) -> memoryview:
    return memoryview(np.repeat(np.arange(first, first + count, dtype="<i2"), 2).tobytes())


def heard(path: Path) -> list[int]:
    samples: list[int] = soundfile.read(path, dtype="int16")[0][:, 0].tolist()
    return samples


def test_the_file_holds_what_was_written(tmp_path: Path) -> None:
    clock = Clock()
    output = opened(tmp_path / "o.wav", clock)
    output.write(counting(0, 480))
    clock.now_ns += SECOND_NS
    output.close()

    assert heard(tmp_path / "o.wav") == list(range(480))


def test_frames_dropped_before_they_were_heard_are_taken_back(tmp_path: Path) -> None:
    clock = Clock()
    output = opened(tmp_path / "o.wav", clock)
    output.write(counting(0, 960))
    clock.now_ns += SECOND_NS // 100
    output.drop()
    output.write(counting(5_000, 480))
    clock.now_ns += SECOND_NS
    output.close()

    assert heard(tmp_path / "o.wav") == [*range(480), *range(5_000, 5_480)]


def test_the_header_is_true_while_the_file_grows(tmp_path: Path) -> None:
    output = opened(tmp_path / "o.wav", Clock())
    output.write(counting(0, 480))
    output._header_at_s = -10.0
    output.write(counting(480, 480))

    assert heard(tmp_path / "o.wav") == list(range(960))


def test_a_second_opening_goes_on_in_the_same_file_at_its_rate(tmp_path: Path) -> None:
    clock = Clock()
    output = opened(tmp_path / "o.wav", clock)
    output.write(counting(0, 480))
    clock.now_ns += SECOND_NS
    output.close()

    assert output.open(96_000).rate_hz == 48_000
    output.write(counting(480, 480))
    clock.now_ns += SECOND_NS
    output.close()
    assert heard(tmp_path / "o.wav") == list(range(960))


def test_a_file_that_cannot_be_written_is_no_device(tmp_path: Path) -> None:
    with pytest.raises(OutputLost) as caught:
        opened(tmp_path / "absent" / "o.wav", Clock())

    assert caught.value.code == "no-device"


def test_a_full_disk_loses_the_output() -> None:
    with pytest.raises(OutputLost) as caught:
        opened(Path("/dev/full"), Clock())

    assert caught.value.code == "lost"


def test_a_later_process_goes_on_behind_what_an_earlier_one_recorded(tmp_path: Path) -> None:
    opened(tmp_path / "o.wav", Clock()).write(counting(0, 480))
    later = WavOutput(tmp_path / "o.wav", sample_format="S16_LE")

    assert later.open(96_000).rate_hz == 48_000
    later.write(counting(480, 480))
    later._write_header()
    assert heard(tmp_path / "o.wav") == list(range(960))


@pytest.mark.parametrize("content", [b"a letter to my mother", bytes(1000)])
def test_a_file_that_is_no_recording_of_ours_is_never_written_over(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "o.wav").write_bytes(content)
    with pytest.raises(OutputLost, match="name another") as caught:
        opened(tmp_path / "o.wav", Clock())

    assert caught.value.code == "no-device"
    assert (tmp_path / "o.wav").read_bytes() == content
