"""Duplicates found and everything forgotten, on real files with a real worker."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest
from mutagen.flac import FLAC

from auralisd.library.librarian import Librarian
from auralisd.store.database import Database
from auralisd.supervise import Supervisor
from tests.music import write_music

pytestmark = pytest.mark.system


class Living:
    """A librarian that has looked once."""

    def __init__(self, music: Path, state: Path) -> None:
        self.supervisor = Supervisor(lambda *_: None)
        self.database = Database(state, lambda *_: None)
        self.told = asyncio.Event()
        self.library = Librarian(
            database=self.database,
            folders=(music,),
            publish=lambda _: self.told.set(),
            supervisor=self.supervisor,
            measuring=False,
        )

    async def holds(self, count: int) -> None:
        """Wait until so many tracks are there."""
        async with asyncio.timeout(20):
            while self.library.track_count != count:
                self.told.clear()
                await self.told.wait()

    async def __aenter__(self) -> "Living":
        await self.database.open()
        await self.library.open()
        self.supervisor.start("librarian", self.library.run())
        await self.library.scanned_once()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.supervisor.close()
        await self.library.close()
        await self.database.close()


async def test_a_retagged_copy_is_found_as_a_duplicate(tmp_path: Path) -> None:
    music, state = tmp_path / "Music", tmp_path
    first = write_music(music / "a.flac", track=1)
    write_music(music / "other.flac", track=2)
    copy: Any = FLAC(shutil.copy(first, music / "b.flac"))  # type: ignore[no-untyped-call]
    copy["title"], copy["comment"] = "Another", "x" * 50_000
    copy.save()
    async with Living(music, state) as living:
        page = await living.library.upkeep.find_duplicates("", 50)
        tracks = await living.library.tracks(page.groups[0])

    assert page.total == 1
    assert {track.file_name for track in tracks.values()} == {"a.flac", "b.flac"}


async def test_what_was_forgotten_is_read_anew_under_new_ids(tmp_path: Path) -> None:
    music, state = tmp_path / "Music", tmp_path
    for number in (1, 2, 3):
        write_music(music / f"{number}.flac", track=number)
    async with Living(music, state) as living:
        before = await living.library.album_order()
        await living.library.upkeep.forget_everything()
        await living.holds(3)
        after = await living.library.album_order()

    assert len(before) == len(after) == 3
    assert min(after) > max(before)
