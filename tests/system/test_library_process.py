"""The library as it runs: real folders, real worker processes, real inotify."""

import asyncio
import contextlib
import os
import random
import shutil
import signal
import sqlite3
import stat
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from mutagen.flac import FLAC

from auralisd.errors import NotFound, NotSupported
from auralisd.library.asking import ListedFolder
from auralisd.library.events import FolderFault, LibraryChanged
from auralisd.model.taste import TaggedGain
from auralisd.model.track import Track
from auralisd.store.asking import add_functions
from tests.music import copies, odd_name, tag, write_music
from tests.system.living import Living, living

pytestmark = pytest.mark.system


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "Music"
    folder.mkdir()
    return folder


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
async def library(music: Path, state: Path) -> AsyncIterator[Living]:
    """Two tracks in a folder."""
    write_music(music / "one" / "a.flac", title="First", track=1)
    write_music(music / "one" / "b.mp3", title="Second", track=2)
    async with living(music, state) as alive:
        yield alive


async def test_a_folder_is_read_at_the_start(library: Living) -> None:
    rows = await library.rows()

    assert [(row.tags.title, row.stream.format) for row in rows.values()] == [("First", "flac"), ("Second", "mp3")]


async def test_a_new_file_shows_within_two_seconds(library: Living, music: Path) -> None:
    write_music(music / "c.ogg", title="Third")
    began_s = time.monotonic()
    await library.until(lambda rows: "c.ogg" in rows)

    assert time.monotonic() - began_s < 2.0


async def test_a_moved_and_renamed_file_keeps_its_id(library: Living, music: Path) -> None:
    before = (await library.rows())["a.flac"]
    (music / "two").mkdir()
    (music / "one" / "a.flac").rename(music / "two" / "renamed.flac")
    after = (await library.until(lambda rows: "renamed.flac" in rows))["renamed.flac"]

    assert after.id == before.id
    assert after.path == bytes(music / "two" / "renamed.flac")


async def test_a_renamed_folder_keeps_the_ids_of_all_its_tracks(library: Living, music: Path) -> None:
    before = {name: row.id for name, row in (await library.rows()).items()}
    (music / "one").rename(music / "uno")
    after = await library.until(lambda rows: all(b"/uno/" in row.path for row in rows.values()) and len(rows) == 2)

    assert {name: row.id for name, row in after.items()} == before


async def test_two_files_that_change_places_keep_their_ids(library: Living, music: Path) -> None:
    write_music(music / "one" / "c.flac", title="Third")
    before = await library.until(lambda rows: "c.flac" in rows)
    one, other, aside = music / "one" / "a.flac", music / "one" / "c.flac", music / "one" / "aside.flac"
    one.rename(aside)
    other.rename(one)
    aside.rename(other)
    ids = (before["c.flac"].id, before["a.flac"].id)
    await library.until(lambda rows: tuple(rows[name].id for name in ("a.flac", "c.flac") if name in rows) == ids)


async def test_a_retagged_file_shows_its_new_title_under_its_id(library: Living, music: Path) -> None:
    before = (await library.rows())["a.flac"]
    tag(music / "one" / "a.flac", title="Anew")
    rows = await library.until(lambda rows: "Anew" in {row.tags.title for row in rows.values()})

    assert rows["a.flac"].id == before.id


async def test_a_deleted_file_goes_and_returns_under_its_id(library: Living, music: Path) -> None:
    before = (await library.rows())["a.flac"]
    content = (music / "one" / "a.flac").read_bytes()
    (music / "one" / "a.flac").unlink()
    await library.until(lambda rows: "a.flac" not in rows)
    (music / "one" / "a.flac").write_bytes(content)
    after = (await library.until(lambda rows: "a.flac" in rows))["a.flac"]

    assert after.id == before.id


async def test_a_deleted_folder_takes_its_tracks_with_it(library: Living, music: Path) -> None:
    shutil.rmtree(music / "one")

    await library.until(lambda rows: not rows)


async def test_a_burst_into_new_nested_folders_is_whole(library: Living, music: Path, tmp_path: Path) -> None:
    seed = write_music(tmp_path / "seed.flac", seconds=0.01)
    for folder in range(100):
        copies(seed, music / "burst" / f"{folder % 10}" / f"{folder}", 20)

    counts: list[int] = []

    def whole(_: dict[str, Track]) -> bool:
        counts.append(library.librarian.track_count)
        return counts[-1] == 2002

    await library.until(whole, within_s=30)


async def test_a_file_that_grows_slowly_shows_once_it_is_whole(library: Living, music: Path, tmp_path: Path) -> None:
    content = write_music(tmp_path / "seed.flac", title="Slow", seconds=2).read_bytes()
    with (music / "slow.flac").open("wb", buffering=0) as growing:
        for start in range(0, len(content), len(content) // 12 + 1):
            growing.write(content[start : start + len(content) // 12 + 1])
            await asyncio.sleep(0.25)
            assert "slow.flac" not in await library.rows()
        await asyncio.sleep(3)  # it rests, and is not finished
        assert "slow.flac" not in await library.rows()
    rows = await library.until(lambda rows: "slow.flac" in rows and rows["slow.flac"].facts.size_bytes == len(content))

    assert rows["slow.flac"].tags.title == "Slow"
    assert rows["slow.flac"].stream.duration_us == 2_000_000


async def test_a_scan_finishes_though_its_worker_is_killed(library: Living, music: Path, tmp_path: Path) -> None:
    seed = write_music(tmp_path / "seed.flac", seconds=0.01)
    copies(seed, music / "many", 1500)
    await library.until(lambda rows: len(rows) > 2)
    killed = library.librarian.scanning_pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    await library.until(lambda rows: len(rows) == 1502, within_s=30)

    assert library.librarian.scanning_pid not in {killed, None}


async def test_a_missing_folder_makes_its_tracks_unavailable_and_forgets_none(
    library: Living, music: Path, tmp_path: Path
) -> None:
    before = await library.rows()
    os.rename(music, tmp_path / "away")
    await library.until(lambda rows: not rows)
    kept = await library.librarian.tracks(tuple(row.id for row in before.values()))
    (tmp_path / "away").rename(music)
    after = await library.until(lambda rows: len(rows) == 2)

    assert [row.available for row in kept.values()] == [False, False]
    assert {name: row.id for name, row in after.items()} == {name: row.id for name, row in before.items()}
    faults = [event.code for event in library.events if isinstance(event, FolderFault)]
    assert faults == ["folder-missing", ""]
    assert not any(event.removed for event in library.events if isinstance(event, LibraryChanged))


async def test_a_missing_folder_is_listed_as_such_until_it_returns(
    library: Living, music: Path, tmp_path: Path
) -> None:
    [before] = await library.librarian.list_folders()
    os.rename(music, tmp_path / "away")
    await library.until(lambda rows: not rows)
    [missing] = await library.librarian.list_folders()
    (tmp_path / "away").rename(music)
    await library.until(lambda rows: len(rows) == 2)
    [after] = await library.librarian.list_folders()

    assert before == ListedFolder(
        before.id, music.name, bytes(music), available=True, watched=True, removable=False, tracks=2
    )
    assert (missing.available, missing.tracks) == (False, 0)
    assert after == before


async def test_a_folder_that_is_missing_at_the_start_is_found_when_it_comes(music: Path, state: Path) -> None:
    os.rmdir(music)
    async with living(music, state) as library:
        faults = [event.code for event in library.events if isinstance(event, FolderFault)]
        write_music(music / "a.flac")
        await library.until(lambda rows: "a.flac" in rows)

    assert faults == ["folder-missing"]


async def test_strange_files_are_passed_over_and_the_rest_is_read(music: Path, state: Path) -> None:
    write_music(music / "good.flac")
    (music / "noise.mp3").write_bytes(random.Random(1).randbytes(50_000))
    (music / "noise.flac").write_bytes(random.Random(2).randbytes(50_000))
    (music / "nothing.mp3").touch()
    os.mkfifo(music / "pipe.mp3")
    os.mknod(music / "socket.mp3", stat.S_IFSOCK | 0o600)
    (music / "loop").symlink_to(music)
    (music / "link.flac").symlink_to(music / "good.flac")
    write_music(music / ".hidden" / "h.flac")
    odd = odd_name(music)
    shutil.copy(music / "good.flac", odd)
    async with living(music, state) as library:
        paths = {row.path for row in (await library.rows()).values()}

    assert paths == {bytes(music / "good.flac"), bytes(odd)}


async def test_a_rescan_of_what_is_known_changes_nothing(music: Path, state: Path) -> None:
    write_music(music / "one" / "a.flac")
    async with living(music, state) as first:
        before = await first.rows()
    async with living(music, state) as second:
        after = await second.rows()

    assert after == before
    assert not any(isinstance(event, LibraryChanged) for event in second.events)


async def test_a_restart_knows_what_was_there(music: Path, state: Path) -> None:
    write_music(music / "a.flac")
    async with living(music, state) as first:
        before = await first.rows()
    (music / "a.flac").rename(music / "b.flac")
    async with living(music, state) as second:
        after = await second.rows()

    assert after["b.flac"].id == before["a.flac"].id


async def test_a_file_elsewhere_gets_an_id_and_counts_for_nothing(library: Living, tmp_path: Path) -> None:
    outside = write_music(tmp_path / "outside.ogg", title="Out")
    track = await library.librarian.adopt(bytes(outside))

    assert (await library.librarian.tracks((track,)))[track].tags.title == "Out"
    assert await library.librarian.adopt(bytes(outside)) == track
    assert library.librarian.track_count == 2


async def test_a_known_file_is_adopted_as_what_it_is(library: Living, music: Path) -> None:
    rows = await library.rows()

    assert await library.librarian.adopt(bytes(music / "one" / "a.flac")) == rows["a.flac"].id


async def test_nothing_but_audio_is_adopted(library: Living, music: Path, tmp_path: Path) -> None:
    write_music(tmp_path / "outside.flac")
    (music / "way_out.flac").symlink_to(tmp_path / "outside.flac")
    os.mkfifo(tmp_path / "pipe.flac")
    with pytest.raises(NotFound, match=r"none\.flac"):
        await library.librarian.adopt(bytes(tmp_path / "none.flac"))
    for path in (b"/dev/zero", b"/proc/self/mem", bytes(tmp_path / "pipe.flac"), bytes(music / "way_out.flac")):
        with pytest.raises(NotSupported):
            await library.librarian.adopt(path)


async def test_a_drive_under_another_device_number_is_no_news(music: Path, state: Path) -> None:
    """As after a reboot, which numbers the devices anew."""
    write_music(music / "a.flac")
    async with living(music, state):
        pass
    with contextlib.closing(sqlite3.connect(state / "auralisd.db")) as database:
        database.execute("UPDATE track SET device = device + 1")
        database.commit()
    async with living(music, state) as alive:
        events, rows = list(alive.events), await alive.rows()

    assert not any(isinstance(event, LibraryChanged) for event in events)
    assert rows["a.flac"].facts.device == (music / "a.flac").stat().st_dev


async def test_remembered_presets_survive_a_move_a_retag_and_a_restart(music: Path, state: Path) -> None:
    write_music(music / "one" / "a.flac", title="First", track=1)
    write_music(music / "one" / "b.flac", title="Second", track=2)
    async with living(music, state) as alive:
        before = await alive.rows()
        await alive.librarian.remember_preset(before["a.flac"].id, "track", "live")
        await alive.librarian.remember_preset(before["a.flac"].id, "album", "warm")
        (music / "one").rename(music / "uno")
        await alive.until(lambda rows: len(rows) == 2 and all(b"/uno/" in row.path for row in rows.values()))
        tag(music / "uno" / "a.flac", title="Anew", album="Other")
        await alive.until(lambda rows: "a.flac" in rows and rows["a.flac"].tags.album == "Other")
        tag(music / "uno" / "b.flac", title="Anew", album="Other", track=2)
        await alive.until(lambda rows: "b.flac" in rows and rows["b.flac"].tags.album == "Other")
    async with living(music, state) as again:
        known = [await again.librarian.knowledge(before[name].id) for name in ("a.flac", "b.flac")]

    assert [(each.preset, each.preset_scope) for each in known] == [("live", "track"), ("warm", "album")]
    assert [each.album_number for each in known] == [1, 2]


async def test_a_library_that_was_read_when_less_was_read_gets_the_rest_and_keeps_its_measurements(
    music: Path, state: Path
) -> None:
    editor: Any = FLAC
    file = editor(write_music(music / "a.flac", seconds=2))
    file["replaygain_track_gain"] = "-6.50 dB"
    file.save()
    async with living(music, state, measuring=True) as first:
        track = (await first.rows())["a.flac"].id
        async with asyncio.timeout(60):
            await first.librarian.measure_now((track,))
        measured = await first.librarian.profile(track)
    with contextlib.closing(sqlite3.connect(state / "auralisd.db")) as database:
        add_functions(database)
        database.execute("UPDATE track SET tags_version = 0, track_gain_db = NULL, album_identity = ''")
        database.commit()
    async with living(music, state) as second:
        events, known = list(second.events), await second.librarian.knowledge(track)

    assert measured is not None
    assert (known.tagged_track, known.profile) == (TaggedGain(-6.5), measured)
    assert known.album != ""
    assert known.album_profile is not None
    assert not any(isinstance(event, LibraryChanged) for event in events)
