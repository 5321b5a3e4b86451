"""`auralisd scan DIR`: read a music folder as the daemon would, and say what is in it and what could not be read."""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from auralisd.errors import AuralisError, NotFound
from auralisd.library.events import FolderFault, LibraryEvent
from auralisd.library.librarian import Librarian
from auralisd.logs import start_logging
from auralisd.store.counting import Holdings, holdings
from auralisd.store.database import Database
from auralisd.supervise import Supervisor, new_event_loop


def scan(folder: Path) -> int:
    """Scan into a database that is forgotten afterwards.

    Raises NotFound for a folder that is none, AuralisError when the scan cannot be finished.
    """
    if not folder.is_dir():
        raise NotFound(f"{folder}: no such folder; name one that holds music")
    start_logging((folder,), level="warning", journal=False)
    loop, _ = new_event_loop()
    try:
        asyncio.set_event_loop(loop)
        began = time.perf_counter()
        found = loop.run_until_complete(_scanned(folder.absolute()))
        took_s = time.perf_counter() - began
    finally:
        loop.close()
    print("\n".join(_lines(found, took_s)))
    return 0


async def _scanned(folder: Path) -> Holdings:
    died = asyncio.Event()
    supervisor = Supervisor(lambda _name, _death: died.set())
    with tempfile.TemporaryDirectory(prefix="auralisd-scan-") as state:
        database = Database(Path(state), supervisor.report)
        await database.open()
        librarian = Librarian(
            database=database,
            folders=(folder,),
            publish=_tell,
            supervisor=supervisor,
            watching=False,
            measuring=False,
        )
        await librarian.open()
        supervisor.start("librarian", librarian.run())
        ends = [asyncio.ensure_future(end) for end in (librarian.scanned_once(), died.wait())]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if died.is_set():
                raise AuralisError("the scan broke off; the lines above say why")
            return await database.run(holdings)
        finally:
            for end in ends:
                end.cancel()
            await supervisor.close()
            await librarian.close()
            await database.close()


def _tell(event: LibraryEvent) -> None:
    if isinstance(event, FolderFault) and event.code:
        print(f"{event.folder_name}: {event.code}", file=sys.stderr)


def _lines(found: Holdings, took_s: float) -> list[str]:
    hours = found.duration_us / 3_600_000_000
    rate = found.tracks / max(took_s, 1e-9)
    refused = [f"  {code:12} {os.fsdecode(path)!r}" for path, code in found.refused]
    return [
        f"{found.tracks} tracks, {found.albums} albums, {hours:.1f} hours",
        f"read in {took_s:.1f} s ({rate:.0f} tracks/s)",
        *([f"{len(refused)} files could not be read:"] if refused else []),
        *refused,
    ]
