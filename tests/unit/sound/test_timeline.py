"""Which frame of the ring is heard, from what the device was given."""

import pytest

from auralisd.sound.timeline import Timeline


@pytest.mark.parametrize(("unheard", "heard"), [(1_000, 500), (400, 1_100), (0, 1_500), (5_000, 500)])
def test_what_is_heard_was_written_as_long_ago_as_the_device_says(unheard: int, heard: int) -> None:
    timeline = Timeline()
    timeline.wrote(500, 1_000)

    assert timeline.heard(unheard) == heard


def test_the_position_stands_still_in_silence_and_goes_on_behind_it() -> None:
    timeline = Timeline()
    timeline.wrote(0, 100)
    timeline.wrote_silence(100, 50)
    timeline.wrote(100, 100)

    assert [timeline.heard(unheard) for unheard in (180, 140, 110, 90, 0)] == [70, 100, 100, 110, 200]


def test_only_frames_of_the_ring_sound() -> None:
    timeline = Timeline()
    timeline.wrote(0, 100)
    timeline.wrote_silence(100, 50)
    told = []
    for unheard in (60, 20):
        timeline.heard(unheard)
        told.append(timeline.is_sounding())

    assert told == [True, False]


def test_after_a_drop_the_device_counts_from_nothing() -> None:
    timeline = Timeline()
    timeline.wrote(0, 100)
    timeline.forget()

    assert timeline.is_empty
    timeline.wrote(40, 10)
    assert timeline.heard(10) == 40
