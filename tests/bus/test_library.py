"""org.auralis.Auralis1.Library: questions, single tracks, and what is told."""

from typing import Any

import pytest
from dbus_fast import Variant

from auralisd.library.events import LibraryChanged
from tests.bus.client import INVALID, OUR_NAME, OURS_ERROR, CallFailed, Client
from tests.bus.conftest import Rig

QUERY = "sassua{sv}"


async def pages(client: Client, limit: int) -> list[list[dict[str, Any]]]:
    found, cursor = [], ""
    while True:
        rows, cursor, total, revision = await client.ours("Library", "Query", QUERY, "", ["id"], cursor, limit, {})
        assert (total, revision) == (5, 7)
        found.append(rows)
        if not cursor:
            return found


async def test_a_query_is_answered_page_by_page(rig: Rig, client: Client) -> None:
    assert await pages(client, 2) == [[{"id": 1}, {"id": 2}], [{"id": 3}, {"id": 4}], [{"id": 5}]]


async def test_no_fields_means_all_that_is_known(rig: Rig, client: Client) -> None:
    [rows, *_] = await client.ours("Library", "Query", QUERY, "song 3", [], "", 0, {})

    assert [row["title"] for row in rows] == ["Song 3"]
    assert {"id", "artists", "album", "duration_us", "file_name", "rate_hz"} <= set(rows[0])
    assert not {"date", "mbid", "genres"} & set(rows[0])


async def test_a_query_can_be_turned_round_and_jumped_into(rig: Rig, client: Client) -> None:
    options = {"descending": Variant("b", True), "offset": Variant("t", 3)}
    [rows, *_] = await client.ours("Library", "Query", QUERY, "", ["id"], "", 0, options)

    assert rows == [{"id": 2}, {"id": 1}]


@pytest.mark.parametrize(
    ("fields", "limit", "options", "named"),
    [
        (["path"], 0, {}, "fields"),
        ([], 501, {}, "limit"),
        ([], 0, {"order": Variant("s", "title")}, "options"),
        ([], 0, {"sort": Variant("s", "loudness")}, "options.sort"),
        ([], 0, {"offset": Variant("s", "3")}, "options.offset"),
        ([], 0, {"offset": Variant("x", -1)}, "options.offset"),
    ],
)
async def test_a_wrong_argument_of_a_query_is_named(
    rig: Rig, client: Client, fields: list[str], limit: int, options: dict[str, Variant], named: str
) -> None:
    with pytest.raises(CallFailed, match=named) as failure:
        await client.ours("Library", "Query", QUERY, "", fields, "", limit, options)

    assert failure.value.name == INVALID


async def test_a_track_can_be_got_whole(rig: Rig, client: Client) -> None:
    [row] = await client.ours("Library", "Get", "t", 3)

    assert (row["id"], row["title"]) == (3, "Song 3")
    assert {"artists", "album", "favourite", "plays", "available"} <= set(row)


@pytest.mark.parametrize("track", [0, 99, 2**63, 2**64 - 1])
async def test_an_unknown_track_cannot_be_got(rig: Rig, client: Client, track: int) -> None:
    with pytest.raises(CallFailed, match=OURS_ERROR + "NotFound"):
        await client.ours("Library", "Get", "t", track)


async def test_albums_and_artists_can_be_browsed(rig: Rig, client: Client) -> None:
    [albums, cursor, total, revision] = await client.ours("Library", "Browse", "sssua{sv}", "albums", "", "", 0, {})
    [artists, *_] = await client.ours("Library", "Browse", "sssua{sv}", "artists", "", "", 0, {})

    assert (cursor, total, revision) == ("", 1, 7)
    assert set(albums[0]) == {"id", "title", "tracks", "duration_us", "compilation"}
    assert set(artists[0]) == {"id", "name", "tracks", "albums"}


async def test_an_unknown_kind_of_part_is_refused_with_the_known_ones(rig: Rig, client: Client) -> None:
    with pytest.raises(CallFailed, match=r"kind.*years") as failure:
        await client.ours("Library", "Browse", "sssua{sv}", "moods", "", "", 0, {})

    assert failure.value.name == INVALID


async def test_folders_are_listed_with_where_they_lie(rig: Rig, client: Client) -> None:
    [[folder]] = await client.ours("Library", "ListFolders")

    assert folder == {
        "id": 2**40,
        "name": "Music",
        "location": "file:///music/%FF",
        "available": True,
        "watched": False,
        "removable": True,
        "tracks": 5,
    }


@pytest.mark.parametrize("track", [0, 99, 2**63, 2**64 - 1])
async def test_an_unknown_track_has_no_location(rig: Rig, client: Client, track: int) -> None:
    with pytest.raises(CallFailed, match=OURS_ERROR + "NotFound"):
        await client.ours("Library", "GetLocation", "t", track)


async def test_a_settled_batch_is_told_with_its_counts(rig: Rig, client: Client) -> None:
    rig.library.by_id.pop(5)
    rig.service.on_event(LibraryChanged(8, added=2, removed=1))
    await client.settled()

    assert client.signals("Changed") == [[8, {"added": 2, "changed": 0, "moved": 0, "removed": 1, "unavailable": 0}]]
    assert client.changes(f"{OUR_NAME}.Library") == [{"TrackCount": 4}]
