"""Music folders that come and go in the midst of everything, in a library that watches real folders."""

import asyncio
import os
from pathlib import Path

import pytest

from auralisd.errors import NotKept
from auralisd.library.events import FolderFault, FoldersChanged, LibraryChanged, ScanningChanged
from auralisd.watch import watcher
from auralisd.watch.mounts import Mount
from tests.music import copies, write_music
from tests.system.living import Living, living, until_rest

pytestmark = pytest.mark.system


@pytest.fixture
def music(tmp_path: Path) -> Path:
    return write_music(tmp_path / "Music" / "a.flac").parent


async def until_count(library: Living, least: int) -> None:
    """Until the database holds so many tracks, told or not."""
    async with asyncio.timeout(60):
        while (await library.librarian.reckoning.statistics()).tracks < least:  # noqa: ASYNC110  as a client asks
            await asyncio.sleep(0.02)


async def test_a_folder_that_goes_in_mid_scan_leaves_nothing_and_the_others_are_scanned_to_their_end(
    music: Path, tmp_path: Path
) -> None:
    seed = write_music(tmp_path / "seed.flac", seconds=0.01)
    other = write_music(tmp_path / "other.flac", seconds=0.01, track=9)
    copies(seed, tmp_path / "More", 2500)
    async with living(music, tmp_path / "state") as library:
        number = await library.librarian.housing.add(bytes(tmp_path / "More"))
        await until_count(library, 100)
        copies(other, music / "late", 50)
        scan = library.librarian.wanted_scan(())
        both = asyncio.ensure_future(library.librarian.scan(scan, lambda _: None))
        await library.librarian.housing.remove(number)
        removed_at = len(library.events)
        await both
        rows = await library.until(lambda rows: len(rows) == 51)
        await until_rest(library.librarian)
        told = [event for event in library.events[removed_at:] if isinstance(event, LibraryChanged)]

        assert all(b"/Music/" in row.path for row in rows.values())
        assert (await library.librarian.reckoning.statistics()).tracks == 51
        assert library.librarian.track_count == 51
        assert sum(event.added for event in told) == 50


async def test_a_folder_that_returns_brings_its_tracks_back_and_is_watched_again(music: Path, tmp_path: Path) -> None:
    more = write_music(tmp_path / "More" / "b.flac", track=2).parent
    async with living(music, tmp_path / "state") as library:
        number = await library.librarian.housing.add(bytes(more))
        before = (await library.until(lambda rows: len(rows) == 2))["b.flac"].id
        await library.librarian.housing.remove(number)
        gone = await library.rows()
        write_music(more / "c.flac", track=3)
        assert await library.librarian.housing.add(bytes(more)) == number
        after = await library.until(lambda rows: len(rows) == 3)
        write_music(more / "d.flac", track=4)
        await library.until(lambda rows: len(rows) == 4)
        told = [event for event in library.events if isinstance(event, FoldersChanged)]

    assert (set(gone), after["b.flac"].id) == ({"a.flac"}, before)
    assert [len(event.paths) for event in told] == [2, 1, 2]
    assert any(
        event.removed == 1 and not event.unavailable for event in library.events if isinstance(event, LibraryChanged)
    )


async def test_a_folder_that_went_is_heard_no_more_and_has_no_faults(music: Path, tmp_path: Path) -> None:
    more = write_music(tmp_path / "beside" / "More" / "b.flac", track=2).parent
    async with living(music, tmp_path / "state") as library:
        number = await library.librarian.housing.add(bytes(more))
        await library.until(lambda rows: len(rows) == 2)
        await until_rest(library.librarian)
        os.rename(more, tmp_path / "away")
        await library.until(lambda rows: len(rows) == 1)
        await library.librarian.housing.remove(number)
        await until_rest(library.librarian)
        count = len(library.events)
        os.rename(tmp_path / "away", more)
        write_music(more / "c.flac", track=3)
        await until_rest(library.librarian)
        faults = [event for event in library.events if isinstance(event, FolderFault)]

    assert library.events[count:] == []
    assert faults == [FolderFault("More", "folder-missing"), FolderFault("More", "")]


async def test_a_folder_that_could_not_be_kept_as_gone_stays(
    music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = write_music(tmp_path / "More" / "b.flac", track=2).parent
    async with living(music, tmp_path / "state") as library:
        number = await library.librarian.housing.add(bytes(more))
        before = (await library.until(lambda rows: len(rows) == 2))["b.flac"].id

        def refuse(*_: object, **__: object) -> None:
            raise NotKept("the disk is full")

        monkeypatch.setattr("auralisd.library.housing.remove_folder", refuse)
        with pytest.raises(NotKept):
            await library.librarian.housing.remove(number)
        after = await library.until(lambda rows: len(rows) == 2)

        assert after["b.flac"].id == before
        assert len(await library.librarian.list_folders()) == 2


async def test_a_folder_with_a_network_drive_in_it_is_not_said_to_be_watched(
    music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = write_music(tmp_path / "More" / "b.flac", track=2).parent
    mounted = (Mount(1, b"/", "ext4"), Mount(2, bytes(more), "fuse.sshfs"))
    monkeypatch.setattr(watcher, "mounts", lambda: mounted)
    async with living(music, tmp_path / "state") as library:
        await library.librarian.housing.add(bytes(more))
        await library.until(lambda rows: len(rows) == 2)
        local, remote = await library.librarian.list_folders()

    assert (local.watched, remote.watched) == (True, False)
    assert (local.available, remote.available) == (True, True)


async def test_two_scans_that_are_asked_for_at_once_are_made_one_after_the_other(music: Path, tmp_path: Path) -> None:
    more = write_music(tmp_path / "More" / "b.flac", track=2).parent
    async with living(music, tmp_path / "state") as library:
        number = await library.librarian.housing.add(bytes(more))
        await library.until(lambda rows: len(rows) == 2)
        await until_rest(library.librarian)
        count = len(library.events)
        looks = [library.librarian.wanted_scan(folders) for folders in ((), (number,), ())]
        await asyncio.gather(*(library.librarian.scan(look, lambda _: None) for look in looks))
        told = [event.scanning for event in library.events[count:] if isinstance(event, ScanningChanged)]

    assert told == [True, False] * 3


@pytest.mark.usefixtures("deaf")
async def test_what_changed_while_the_machine_slept_is_found_as_soon_as_it_is_awake(
    music: Path, tmp_path: Path
) -> None:
    async with living(music, tmp_path / "state") as library:
        await until_rest(library.librarian)
        write_music(music / "b.flac", track=2)
        library.librarian.resumed()
        await library.until(lambda rows: "b.flac" in rows)
