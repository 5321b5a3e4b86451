"""What a worker answers to a rehearsal."""

from pathlib import Path

import pytest
import soundfile

from auralisd.doors.worker import Rehearse, Trimmed
from auralisd.model.preset import PRESETS
from auralisd.model.taste import Treatment
from auralisd.tags.opening import facts_of
from auralisd.worker.measuring import measure
from auralisd.worker.program import answers
from tests.sounds import music


@pytest.fixture
def task(tmp_path: Path) -> Rehearse:
    soundfile.write(tmp_path / "a.flac", music(4.0) * 0.3, 44_100)
    path = bytes(tmp_path / "a.flac")
    return Rehearse(7, path, measure(path)[1], Treatment(preset=PRESETS["punchy"]))


def test_a_rehearsal_is_answered_with_its_trim_and_the_file_that_was_heard(task: Rehearse, tmp_path: Path) -> None:
    [answer] = answers(task)

    assert isinstance(answer, Trimmed)
    assert (answer.task, answer.facts, answer.code) == (7, facts_of((tmp_path / "a.flac").stat()), "")
    assert 0.0 < abs(answer.trim_lu) < 1.0


def test_a_file_that_breaks_off_is_answered_with_its_code(task: Rehearse, tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + bytes(len(whole) // 2))

    assert list(answers(task)) == [Trimmed(7, None, 0.0, "damaged")]


def test_a_file_that_is_gone_is_answered_with_its_code(task: Rehearse, tmp_path: Path) -> None:
    (tmp_path / "a.flac").unlink()

    assert list(answers(task)) == [Trimmed(7, None, 0.0, "missing")]
