"""Files that are gone or damaged while what was made of them is on the tape: the music goes on, what was wanted is
heard as soon as it can be, and nothing is told twice or left open."""

import os
from pathlib import Path

import msgspec
import numpy as np
import pytest

from auralisd.doors.sound import Damaged, Planned
from auralisd.dsp.blend import reach_frames
from auralisd.model.taste import LEVELLED, TaggedGain
from auralisd.sound.orders import RateGiven
from tests.unit.sound.studio import ADAPTIVE, UNTOUCHED, Studio, noise, stream, written
from tests.unit.sound.test_overlaps import FADE, FADE_S, FIRST, LOUD, RATE_HZ, SECOND, START, songs, spoil

__all__ = ["songs"]


@pytest.mark.parametrize("place", [FADE // 4, FADE * 3 // 4])
@pytest.mark.parametrize("known", [False, True])
def test_another_treatment_is_heard_behind_an_overlap_with_a_song_whose_file_is_gone(
    songs: tuple[Path, Path, Path], place: int, known: bool
) -> None:
    studio = Studio(RATE_HZ)
    first = ADAPTIVE if known else UNTOUCHED  # only a look at the file tells what is not known
    studio.start(stream(songs[0], 10, treatment=first), stream(songs[1], 11, overlap_s=FADE_S, treatment=first))
    studio.listen(START + place)
    songs[0].unlink()
    treated = stream(songs[1], 11, overlap_s=FADE_S, treatment=LOUD)
    studio.programme.revise((stream(songs[0], 10, treatment=LOUD), treated))
    studio.listen()
    other = Studio(RATE_HZ)
    other.start(treated)
    other.listen()
    settled = len(FIRST) + reach_frames(RATE_HZ) + 2_000

    assert np.array_equal(studio.heard[settled:], other.heard[settled - START :])
    assert [what for _, what, _ in studio.told()] == ["Audible", "Audible", "Finished", "Finished"]
    assert studio.programme.patience_s() is None


def test_what_was_put_off_is_waited_for_and_leaves_no_file_open(songs: tuple[Path, Path, Path]) -> None:
    opened = len(os.listdir("/proc/self/fd"))
    studio = Studio(RATE_HZ)
    near_end = len(SECOND) - 2 * FADE  # all of it is on the tape while the first still sounds
    studio.start(stream(songs[0], 10), stream(songs[1], 11, frame=near_end, overlap_s=FADE_S))
    studio.listen(START + FADE // 2 + 1_000)
    assert not studio.reel.is_recording
    songs[0].unlink()
    known = msgspec.structs.replace(ADAPTIVE, mode=LEVELLED, tagged=TaggedGain(-6.0))
    studio.programme.revise((stream(songs[1], 11, frame=near_end, overlap_s=FADE_S, treatment=known),))
    left = START + FADE - studio.ring.read_at + studio.origin

    assert studio.programme.patience_s() == pytest.approx((left + reach_frames(RATE_HZ)) / RATE_HZ)
    assert len(os.listdir("/proc/self/fd")) == opened
    studio.programme.give_up()  # nothing came meanwhile
    studio.listen()
    assert studio.programme.patience_s() is None
    assert [report.entry for report in studio.reports if isinstance(report, Planned)][-1] == 11
    studio.programme.halt(2)
    assert len(os.listdir("/proc/self/fd")) == opened


def test_in_a_pause_just_before_it_can_be_what_was_put_off_is_not_asked_for_again_and_again(
    songs: tuple[Path, Path, Path],
) -> None:
    studio = Studio(RATE_HZ)
    studio.start(stream(songs[0], 10), stream(songs[1], 11, overlap_s=FADE_S))
    studio.listen(START + FADE // 2)
    songs[0].unlink()
    studio.programme.revise((stream(songs[1], 11, overlap_s=FADE_S, treatment=LOUD),))
    studio.listen(FADE // 2 + reach_frames(RATE_HZ) - 1, block=100)
    waits_s = studio.programme.patience_s()

    assert not studio.programme.may_go_on()
    assert waits_s is not None
    assert waits_s >= 0.05


def test_damage_that_was_told_is_not_told_again_when_the_device_comes_back_at_another_rate(tmp_path: Path) -> None:
    broken = [written(tmp_path / f"{n}.flac", noise(5.0, seed=n, rate_hz=RATE_HZ), rate_hz=RATE_HZ) for n in (1, 2)]
    for each in broken:
        spoil(each)
    studio = Studio(RATE_HZ)
    studio.start(stream(broken[0], 10), stream(broken[1], 11))
    studio.listen(100)
    studio.programme.rate_given(RateGiven(1, 2 * RATE_HZ, at=studio.ring.read_at))
    studio.listen()

    assert [report.entry for report in studio.reports if isinstance(report, Damaged)] == [10, 11]
