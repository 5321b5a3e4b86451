"""In which order the player's wishes are met."""

from auralisd.library.wishes import Wishes
from auralisd.model.knowledge import Rehearsal
from auralisd.model.taste import Treatment


def rehearsals(*tracks: int, intensity: float = 1.0) -> tuple[Rehearsal, ...]:
    return tuple(Rehearsal(track, Treatment(intensity=intensity)) for track in tracks)


def taken(wishes: Wishes) -> list[str]:
    """All of them, in order: `m1` measures track 1, `r1` rehearses it."""
    order = []
    while (wish := wishes.take()) is not None:
        order.append(f"r{wish.track}" if isinstance(wish, Rehearsal) else f"m{wish}")
    return order


def test_the_current_track_is_measured_and_rehearsed_before_the_next_two_and_all_before_the_rest() -> None:
    wishes = Wishes()
    wishes.measure((1, 2, 3, 4, 5))
    wishes.rehearse(rehearsals(1, 2, 3))

    assert taken(wishes) == ["m1", "r1", "m2", "m3", "r2", "r3", "m4", "m5"]


def test_where_the_current_track_needs_no_rehearsal_the_next_two_are_measured_before_theirs() -> None:
    wishes = Wishes()
    wishes.measure((1, 2, 3))
    wishes.rehearse(rehearsals(2, 3))

    assert taken(wishes) == ["m1", "m2", "m3", "r2", "r3"]


def test_rehearsals_that_are_held_let_measurements_go_first_and_are_not_lost() -> None:
    wishes = Wishes()
    wishes.measure((1, 2))
    wishes.rehearse(rehearsals(1, 2))
    wishes.held = True
    meanwhile = taken(wishes)
    idle = bool(wishes)
    wishes.held = False

    assert (meanwhile, idle) == (["m1", "m2"], False)
    assert taken(wishes) == ["r1", "r2"]


def test_newer_rehearsals_replace_older_ones_and_equal_ones_are_no_news() -> None:
    wishes = Wishes()

    assert wishes.rehearse(rehearsals(1, 2, intensity=0.4))
    assert wishes.rehearse(rehearsals(1, intensity=0.5))
    assert not wishes.rehearse(rehearsals(1, intensity=0.5))
    assert wishes.take() == rehearsals(1, intensity=0.5)[0]
    assert wishes.take() is None
