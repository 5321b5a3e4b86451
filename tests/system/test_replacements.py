"""A better file of a track that is there or gone is offered, and takes its place when somebody says so."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from mutagen.flac import FLAC

from auralisd.errors import Conflict, NotFound
from auralisd.library.events import KnowledgeChanged, LibraryChanged
from auralisd.store.playback import QueueRows, save_queue
from tests.music import write_music
from tests.system.living import Living, living

pytestmark = pytest.mark.system


@pytest.fixture
def music(tmp_path: Path) -> Path:
    return write_music(tmp_path / "Music" / "a.mp3", seconds=2).parent


async def offered(library: Living) -> list[tuple[int, int, bool]]:
    page = await library.librarian.replacing.find_offers("", 50)
    return [(offer.old, offer.new, offer.missing) for offer in page.rows]


async def test_a_lossless_file_beside_a_lossy_one_takes_its_place_when_asked_and_a_rescan_changes_nothing(
    music: Path, tmp_path: Path
) -> None:
    async with living(music, tmp_path / "state") as library:
        lossy = (await library.rows())["a.mp3"].id
        await library.librarian.reckoning.set_rating((lossy,), 0.75)
        before = await offered(library)
        write_music(music / "a.flac", seconds=2)
        lossless = (await library.until(lambda rows: len(rows) == 2))["a.flac"].id
        after = await offered(library)
        await library.librarian.replacing.replace(lossy, lossless)
        rows = await library.rows()
        last = [event for event in library.events if isinstance(event, LibraryChanged)][-1]
        await library.librarian.scan(library.librarian.wanted_scan(()), lambda _: None)

        assert (before, after, await offered(library)) == ([], [(lossy, lossless, False)], [])
        assert (rows["a.flac"].id, rows["a.mp3"].id) == (lossy, lossless)
        assert (rows["a.flac"].numbers.rating, rows["a.mp3"].numbers.rating) == (0.75, None)
        assert last.changed == 2
        assert KnowledgeChanged((lossy, lossless)) in library.events
        assert {name: row.id for name, row in (await library.rows()).items()} == {"a.flac": lossy, "a.mp3": lossless}
        with pytest.raises(NotFound, match="not offered"):
            await library.librarian.replacing.replace(lossless, lossy)


async def test_another_encoding_of_a_track_that_is_gone_is_offered_and_never_taken_silently(
    music: Path, tmp_path: Path
) -> None:
    editor: Any = FLAC
    async with living(music, tmp_path / "state") as library:
        lossy = (await library.rows())["a.mp3"].id
        await library.librarian.reckoning.set_favourite((lossy,), favourite=True)
        (music / "a.mp3").unlink()
        await library.until(lambda rows: not rows)
        write_music(tmp_path / "z.flac", seconds=2)
        file = editor(tmp_path / "z.flac")
        file["comment"] = "encoded anew"
        file.save()
        shutil.copy(tmp_path / "z.flac", music / "z.flac")
        lossless = (await library.until(lambda rows: len(rows) == 1))["z.flac"].id
        offers = await offered(library)
        await library.librarian.replacing.replace(lossy, lossless)
        rows = await library.rows()
        gone = (await library.librarian.tracks((lossless,)))[lossless]

    assert lossless != lossy
    assert offers == [(lossy, lossless, True)]
    assert (rows["z.flac"].id, rows["z.flac"].numbers.favourite) == (lossy, True)
    assert (gone.available, gone.file_name) == (False, "a.mp3")


async def test_a_track_that_stands_in_the_queue_is_not_taken_from_under_it(music: Path, tmp_path: Path) -> None:
    async with living(music, tmp_path / "state") as library:
        lossy = (await library.rows())["a.mp3"].id
        write_music(music / "a.flac", seconds=2)
        lossless = (await library.until(lambda rows: len(rows) == 2))["a.flac"].id
        database = library.librarian._database
        await database.run(lambda rows: save_queue(rows, QueueRows(((1, lossless),), (), 2)))
        with pytest.raises(Conflict, match="stands in the queue"):
            await library.librarian.replacing.replace(lossy, lossless)
        await library.librarian.replacing.keep_both(lossy, lossless)

        assert {name: row.id for name, row in (await library.rows()).items()} == {"a.mp3": lossy, "a.flac": lossless}
        assert await offered(library) == []
