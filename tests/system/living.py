"""A library that lives in the test's own process: real folders, real workers, real inotify."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from auralisd.library.errands import WorkerStarter, start_worker
from auralisd.library.events import LibraryEvent
from auralisd.library.librarian import Librarian
from auralisd.model.track import Track
from auralisd.store.database import Database
from auralisd.supervise import Supervisor


class Living:
    """A librarian at work on a music folder of its own."""

    def __init__(self, librarian: Librarian, database: Database, events: list[LibraryEvent], deaths: list[str]) -> None:
        self.librarian = librarian
        self.database = database
        self.events = events
        self.deaths = deaths

    async def rows(self) -> dict[str, Track]:
        """The available tracks by file name."""
        found: dict[str, Track] = {}
        cursor = ""
        while True:
            page = await self.librarian.query("", cursor=cursor, limit=500, sort="", descending=False, offset=0)
            found.update((track.file_name, track) for track in page.rows)
            if not (cursor := page.next_cursor):
                return found

    async def until(self, claim: Callable[[dict[str, Track]], bool], within_s: float = 10.0) -> dict[str, Track]:
        """Wait until the library is as claimed."""
        deadline_s = time.monotonic() + within_s
        while not claim(rows := await self.rows()):
            assert time.monotonic() < deadline_s, f"it never came true: {sorted(rows)[:20]} {self.events[-5:]}"
            await asyncio.sleep(0.02)
        return rows


async def until_rest(librarian: Librarian, for_s: float = 3.0) -> None:
    """Until for so long no scan has been at work and none has waited: on a busy machine one waits for longer than an
    idle one takes for all of them."""
    keeper = librarian._keeper
    rests_since_s = time.monotonic()
    async with asyncio.timeout(120):
        while time.monotonic() < rests_since_s + for_s:
            await asyncio.sleep(0.05)
            agenda = keeper._agenda
            if keeper.scanning or agenda._later or agenda._settling.next_due_s() is not None:
                rests_since_s = time.monotonic()


@contextlib.asynccontextmanager
async def living(
    music: Path,
    state: Path,
    *,
    measuring: bool = False,
    on_event: Callable[[LibraryEvent], None] = lambda _: None,
    start: WorkerStarter = start_worker,
) -> AsyncIterator[Living]:
    """`on_event` is called as each comes, in the midst of the librarian's work."""
    os.makedirs(state, exist_ok=True)
    events: list[LibraryEvent] = []
    deaths: list[str] = []

    def publish(event: LibraryEvent) -> None:
        events.append(event)
        on_event(event)

    supervisor = Supervisor(lambda name, _: deaths.append(name))
    database = Database(state, lambda name, _: deaths.append(name))
    await database.open()
    librarian = Librarian(
        database=database,
        folders=[music],
        publish=publish,
        supervisor=supervisor,
        measuring=measuring,
        start=start,
    )
    await librarian.open()
    supervisor.start("librarian", librarian.run())
    try:
        async with asyncio.timeout(30):
            await librarian.scanned_once()
        yield Living(librarian, database, events, deaths)
    finally:
        await supervisor.close()
        await librarian.close()
        await database.close()
    assert deaths == []
