"""Notes on paper: a line of text becomes timed notes.

`"D4/2 - F#4+A4/1.5"` reads: D4 for two beats, a rest of one beat, then F#4 and A4 together for one and a half.
A length stays until the next one is given; a note may be louder (`D4!`) or softer (`D4?`).
"""

from typing import Final, NamedTuple

_STEPS: Final = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCENTS_DB: Final = {"!": 3.0, "?": -4.0}


class Note(NamedTuple):
    """One note: when and how long in beats, how high in Hz, how loud relative to its line."""

    start_beats: float
    length_beats: float
    pitch_hz: float
    level_db: float = 0.0


def pitch_hz(name: str) -> float:
    """The equal-tempered frequency of a name such as `F#3` or `Bb4`; A4 is 440 Hz."""
    semitone = 12 * int(name[-1]) + _STEPS[name[0]] + name.count("#") - name[1:].count("b")
    return 440.0 * float(2.0 ** ((semitone - 57) / 12))


def line(text: str, *, start_beats: float = 0.0) -> tuple[Note, ...]:
    """Read a line of music; bar lines (`|`) are for the eye only."""
    notes: list[Note] = []
    at, length = start_beats, 1.0
    for token in text.replace("|", " ").split():
        names, _, given = token.partition("/")
        length = float(given) if given else length
        notes += [_note(name, at, length) for name in names.split("+") if name != "-"]
        at += length
    return tuple(notes)


def arpeggio(chords: str, pattern: str, *, step_beats: float, start_beats: float = 0.0) -> tuple[Note, ...]:
    """Break each chord of `chords` (as in `D3+A3+D4`) into its notes, in the order of the digits in `pattern`."""
    broken = " ".join(
        f"{chord.split('+')[int(digit)]}/{step_beats}"
        for chord in chords.replace("|", " ").split()
        for digit in pattern
    )
    return line(broken, start_beats=start_beats)


def _note(name: str, at: float, length: float) -> Note:
    level_db = sum(_ACCENTS_DB.get(mark, 0.0) for mark in name)
    return Note(at, length, pitch_hz(name.rstrip("!?")), level_db)
