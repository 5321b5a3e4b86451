"""What rehearsals came to, and for which file it holds."""

import msgspec

from auralisd.library.rehearsals import KEPT, Rehearsals
from auralisd.model.knowledge import Rehearsal, Rehearsed
from auralisd.model.taste import Treatment
from tests.builders import a_track

TRACK = a_track(1)
FULL, HALF = Treatment(), Treatment(intensity=0.5)


def test_what_a_rehearsal_came_to_is_known_of_its_track_and_treatment() -> None:
    rehearsals = Rehearsals()
    rehearsals.keep(Rehearsal(1, FULL), TRACK.facts, 0.2)
    rehearsals.keep(Rehearsal(1, HALF), TRACK.facts, -0.1)
    rehearsals.keep(Rehearsal(2, HALF), TRACK.facts, 0.3)

    assert rehearsals.of(TRACK) == (Rehearsed(FULL, 0.2), Rehearsed(HALF, -0.1))


def test_what_is_known_of_a_file_is_not_known_of_one_in_its_place() -> None:
    rehearsals = Rehearsals()
    rehearsals.keep(Rehearsal(1, FULL), TRACK.facts, 0.2)
    newer = msgspec.structs.replace(TRACK, facts=msgspec.structs.replace(TRACK.facts, mtime_ns=77))

    assert rehearsals.of(newer) == ()
    assert not rehearsals.is_done(Rehearsal(1, FULL), newer.facts)


def test_what_was_in_vain_is_done_and_says_nothing() -> None:
    rehearsals = Rehearsals()
    rehearsals.keep(Rehearsal(1, FULL), TRACK.facts, None)

    assert rehearsals.is_done(Rehearsal(1, FULL), TRACK.facts)
    assert rehearsals.of(TRACK) == ()


def test_so_many_are_kept_and_the_first_ones_go_first() -> None:
    rehearsals = Rehearsals()
    for number in range(KEPT + 2):
        rehearsals.keep(Rehearsal(1, Treatment(preamp_db=float(number))), TRACK.facts, 0.1)
    kept = [each.treatment.preamp_db for each in rehearsals.of(TRACK)]

    assert kept == [float(number) for number in range(2, KEPT + 2)]
