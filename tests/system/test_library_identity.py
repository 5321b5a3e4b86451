"""Who a file is: a track is known by its inode, then by its sound, then by its MusicBrainz id."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from mutagen.flac import FLAC

from auralisd.library.events import ProfileReady
from tests.music import tag, write_music
from tests.system.living import Living, living

pytestmark = pytest.mark.system


@pytest.fixture
def music(tmp_path: Path) -> Path:
    write_music(tmp_path / "Music" / "one" / "a.flac", title="First", track=1)
    write_music(tmp_path / "Music" / "one" / "b.flac", title="Second", track=2)
    return tmp_path / "Music"


@pytest.fixture
async def library(music: Path, tmp_path: Path) -> AsyncIterator[Living]:
    async with living(music, tmp_path / "state") as alive:
        yield alive


async def test_a_move_to_another_file_system_keeps_the_tracks(library: Living, music: Path) -> None:
    """It is a copy, which is there for a while beside the original."""
    before = await library.rows()
    shutil.copytree(music / "one", music / "two")
    await library.until(lambda rows: all(b"/two/" in row.path for row in rows.values()))
    shutil.rmtree(music / "one")
    after = await library.until(lambda rows: {row.id for row in rows.values()} == {row.id for row in before.values()})

    assert {name: row.id for name, row in after.items()} == {name: row.id for name, row in before.items()}
    assert all(b"/two/" in row.path for row in after.values())


async def test_a_file_that_left_returns_elsewhere_with_other_tags_as_itself(
    library: Living, music: Path, tmp_path: Path
) -> None:
    before = (await library.rows())["a.flac"]
    shutil.copy(music / "one" / "a.flac", tmp_path / "aside.flac")
    (music / "one" / "a.flac").unlink()
    await library.until(lambda rows: "a.flac" not in rows)
    tag(tmp_path / "aside.flac", title="Anew", artist="Bob")
    shutil.copy(tmp_path / "aside.flac", music / "z.flac")
    after = (await library.until(lambda rows: "z.flac" in rows))["z.flac"]

    assert (after.id, after.tags.title, after.added_unix_s) == (before.id, "Anew", before.added_unix_s)


async def test_a_file_that_is_renamed_and_touched_at_once_stays_who_it_is(library: Living, music: Path) -> None:
    before = (await library.rows())["a.flac"]
    (music / "one" / "a.flac").rename(music / "z.flac")
    tag(music / "z.flac", title="Anew and longer than before")
    after = (await library.until(lambda rows: "z.flac" in rows))["z.flac"]

    assert after.id == before.id


async def test_a_copy_is_another_track(library: Living, music: Path) -> None:
    shutil.copy(music / "one" / "a.flac", music / "z.flac")
    rows = await library.until(lambda rows: "z.flac" in rows)

    assert rows["z.flac"].id not in {rows["a.flac"].id, rows["b.flac"].id}


async def test_another_encoding_with_the_same_musicbrainz_id_and_length_is_the_track_that_is_gone(
    library: Living, music: Path, tmp_path: Path
) -> None:
    editor: Any = FLAC
    for path, number in ((music / "m.flac", 7), (tmp_path / "n.flac", 8), (tmp_path / "o.flac", 9)):
        file = editor(write_music(path, track=number, seconds=2 if number == 9 else 0.2))
        file["musicbrainz_trackid"] = "b9ad642e-b012-41c7-b72a-42cf4911f9ff"
        file.save()
    before = (await library.until(lambda rows: "m.flac" in rows))["m.flac"]
    (music / "m.flac").unlink()
    await library.until(lambda rows: "m.flac" not in rows)
    shutil.copy(tmp_path / "o.flac", music / "o.flac")
    longer = (await library.until(lambda rows: "o.flac" in rows))["o.flac"]
    shutil.copy(tmp_path / "n.flac", music / "n.flac")
    after = (await library.until(lambda rows: "n.flac" in rows))["n.flac"]

    assert longer.id != before.id
    assert after.id == before.id


async def test_what_was_measured_stays_when_tags_are_written_anew(music: Path, tmp_path: Path) -> None:
    async with living(music, tmp_path / "state", measuring=True) as library:
        rows = await library.until(lambda rows: all(row.analysed for row in rows.values()), within_s=60)
        before = rows["a.flac"]
        profile = await library.librarian.profile(before.id)
        fresh = tmp_path / "fresh.flac"
        shutil.copy(music / "one" / "a.flac", fresh)
        tag(fresh, title="Anew")
        await asyncio.to_thread(fresh.replace, music / "one" / "a.flac")
        after = (await library.until(lambda rows: "a.flac" in rows and rows["a.flac"].tags.title == "Anew"))["a.flac"]

        await asyncio.sleep(1)
        measured = [event.track for event in library.events if isinstance(event, ProfileReady)]

        assert profile is not None
        assert sorted(measured) == sorted(row.id for row in rows.values())
        assert (after.id, after.analysed) == (before.id, True)
        assert await library.librarian.profile(after.id) == profile
