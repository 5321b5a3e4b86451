"""What shall be done to one track."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auralisd.model.knowledge import AlbumPlace, Knowledge
from auralisd.model.preset import PRESETS, Preset
from auralisd.model.taste import (
    BYPASSED,
    DEFAULT_INTENSITY,
    ENHANCED,
    LEVELLED,
    OFF,
    REPLAY_GAINS,
    TaggedGain,
    Taste,
    Treatment,
)
from auralisd.playback import queue as q
from auralisd.playback.edits import replaced
from auralisd.playback.shuffle import Deal, shuffled
from auralisd.playback.treatments import (
    plays_in_album_order,
    preset_in_effect,
    resolve,
    tracks_around,
    wants_album,
)
from tests.unit.playback.stage import a_profile

WARM = PRESETS["warm"]
OWN, ALBUM = a_profile(-10.0), a_profile(-12.0)
TAGGED_OWN, TAGGED_ALBUM = TaggedGain(-3.0, 0.9), TaggedGain(-5.0, 1.0)


def known(**fields: object) -> Knowledge:
    return Knowledge(**({"album": "A", "album_number": 1} | fields))  # type: ignore[arg-type]


def replay_gain(word: str) -> Taste:
    return Taste(enabled=False, replay_gain=word, preamp_db=2.0)


# --- which preset ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("override", "remembered", "in_effect"),
    [("", "", "warm"), ("", "live", "live"), ("bright", "live", "bright"), ("bright", "", "bright")],
)
def test_the_newest_choice_goes_before_what_is_remembered_and_that_before_the_default(
    override: str, remembered: str, in_effect: str
) -> None:
    preset = preset_in_effect(Taste(preset="warm"), Knowledge(preset=remembered), PRESETS, override)

    assert preset.name == in_effect


@pytest.mark.parametrize(("default", "remembered", "override"), [("x", "", ""), ("warm", "x", ""), ("warm", "", "x")])
def test_a_preset_whose_file_is_gone_gives_way_to_adaptive_and_returns_with_it(
    default: str, remembered: str, override: str
) -> None:
    asked = (Taste(preset=default), Knowledge(preset=remembered))
    back = Preset("x", "X", "", -15.0, 0.5, own=True)

    assert preset_in_effect(*asked, PRESETS, override) is PRESETS["adaptive"]
    assert preset_in_effect(*asked, {**PRESETS, "x": back}, override) is back


# --- which treatment ------------------------------------------------------------------------------------


def test_the_taste_is_resolved_whole() -> None:
    taste = Taste(intensity=0.5, target_lufs=-20.0, bypass=True)
    treatment, profile, album = resolve(taste, known(profile=OWN, album_profile=ALBUM), WARM, in_album_order=True)

    assert treatment == Treatment(BYPASSED, WARM, 0.5, -20.0)
    assert (profile, album) == (OWN, None)


def test_a_target_of_zero_is_the_preset_s_own() -> None:
    assert resolve(Taste(), known(), WARM, in_album_order=False)[0] == Treatment(ENHANCED, WARM, DEFAULT_INTENSITY)


@pytest.mark.parametrize("taste", [Taste(enabled=False), Taste(intensity=0.0), Taste(enabled=False, bypass=True)])
def test_a_file_that_passes_bit_for_bit_is_treated_alike_whatever_else_is_asked(taste: Taste) -> None:
    assert resolve(taste, known(), WARM, in_album_order=False)[0] == Treatment(OFF)


@pytest.mark.parametrize(
    ("album_mode", "in_order", "album"), [(True, True, ALBUM), (True, False, None), (False, True, None)]
)
def test_album_mode_takes_the_album_s_profile_where_it_is_played_in_order(
    album_mode: bool, in_order: bool, album: object
) -> None:
    knowledge = known(profile=OWN, album_profile=ALBUM)

    assert resolve(Taste(album_mode=album_mode), knowledge, WARM, in_album_order=in_order)[1:] == (OWN, album)


@pytest.mark.parametrize(
    ("word", "in_order", "album"),
    [
        ("track", True, None),
        ("album", True, ALBUM),
        ("album", False, ALBUM),
        ("auto", True, ALBUM),
        ("auto", False, None),
    ],
)
def test_replay_gain_takes_what_was_measured_of_the_album_or_of_the_track(
    word: str, in_order: bool, album: object
) -> None:
    knowledge = known(profile=OWN, album_profile=ALBUM, tagged_track=TAGGED_OWN, tagged_album=TAGGED_ALBUM)
    treatment, *profiles = resolve(replay_gain(word), knowledge, WARM, in_album_order=in_order)

    assert treatment == Treatment(LEVELLED, preamp_db=2.0)
    assert profiles == [OWN, album]


@pytest.mark.parametrize(
    ("word", "knowledge", "tagged", "profile"),
    [
        ("track", known(tagged_track=TAGGED_OWN, tagged_album=TAGGED_ALBUM), TAGGED_OWN, None),
        ("album", known(tagged_track=TAGGED_OWN, tagged_album=TAGGED_ALBUM), TAGGED_ALBUM, None),
        ("album", known(profile=OWN, tagged_album=TAGGED_ALBUM), TAGGED_ALBUM, None),
        ("album", known(tagged_track=TAGGED_OWN), TAGGED_OWN, None),
        ("album", known(profile=OWN, tagged_track=TAGGED_OWN), None, OWN),
        ("auto", known(tagged_track=TAGGED_OWN, tagged_album=TAGGED_ALBUM), TAGGED_OWN, None),
        ("track", known(), None, None),
    ],
)
def test_replay_gain_falls_back_to_the_tags_where_nothing_was_measured(
    word: str, knowledge: Knowledge, tagged: TaggedGain | None, profile: object
) -> None:
    treatment, own, album = resolve(replay_gain(word), knowledge, WARM, in_album_order=False)

    assert (treatment.tagged, own, album) == (tagged, profile, None)


@given(
    st.builds(
        Taste,
        enabled=st.booleans(),
        intensity=st.sampled_from([0.0, 0.5, 1.0]),
        bypass=st.booleans(),
        album_mode=st.booleans(),
        replay_gain=st.sampled_from(REPLAY_GAINS),
    ),
    st.builds(
        Knowledge,
        profile=st.none() | st.just(OWN),
        album_profile=st.none() | st.just(ALBUM),
        tagged_track=st.none() | st.just(TAGGED_OWN),
        tagged_album=st.none() | st.just(TAGGED_ALBUM),
    ),
    st.booleans(),
)
def test_replay_gain_acts_only_while_enhancement_is_off_and_no_album_counts_that_was_not_asked_for(
    taste: Taste, knowledge: Knowledge, in_order: bool
) -> None:
    treatment, _, album = resolve(taste, knowledge, WARM, in_album_order=in_order)

    assert treatment.mode == taste.mode
    assert treatment.mode != LEVELLED or (not taste.enabled and taste.replay_gain != "off")
    assert treatment.tagged is None or treatment.mode == LEVELLED
    assert treatment.tagged is None or album is None
    assert album is None or wants_album(taste)


# --- in album order -------------------------------------------------------------------------------------

ONE_ALBUM = {n: Knowledge(album="A", album_number=n) for n in range(1, 6)} | {
    6: Knowledge(album="B", album_number=1),
    7: Knowledge(),
    8: Knowledge(),
}


def queue_of(*tracks: int, shuffle: str = "off") -> q.PlayQueue:
    places = {track: AlbumPlace(known.album, 1, known.album_number) for track, known in ONE_ALBUM.items()}
    deal = Deal(random.Random(1), places)
    return shuffled(replaced(q.PlayQueue(), tracks, start=0, deal=deal), shuffle, deal)


def in_order(*tracks: int, shuffle: str = "off") -> list[bool]:
    queue = queue_of(*tracks, shuffle=shuffle)
    return [plays_in_album_order(queue, entry.id, ONE_ALBUM) for entry in queue.entries]


@pytest.mark.parametrize(
    ("tracks", "expected"),
    [
        ((1, 2, 3), [True, True, True]),
        ((1, 3, 5), [True, True, True]),
        ((2,), [False]),
        ((3, 2, 1), [False, False, False]),
        ((1, 1), [False, False]),
        ((6, 1, 2, 7), [False, True, True, False]),
        ((2, 3, 1), [True, True, False]),
        ((7, 8), [False, False]),
        ((1, 6, 2), [False, False, False]),
    ],
)
def test_an_album_is_played_in_order_where_a_neighbour_goes_before_or_on_in_it(
    tracks: tuple[int, ...], expected: list[bool]
) -> None:
    assert in_order(*tracks) == expected


def test_a_shuffled_album_is_not_played_in_order() -> None:
    assert not any(in_order(1, 2, 3, shuffle="tracks"))


def test_an_album_is_played_in_order_where_albums_are_shuffled_and_wherever_its_tracks_lie() -> None:
    assert in_order(2, 6, 1, 7, 3, shuffle="albums") == [True, False, True, False, True]


def test_an_entry_that_is_not_there_is_not_played_in_order() -> None:
    assert not plays_in_album_order(queue_of(1, 2), 99, ONE_ALBUM)


def test_what_must_be_known_is_an_entry_s_track_and_those_beside_it() -> None:
    queue = queue_of(1, 2, 3, 4, 5)
    first, _, third, *_ = (entry.id for entry in queue.entries)

    assert tracks_around(queue, (first, None, third)) == (1, 2, 3, 4)
    assert tracks_around(queue_of(1, 2, 3, shuffle="tracks"), (1,)) == (1,)
    assert tracks_around(q.PlayQueue(), (0, None)) == ()
