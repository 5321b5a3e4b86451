"""Reading music from text."""

import pytest

from auralisd.demo.score import Note, arpeggio, line, pitch_hz


@pytest.mark.parametrize(("name", "hz"), [("A4", 440.0), ("C4", 261.6256), ("Bb3", 233.0819), ("F#6", 1479.978)])
def test_a_name_is_an_equal_tempered_pitch(name: str, hz: float) -> None:
    assert pitch_hz(name) == pytest.approx(hz, rel=1e-6)


def test_a_length_stays_until_the_next_one_is_given() -> None:
    notes = line("A4/2 - | A4/.5 A4")

    assert [(note.start_beats, note.length_beats) for note in notes] == [(0, 2), (4, 0.5), (4.5, 0.5)]


def test_notes_of_a_chord_sound_together_and_an_accent_is_heard() -> None:
    notes = line("A3+A4!/3", start_beats=8)

    assert notes == (Note(8, 3.0, 220.0), Note(8, 3.0, 440.0, 3.0))


def test_an_arpeggio_takes_the_notes_of_each_chord_in_the_order_of_its_pattern() -> None:
    notes = arpeggio("A3+A4 A2+A3", "010", step_beats=0.5)

    assert [note.pitch_hz for note in notes] == [220.0, 440.0, 220.0, 110.0, 220.0, 110.0]
    assert notes[-1].start_beats == 2.5
