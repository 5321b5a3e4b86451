"""Duplicates, and everything forgotten, as a client asks for them."""

import msgspec
import pytest
from dbus_fast import Variant

from tests.bus.client import INVALID, CallFailed, Client
from tests.bus.conftest import Rig


async def test_each_group_of_duplicates_is_a_row_and_pages_hold_them_all(rig: Rig, client: Client) -> None:
    tracks = rig.library.by_id
    for number, title in ((1, "A"), (2, "B"), (3, "A"), (4, "B"), (5, "C")):
        tags = msgspec.structs.replace(tracks[number].tags, title=title)
        tracks[number] = msgspec.structs.replace(tracks[number], tags=tags)
    rows, cursor, total, revision = await client.ours("Library", "FindDuplicates", "su", "", 1)
    rest, end, _, _ = await client.ours("Library", "FindDuplicates", "su", cursor, 0)

    assert [row["tracks"] for row in (*rows, *rest)] == [[1, 3], [2, 4]]
    assert (end, total, revision) == ("", 2, 7)


async def test_a_cursor_that_is_none_of_ours_and_a_limit_too_large_are_refused(rig: Rig, client: Client) -> None:
    for cursor, limit in (("nonsense", 1), ("", 501)):
        with pytest.raises(CallFailed) as failure:
            await client.ours("Library", "FindDuplicates", "su", cursor, limit)
        assert failure.value.name == INVALID


@pytest.mark.parametrize("confirmation", ["", "yes", "Forget everything", "forget everything "])
async def test_nothing_is_forgotten_without_the_very_words(queued: Rig, client: Client, confirmation: str) -> None:
    with pytest.raises(CallFailed, match="forget everything") as failure:
        await client.ours("Library", "Reset", "s", confirmation)

    assert failure.value.name == INVALID
    assert len(queued.library.by_id) == 5
    assert len(queued.player.snapshot.entries) == 3


async def test_everything_is_forgotten_with_its_queue(queued: Rig, client: Client) -> None:
    await client.ours("Library", "Reset", "s", "forget everything")

    assert queued.library.by_id == {}
    assert queued.player.snapshot.entries == ()


async def test_an_import_is_a_job_that_gets_paths_and_not_uris(rig: Rig, client: Client) -> None:
    uris = ["file:///tmp/A%20b.flac", "file:///tmp/%FF.mp3"]
    [job] = await client.ours("Library", "Import", "asta{sv}", uris, 1, {"duplicates": Variant("b", True)})

    assert job.endswith("/job/1")
    assert rig.kinds["import"].specs == [
        {"uris": (b"/tmp/A b.flac", b"/tmp/\xff.mp3"), "into": 1, "duplicates": True},
    ]


@pytest.mark.parametrize("uri", ["http://example.org/a.flac", "a.flac", "file:///"])
async def test_what_is_no_file_uri_is_not_imported(rig: Rig, client: Client, uri: str) -> None:
    with pytest.raises(CallFailed):
        await client.ours("Library", "Import", "asta{sv}", [uri], 1, {})

    assert rig.jobs.all == ()
