"""Which track is measured next."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from auralisd.library.errands import Errands, start_worker
from auralisd.library.measuring import Measurer
from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.database import Database
from auralisd.store.rows import ReadFile
from auralisd.store.tracks import add_tracks, keep_folders
from auralisd.supervise import Supervisor


def keep_three_tracks(rows: sqlite3.Connection) -> None:
    keep_folders(rows, [(b"/music", "music")])
    for number in (1, 2, 3):
        facts = FileFacts(device=1, inode=number, size_bytes=1000, mtime_ns=5)
        add_tracks(rows, [ReadFile((1, b"%d.flac" % number), facts, StreamFacts("flac"), Tags())], 0)


async def test_a_track_that_changes_while_the_next_ones_are_looked_up_is_measured_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auralisd.library.measuring._AHEAD", 1)
    database = Database(tmp_path, lambda *_: None)
    await database.open()
    await database.run(keep_three_tracks)
    errands = Errands("measuring", start_worker, Supervisor(lambda *_: None))
    measurer = Measurer(database, errands, lambda _: None)
    assert await measurer._next() == 1
    asked = threading.Event()
    held = database.submit(lambda _: asked.wait(5))
    looked_up = asyncio.ensure_future(measurer._next())
    await asyncio.sleep(0)
    measurer.look_again()
    asked.set()
    await held
    await looked_up
    later = [await measurer._next() for _ in range(3)]
    await database.close()

    assert later == [1, 2, 3]
