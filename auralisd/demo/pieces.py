"""The music: seven small pieces, each with a sound of its own, so that mastering has something to do.

Each function gives `(samples, rate_hz)`, float64 in [−1, 1], of shape (channels, frames).
"""

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np

from auralisd.demo import instruments as band
from auralisd.demo.instruments import Instrument, Samples
from auralisd.demo.score import Note, arpeggio, line
from auralisd.demo.studio import Tape, levelled, toned

Recording: TypeAlias = tuple[Samples, int]

# Where "Window" is cut: in the middle of bar thirteen, under a flute note that is held across it.
WINDOW_CUT_BEATS: Final = 49.3
WINDOW_BEATS_PER_MINUTE: Final = 100.0


def before_dawn() -> Recording:
    """Quiet and wide: a felt piano that hardly starts, one swell, and silence again.  96 kHz."""
    tape = Tape(rate_hz=96_000, beats=34, beats_per_minute=60, seed=1)
    chords = """
        A2+E3+B3+C4/4 F2+C3+A3+E4 C3+G3+B3+E4 G2+D3+B3+D4
        D3!+A3!+C4!+F4! F2!+C3!+A3!+E4! E2+B2+G#3+D4 A2?+E3?+C4?+E4?/6
    """
    melody = """
        -/2 E5?/1 B4?/1      | C5?/2 -/1 A4?/.5 B4?/.5 | G4/1.5 C5/.5 E5/2  | D5/3 B4/1
        A5!/1 G5!/1 F5/1 E5/1 | C6!/1.5 B5!/.5 A5!/1 E5/1 | D5/2 B4?/2       | C5?/1 B4?/1 A4?/4
    """
    broken = "A2+E3+C4 F2+C3+A3 C3+G3+E4 G2+D3+B3 D3+A3+F4 F2+C3+A3 E2+B2+G#3"
    tape.play(line(chords), band.pad, level_db=-27, room_db=-8, loose_s=0.0)
    tape.play(line(melody), band.felt_piano, level_db=-8, pan=0.1, room_db=-7, loose_s=0.012)
    tape.play(
        arpeggio(broken, "0121", step_beats=1.0), band.felt_piano, level_db=-17, pan=-0.2, room_db=-9, loose_s=0.015
    )
    return levelled(tape.mix(decay_s=3.4), rms_db=-29.3), tape.rate_hz


def window() -> Recording:
    """One recording that the album cuts into two tracks: a harp that never rests, later a flute over it."""
    tape = Tape(rate_hz=44_100, beats=97, beats_per_minute=WINDOW_BEATS_PER_MINUTE, seed=2)
    round_of_chords = """
        D3+A3+D4+F#4 C#3+A3+E4+A4 B2+F#3+D4+F#4 F#2+F#3+C#4+A4 G2+D3+B3+G4 F#2+D3+A3+F#4 E2+E3+B3+G4 A2+E3+C#4+G4
    """
    bass_line = "D2/4 C#2 B1 F#2 G2 F#2 E2 A2"
    opening = "-/16 | -/2 A4/1 D5/1 | F#5/2 E5/1 D5/1 | B4/2 G4/2 | A4/4"
    flute = """
        F#5/3 E5/1 | C#5/2 A4/2 | D5/3 C#5/.5 B4/.5 | A4/1 C#5/1 F#5/2
        | G5/6 F#5/1 E5/1 | B4/2 E5/2 | G5/1 F#5/1 E5/1 C#5/1
        | F#5/2 A5/2 | E5/3 C#5/1 | F#5/2 D5/2 | C#5/1 F#5/1 A5/2
        | B5/3 A5/1 | A5/1 F#5/1 D5/2 | G5/1 F#5/1 E5/1 B4/1 | C#5/1 D5/1 E5/2 | D5/1
    """
    harp = arpeggio(round_of_chords * 3, "01232312", step_beats=0.5)
    tape.play(harp, band.harp, level_db=-9, pan=-0.25, room_db=-10)
    tape.play(line("D2+A2+D3+F#3+D4/1", start_beats=96), band.harp, level_db=-9, pan=-0.1, room_db=-8)
    tape.play(line(bass_line * 2 + " D2/1", start_beats=32), band.bass, level_db=-19, room_db=-20)
    tape.play(line(opening, start_beats=0), band.glockenspiel, level_db=-22, pan=0.5, room_db=-6)
    tape.play(line(flute, start_beats=32), band.flute, level_db=-17, pan=0.25, room_db=-8)
    strings = "D3+A3+F#4/4 C#3+A3+E4 B2+F#3+D4 C#3+F#3+A3 B2+D3+G3 A2+D3+F#3 B2+E3+G3 C#3+E3+A3"
    tape.play(line(strings + " D3+A3+F#4/1", start_beats=64), band.pad, level_db=-25, room_db=-8)
    return levelled(tape.mix(decay_s=2.2), rms_db=-20.0), tape.rate_hz


def cellar_dub() -> Recording:
    """All bass: a slow G minor with a drum that is felt rather than heard, and chords from the next room."""
    tape = Tape(rate_hz=44_100, beats=40, beats_per_minute=72, seed=3)
    groove = "G1/1.5 G1/.5 Bb1/1 D2/1 | G1/1.5 F1/.5 G1/1 -/1 "
    turn = "Eb2/1.5 Eb2/.5 G1/1 Bb1/1 | C2/1.5 C2/.5 D2/1 F1/1 "
    g_minor, e_flat, c_minor = "-/.5 G3+Bb3+D4/.5 ", "-/.5 G3+Bb3+Eb4/.5 ", "-/.5 G3+C4+Eb4/.5 "
    stabs = line(g_minor * 16 + e_flat * 4 + c_minor * 4 + g_minor * 16)
    tape.play(line(groove * 2 + turn + groove * 2), band.bass, level_db=-3, room_db=-30, loose_s=0.003)
    tape.play(line("A1!/1 -/1 A1/.5 A1?/.5 -/1 " * 10), band.kick, level_db=-2, room_db=-26, loose_s=0.002)
    tape.play(line("-/2 C4/2 " * 10), _struck(band.brush, 1800.0), level_db=-20, pan=0.2, room_db=-3)
    tape.play(stabs, band.dull_guitar, level_db=-16, pan=-0.4, room_db=-6)
    tape.play(_echo(stabs, after_beats=0.75), band.dull_guitar, level_db=-24, pan=0.5, room_db=-3)
    melody = "-/16 | -/1 D4/1 F4/.5 G4/2.5 -/3 Bb4/1 A4/.5 G4/3.5 D4/2 -/1 | D4/1 F4/.5 G4/3.5 F4/1 D4/2"
    tape.play(line(melody), band.accordion, level_db=-24, pan=0.15, room_db=-5)
    mix = toned(
        tape.mix(decay_s=2.6, dark_hz=1800),
        tape.rate_hz,
        [(10, -40), (30, 0), (55, 3), (120, 2), (700, 0), (2500, -6), (9000, -20)],
    )
    return levelled(mix, rms_db=-14.5), tape.rate_hz


def tin_parade() -> Recording:
    """Everything too bright and pressed flat: tin whistles, snares and hats in G major."""
    tape = Tape(rate_hz=44_100, beats=64, beats_per_minute=132, seed=4)
    verse = """
        D5/.5 G5 B5/1 A5/.5 G5 A5 B5 | G5/1 D5 B4 D5 | E5/.5 A5 C6/1 B5/.5 A5 B5 C6       | A5/1 F#5/1 D5/2
        D5/.5 G5 B5/1 A5/.5 G5 A5 B5 | G5/1 E5 C6 E5 | D5/.5 G5 B5 D6 C6/.5 A5 F#5 A5     | G5/1 B5/1 G5/2
    """
    trio = """
        E5/1.5 F#5/.5 G5/1 E5        | D5/1 B4 D5/2  | C5/1.5 D5/.5 E5/1 C5               | B4/1 D5 G5/2
        E5/1 G5 C6 B5                | A5/.5 B5 A5 G5 D5/2 | C6/.5 B5 A5/1 F#5 A5         | G5/1 B5 G5/2
    """
    half_bars = "G G G G Am Am D D G G C C G D G G " + "C C G G C C G G C C G G D D G G"
    oom = {"G": "G2/.5 - D3 - ", "C": "C3/.5 - G2 - ", "D": "D3/.5 - A2 - ", "Am": "A2/.5 - E3 - "}
    pah = {"G": "D4+G4+B4", "C": "E4+G4+C5", "D": "D4+F#4+A4", "Am": "E4+A4+C5"}
    basses = line("".join(oom[chord] for chord in half_bars.split()))
    offbeats = line("".join(f"-/.5 {pah[chord]} - {pah[chord]} " for chord in half_bars.split()))
    octave_below = tuple(note._replace(pitch_hz=note.pitch_hz / 2) for note in line(verse))
    tape.play(line(verse + trio), band.tin_whistle, level_db=-9, pan=0.15, room_db=-16)
    tape.play(line(verse + trio), band.glockenspiel, level_db=-15, pan=-0.5, room_db=-12)
    tape.play(octave_below, band.tin_whistle, level_db=-17, pan=-0.3, room_db=-16)
    tape.play(basses, band.bass, level_db=-10, room_db=-24)
    tape.play(offbeats, band.guitar, level_db=-12, pan=0.45, room_db=-18)
    march = line("C4/.5 C4? C4! C4?/.25 C4? " * 32)
    tape.play(march, _struck(band.snare, 2400.0), level_db=-12, pan=-0.1, room_db=-14)
    tape.play(line("C4!/.5 C4? " * 64), _struck(band.hat, 7000.0), level_db=-14, pan=0.35, room_db=-20)
    tape.play(line("C2/1 -/1 " * 32), band.kick, level_db=-6, room_db=-24)
    squashed = levelled(tape.mix(decay_s=0.9, dark_hz=7000), rms_db=-9.0)
    mix = toned(
        squashed,
        tape.rate_hz,
        [(10, -40), (60, -8), (200, -4), (1000, 0), (3000, 5), (6000, 7), (14000, 6)],
    )
    return levelled(mix, rms_db=-13.5, ceiling_db=-1.5), tape.rate_hz


def old_wireless() -> Recording:
    """A waltz as a small radio gives it: mono, 22.05 kHz, nothing to speak of above 4 kHz."""
    tape = Tape(rate_hz=22_050, beats=75, beats_per_minute=156, seed=5)
    melody = """
        E5/2 D5/1 | C5/2 B4/1 | A4/3 | E4/3 | A4/1 B4/1 C5/1 | D5/2 C5/1 | B4/3 | G#4/3
        E5/2 D5/1 | C5/2 B4/1 | C5/3 | F5/3 | E5/1 D5/1 C5/1 | B4/1 A4/1 G#4/1 | A4/3 | -/1 G4/1 A4/1
        C5/2 E5/1 | G5/2 E5/1 | F5/3 | D5/3 | E5/1 D5/1 C5/1 | B4/2 E5/1 | A4/3 | A4/3 | A4/3
    """
    roots = "A2 A2 F2 A2 D2 D2 E2 E2 A2 A2 F2 D2 A2 E2 A2 G2 C3 C3 F2 G2 A2 E2 A2 D2"
    above = {
        "A2": "A3+C4+E4",
        "C3": "G3+C4+E4",
        "D2": "A3+D4+F4",
        "E2": "G#3+B3+E4",
        "F2": "A3+C4+F4",
        "G2": "G3+B3+F4",
    }
    oom = " ".join(f"{root}/1 -/2" for root in roots.split()) + " A2/3"
    pah = " ".join(f"-/1 {above[root]}/.5 - {above[root]} -" for root in roots.split()) + " A3+C4+E4/3"
    tape.play(line(melody), band.accordion, level_db=-12, room_db=-12, loose_s=0.012)
    tape.play(line(oom), band.bass, level_db=-9, room_db=-20)
    tape.play(line(pah), band.dull_guitar, level_db=-9, room_db=-14)
    mix = toned(
        tape.mix(decay_s=1.1),
        tape.rate_hz,
        [(20, -50), (90, -18), (180, -3), (400, 1), (1500, 0), (2600, -6), (4500, -30)],
    )
    return levelled(mix, rms_db=-22.0).mean(axis=0, keepdims=True), tape.rate_hz


def evening_post() -> Recording:
    """The well-behaved one: electric piano, brushes, bass and a flute, at the level of a normal record.  48 kHz."""
    tape = Tape(rate_hz=48_000, beats=44, beats_per_minute=80, seed=6)
    chords = """
        F3+A3+C4+E4+G4/3 F3?+A3?+C4?+E4?/1 | E3+G3+B3+D4/3 A3?+C#4?+G4?/1
        D3+F3+A3+C4+E4/4 | G3+B3+D4+F4/2 G3+B3+E4/2
        F3+A3+C4+E4+G4/3 F3?+A3?+C4?+E4?/1 | E3+G3+B3+D4/3 A3?+C#4?+G4?/1
        D3+A3+C4+F4/2 G3+B3+F4+A4/2 | C3+G3+B3+E4/4
        A3+C4+E4+G4/4 | D3+A3+C4+F4/2 G3+B3+D4+F4/2 | C3+G3+A3+D4+E4/4
    """
    basses = """
        F2/1.5 F2?/.5 C3/1 F2/1 | E2/1.5 E2?/.5 A2/1.5 C#3?/.5 | D2/1.5 D2?/.5 A2/1 D2/1 | G2/1.5 G2?/.5 D3/1 G2/1
        F2/1.5 F2?/.5 C3/1 F2/1 | E2/1.5 E2?/.5 A2/1.5 C#3?/.5 | D2/2 G2/1.5 B2?/.5 | C3/1.5 G2/.5 C2/2
        A2/1.5 A2?/.5 E3/1 A2/1 | D2/2 G2/2 | C2/4
    """
    flute = """
        -/16 | -/1 A4/.5 C5/.5 G5/1.5 E5/.5 | D5/2 B4/1 C#5/1 | F5/1.5 E5/.5 D5/.5 C5/.5 A4/1 | B4/1 G4/.5 E5/2.5
        | -/.5 C5/.5 E5/1 G5/1 E5/1 | F5/1 D5/.5 C5/.5 B4/1 D5/1 | C5/4
    """
    beat = "C2!/1.5 C2?/.5 -/.5 C2/.5 -/1 "
    tape.play(line(chords), band.electric_piano, level_db=-13, pan=-0.15, room_db=-12, loose_s=0.014)
    tape.play(line(basses), band.bass, level_db=-12, room_db=-26)
    tape.play(line(flute), band.flute, level_db=-14, pan=0.2, room_db=-8, loose_s=0.012)
    tape.play(line(beat * 10), band.kick, level_db=-8, room_db=-24)
    tape.play(line("-/1 C4/1 " * 20), _struck(band.snare, 1500.0), level_db=-21, pan=0.1, room_db=-10)
    swing = line("C4/.625 C4?/.375 " * 40)
    tape.play(swing, _struck(band.hat, 6000.0), level_db=-27, pan=0.4, room_db=-16)
    mix = toned(tape.mix(decay_s=1.6), tape.rate_hz, [(10, -40), (35, 0), (110, 1), (300, 0), (5000, 0), (12000, 1)])
    return levelled(mix, rms_db=-18.0), tape.rate_hz


def _struck(drum: Instrument, hz: float) -> Instrument:
    """A drum that sounds around `hz` whatever note is written for it."""

    def strike(_hz: float, seconds: float, rate_hz: int, rng: np.random.Generator) -> Samples:
        return drum(hz, seconds, rate_hz, rng)

    return strike


def _echo(notes: Sequence[Note], *, after_beats: float) -> tuple[Note, ...]:
    return tuple(note._replace(start_beats=note.start_beats + after_beats) for note in notes)
