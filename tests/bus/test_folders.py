"""Music folders that come and go, better files, and the revision, as a client asks for them."""

import pytest

from auralisd.library.events import FolderFault, FoldersChanged, NumbersChanged
from tests.bus.client import INVALID, OUR_NAME, OURS_ERROR, CallFailed, Client
from tests.bus.conftest import Rig

LIBRARY = f"{OUR_NAME}.Library"


async def test_a_folder_is_added_by_its_uri_or_its_path(rig: Rig, client: Client) -> None:
    [first] = await client.ours("Library", "AddFolder", "s", "file:///m/caf%E9%20au%20lait")
    [second] = await client.ours("Library", "AddFolder", "s", "/m/caffè")

    assert rig.library.housing.paths == {first: b"/m/caf\xe9 au lait", second: "/m/caffè".encode()}


@pytest.mark.parametrize("folder", ["", "Music", "~/Music", "file:Music", "file:///a?b"])
async def test_what_is_no_absolute_path_is_refused(rig: Rig, client: Client, folder: str) -> None:
    with pytest.raises(CallFailed) as failure:
        await client.ours("Library", "AddFolder", "s", folder)

    assert failure.value.name == INVALID
    assert rig.library.housing.paths == {}


async def test_another_scheme_is_not_supported(rig: Rig, client: Client) -> None:
    with pytest.raises(CallFailed) as failure:
        await client.ours("Library", "AddFolder", "s", "smb://nas/Music")

    assert failure.value.name == OURS_ERROR + "NotSupported"


async def test_a_folder_is_removed_by_its_number_and_an_unknown_one_is_not_found(rig: Rig, client: Client) -> None:
    [folder] = await client.ours("Library", "AddFolder", "s", "/m/a")
    await client.ours("Library", "RemoveFolder", "t", folder)
    for unknown in (folder, 2**64 - 1):
        with pytest.raises(CallFailed) as failure:
            await client.ours("Library", "RemoveFolder", "t", unknown)
        assert failure.value.name == OURS_ERROR + "NotFound"

    assert rig.library.housing.paths == {}


async def test_clients_hear_that_folders_are_others_and_no_path_of_them(rig: Rig, client: Client) -> None:
    for event in (FoldersChanged((b"/m/secret",)), FolderFault("secret", "folder-missing")):
        rig.service.on_event(event)
        await client.settled()

    assert client.signals("FoldersChanged") == [[], []]


async def test_the_revision_is_a_property_whose_last_value_is_always_told(rig: Rig, client: Client) -> None:
    for revision in range(8, 40):
        rig.library.revision = revision
        rig.service.on_event(NumbersChanged(revision, 1))
    await client.settled()

    assert await client.get(LIBRARY, "Revision") == 39
    assert client.changes(LIBRARY)[-1]["Revision"] == 39
    assert client.signals("Changed")[-1][0] == 39


async def test_offers_come_in_pages_and_are_taken_or_declined(rig: Rig, client: Client) -> None:
    rows, cursor, total, revision = await client.ours("Library", "Replacements", "su", "", 1)
    rest, end, _, _ = await client.ours("Library", "Replacements", "su", cursor, 0)
    await client.ours("Library", "Replace", "tt", 1, 2)
    await client.ours("Library", "KeepBoth", "tt", 3, 2**40)

    assert rows == [{"old": 1, "new": 2, "missing": True, "by": "musicbrainz"}]
    assert rest == [{"old": 3, "new": 2**40, "missing": False, "by": "tags"}]
    assert (end, total, revision) == ("", 2, 7)
    assert (rig.library.replacing.taken, rig.library.replacing.offers) == ([(1, 2)], [])


@pytest.mark.parametrize(("old", "new"), [(1, 3), (2**64 - 1, 2), (1, 2**64 - 1)])
async def test_what_is_not_offered_replaces_nothing(rig: Rig, client: Client, old: int, new: int) -> None:
    for member in ("Replace", "KeepBoth"):
        with pytest.raises(CallFailed) as failure:
            await client.ours("Library", member, "tt", old, new)
        assert failure.value.name == OURS_ERROR + "NotFound"

    assert len(rig.library.replacing.offers) == 2
