"""Favourites, ratings, the history and the figures, as a client sees them."""

import math

import msgspec
import pytest

from auralisd.library.events import NumbersChanged
from auralisd.model.listening import PLAYED, SKIPPED, Numbers
from auralisd.store.listening import Heard
from tests.bus.client import INVALID, OURS_ERROR, CallFailed, Client
from tests.bus.conftest import Rig

QUERY = "sassua{sv}"
NOT_FOUND = OURS_ERROR + "NotFound"


async def row(client: Client, track: int, *fields: str) -> dict[str, object]:
    rows = (await client.ours("Library", "Query", QUERY, "", list(fields), "", 0, {}))[0]
    return next(each for each in rows if each["id"] == track)


async def test_a_track_tells_its_numbers_and_no_rating_is_no_key(rig: Rig, client: Client) -> None:
    known = rig.library.by_id[2]
    rig.library.by_id[2] = msgspec.structs.replace(known, numbers=Numbers(True, 0.0, 7, 3, 1_700_000_000))
    fields = ("id", "favourite", "rating", "plays", "skips", "last_played")

    assert await row(client, 1, *fields) == {"id": 1, "favourite": False, "plays": 0, "skips": 0}
    assert await row(client, 2, *fields) == {
        "id": 2,
        "favourite": True,
        "rating": 0.0,
        "plays": 7,
        "skips": 3,
        "last_played": 1_700_000_000,
    }


async def test_favourites_and_ratings_can_be_set_and_taken_away(rig: Rig, client: Client) -> None:
    await client.ours("Library", "SetFavourite", "atb", [1, 2], True)
    await client.ours("Library", "SetRating", "atd", [2, 3], 0.8)
    assert (await row(client, 2))["favourite"] is True
    assert (await row(client, 2))["rating"] == 0.8
    await client.ours("Library", "SetFavourite", "atb", [2], False)
    await client.ours("Library", "ClearRating", "at", [2])

    assert rig.library.by_id[2].numbers == Numbers()
    assert rig.library.by_id[3].numbers == Numbers(rating=0.8)


@pytest.mark.parametrize("rating", [math.nan, math.inf, -math.inf, -0.01, -1.0, 1.01, 5.0, 1e308])
async def test_an_impossible_rating_changes_nothing(rig: Rig, client: Client, rating: float) -> None:
    with pytest.raises(CallFailed) as failure:
        await client.ours("Library", "SetRating", "atd", [1], rating)

    assert failure.value.name == INVALID
    assert rig.library.by_id[1].numbers == Numbers()


@pytest.mark.parametrize("track", [0, 99, 2**63 - 1, 2**64 - 1])
async def test_an_unknown_track_changes_nothing(rig: Rig, client: Client, track: int) -> None:
    for member, signature, *values in (
        ("SetFavourite", "atb", True),
        ("SetRating", "atd", 0.5),
        ("ClearRating", "at"),
    ):
        with pytest.raises(CallFailed) as failure:
            await client.ours("Library", member, signature, [1, track], *values)
        assert failure.value.name == NOT_FOUND

    assert rig.library.by_id[1].numbers == Numbers()


async def test_other_numbers_are_told_as_a_change_of_the_library(rig: Rig, client: Client) -> None:
    rig.service.on_event(NumbersChanged(8, 2))
    await client.settled()

    assert client.signals("Changed") == [[8, {"added": 0, "changed": 2, "moved": 0, "removed": 0, "unavailable": 0}]]


async def test_the_library_can_be_had_in_figures(rig: Rig, client: Client) -> None:
    await client.ours("Library", "SetFavourite", "atb", [1, 2], True)
    (figures,) = await client.ours("Library", "Statistics")

    assert (figures["tracks"], figures["favourites"], figures["rated"]) == (5, 2, 0)
    assert (figures["duration_us"], figures["size_bytes"], figures["listened_us"]) == (2**40, 2**41, 2**42)


async def test_the_history_comes_page_by_page_with_the_newest_first(rig: Rig, client: Client) -> None:
    rig.library.reckoning.heard = [
        Heard(1, 11, 1, 100, PLAYED),
        Heard(2, 12, 2, 200, SKIPPED),
        Heard(3, 13, 99, 300, PLAYED),
    ]
    rows, cursor, total, _ = await client.ours("Queue", "History", "su", "", 2)
    rest, end, _, _ = await client.ours("Queue", "History", "su", cursor, 2)

    assert [(one["entry"], one["track"], one["at"], one["outcome"]) for one in rows + rest] == [
        (13, 99, 300, "played"),
        (12, 2, 200, "skipped"),
        (11, 1, 100, "played"),
    ]
    assert rows[1]["title"] == "Song 2"
    assert "title" not in rows[0]
    assert (total, end) == (3, "")


async def test_a_page_of_the_history_has_at_most_500_lines(rig: Rig, client: Client) -> None:
    with pytest.raises(CallFailed, match="500") as failure:
        await client.ours("Queue", "History", "su", "", 501)

    assert failure.value.name == INVALID


async def test_the_history_can_be_cleared(rig: Rig, client: Client) -> None:
    rig.library.reckoning.heard = [Heard(1, 11, 1, 100, PLAYED)]
    await client.ours("Queue", "ClearHistory")

    assert await client.ours("Queue", "History", "su", "", 0) == [[], "", 0, 7]
