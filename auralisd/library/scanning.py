"""Scanning: dirty folders → what changed → the database.  One path for start-up, watch and overflow."""

import functools
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from auralisd.doors.worker import Listed
from auralisd.library.changes import Changes, Placed
from auralisd.library.counts import Counts, Finding, ScanStep, Tell, file_name
from auralisd.library.errands import Errands, WorkerDied
from auralisd.library.folders import Folder, Folders
from auralisd.library.outcome import Writing
from auralisd.library.reading import Reading
from auralisd.library.sight import Sight
from auralisd.model.track import FileFacts
from auralisd.store.database import Database
from auralisd.store.identity import move_to_copies
from auralisd.store.rows import Place, Scope, ToRead
from auralisd.store.tracks import (
    listed_in,
    lose_tracks,
    place_tracks,
)

log = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")

_READ_FILES = 64
_WORTH_A_WORKER = 1_024
"""In the time that another worker takes to start, one reads so many files."""
_WRITE_ROWS = 500
_WALK_TRIES = 3


class Scanner:
    """Brings the database up to date with some folders.  One scan at a time."""

    def __init__(
        self, database: Database, readers: Sequence[Errands], folders: Folders, on_folder: Callable[[int, str], None]
    ) -> None:
        self._database = database
        self._readers = readers
        self._errands = readers[0]
        self._folders = folders
        self._on_folder = on_folder

    async def scan(self, scopes: Iterable[Scope], counts: Counts, tell: Tell = lambda _: None) -> None:
        """Look at `scopes`, and make the database say what the disk says; `counts` grows with what is kept."""
        found = Finding(tell)
        sight = Sight(self._database, self._folders)
        for scope in scopes:
            await self._look(scope, sight, counts, found)
        verdict = await sight.verdict()
        if verdict.unseen:
            for scope in verdict.unseen:
                await self._look(scope, sight, counts, found)
            verdict = await sight.verdict()
        await self._place(verdict.changes, counts)
        await self._read(sight, verdict.to_read, counts, tell)

    # --- looking -------------------------------------------------------------------------------------

    async def _look(self, scope: Scope, sight: Sight, counts: Counts, found: Finding) -> None:
        """Walk one scope, through the crashes of workers; a scope that cannot be seen changes nothing."""
        folder = self._folders[scope.folder]
        for _ in range(_WALK_TRIES):
            try:
                code = await self._walk(folder, scope, sight, counts, found)
            except WorkerDied as death:
                if death.hung:
                    counts.unanswered += 1
                    counts.codes.append("hung")
                    break
                continue
            if code:
                await self._miss(folder, code, counts)
            else:
                self._on_folder(folder.id, "")
                counts.looked += 1
            return
        else:
            counts.codes.append("worker-died")
        log.error("folder not scanned folder=%s reason=the worker died or hung", folder.name)

    async def _walk(self, folder: Folder, scope: Scope, sight: Sight, counts: Counts, found: Finding) -> str:
        """Answers why all of the music folder is absent, or "" when `scope` was seen.  Raises WorkerDied."""
        found.begin()
        shut: list[tuple[bytes, str]] = []

        def on_listed(listed: Listed) -> None:
            sight.add(listed)
            found.add(listed)
            shut.extend(listed.failures)

        path = self._folders.path_of((scope.folder, scope.dir))
        walked = await self._errands.walk(path, on_listed, recursive=scope.recursive)
        code = walked.code
        if not walked.root_present and scope.dir:
            # A folder is missing: was it deleted, or is the music folder away with all that is in it?
            code = (await self._errands.walk(folder.path, lambda _: None, recursive=False)).code
            if walked.code == "unreadable":
                sight.shut(scope)
                shut.append((path, walked.code))
            else:
                counts.vanished.add(folder.id)
        elif not code and not scope.dir and scope.recursive and found.nothing and await self._listed(folder):
            # As the place of a drive that is not mounted: whoever deletes his last file loses nothing by this either.
            code = "empty"
        if not code:
            sight.finish(scope, walked)
            _name_shut(shut, counts)
        return code

    async def _miss(self, folder: Folder, code: str, counts: Counts) -> None:
        """The whole folder is absent: its tracks become unavailable, and none is forgotten."""
        tracks = await self._listed(folder)
        await self._in_parts(tracks, lambda connection, part: lose_tracks(connection, part, None))
        counts.unavailable += len(tracks)
        counts.codes.append(f"folder-{code}")
        self._on_folder(folder.id, f"folder-{code}")

    async def _listed(self, folder: Folder) -> list[int]:
        return await self._database.run(lambda connection: listed_in(connection, folder.id))

    # --- what needs no reading -----------------------------------------------------------------------

    async def _place(self, changes: Changes, counts: Counts) -> None:
        now_unix_s = int(time.time())
        # All that move leave their places first: two may have changed places, in two transactions.
        await self._in_parts(changes.gone, lambda connection, part: lose_tracks(connection, part, now_unix_s))
        await self._in_parts(changes.moved, lambda connection, part: lose_tracks(connection, _ids(part), now_unix_s))
        await self._in_parts(changes.away, lambda connection, part: lose_tracks(connection, part, None))
        await self._in_parts(changes.moved, lambda connection, part: place_tracks(connection, _placed(part)))
        for there in (changes.returned, changes.renumbered):
            await self._in_parts(there, lambda connection, part: place_tracks(connection, _placed(part)))
        gone = (*changes.gone, *_ids(changes.moved))  # of those that moved, whoever found his place taken
        counts.moved += sum(
            await self._in_parts(gone, lambda connection, part: move_to_copies(connection, part, now_unix_s))
        )
        counts.removed += len(changes.gone)
        counts.unavailable += len(changes.away)
        counts.moved += len(changes.moved)
        counts.returned += len(changes.returned)

    async def _in_parts(
        self, items: Sequence[Item], write: Callable[[sqlite3.Connection, Sequence[Item]], Result]
    ) -> list[Result]:
        """Some hundred rows a transaction, so that a question never waits long for the store."""
        return [
            await self._database.run(functools.partial(_write, write, items[start : start + _WRITE_ROWS]))
            for start in range(0, len(items), _WRITE_ROWS)
        ]

    # --- what must be read ---------------------------------------------------------------------------

    async def _read(self, sight: Sight, total: int, counts: Counts, tell: Tell) -> None:
        """Read tags and write rows, all at once: the workers read on while the store writes."""
        done = 0

        def on_wait(files: Sequence[ToRead]) -> None:
            tell(ScanStep(done, total, file_name(files[0].place[1])))

        readers = self._readers[: 1 + total // _WORTH_A_WORKER]
        reading, writing = Reading(readers, self._folders.path_of, counts), Writing(self._database, counts)
        try:
            async for files, answers in reading.read(sight.to_read(_READ_FILES), on_wait):
                done += len(files)
                await writing.add(files, answers)
            await writing.finish()
        finally:
            writing.close()
            await reading.close()


def _name_shut(shut: Sequence[tuple[bytes, str]], counts: Counts) -> None:
    for path, code in shut:
        log.warning("folder not read folder=%s code=%s remedy=give this user the right to", file_name(path), code)
    counts.refuse(shut)


def _write(
    write: Callable[[sqlite3.Connection, Sequence[Item]], Result], part: Sequence[Item], connection: sqlite3.Connection
) -> Result:
    return write(connection, part)


def _ids(tracks: Sequence[Placed]) -> list[int]:
    return [track.id for track in tracks]


def _placed(tracks: Sequence[Placed]) -> list[tuple[int, Place, FileFacts]]:
    return [(track.id, track.place, track.facts) for track in tracks]
