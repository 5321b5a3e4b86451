"""Scanning: dirty folders → what changed → the database.  One path for start-up, watch and overflow."""

import asyncio
import functools
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from auralisd.doors.worker import FileRead
from auralisd.library.changes import Changes, Placed
from auralisd.library.errands import Errands, WorkerDied
from auralisd.library.folders import Folder, Folders
from auralisd.library.sight import Sight, ToRead
from auralisd.model.track import FileFacts
from auralisd.store.database import Database
from auralisd.store.rows import Place, ReadFile, Refused, Scope
from auralisd.store.tracks import (
    add_tracks,
    change_tracks,
    keep_tags,
    listed_in,
    lose_tracks,
    place_tracks,
    refuse_files,
    retag_tracks,
)

log = logging.getLogger(__name__)

Item = TypeVar("Item")

_READ_FILES = 64
_WRITE_ROWS = 500
_WALK_TRIES = 3
_READ_TRIES = 2
_LASTING = frozenset({"damaged", "not-audio", "empty"})
"""Reasons that stay as long as the file does; others may pass by themselves, so they are tried again."""


class Counts(msgspec.Struct):
    """What one scan did to the library; `unanswered` are the files and folders that hung."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    unavailable: int = 0
    returned: int = 0
    refused: int = 0
    unanswered: int = 0

    @property
    def nothing(self) -> bool:
        return not any(msgspec.structs.astuple(self)[:6])


class Scanner:
    """Brings the database up to date with some folders.  One scan at a time."""

    def __init__(
        self, database: Database, errands: Errands, folders: Folders, on_folder: Callable[[int, str], None]
    ) -> None:
        self._database = database
        self._errands = errands
        self._folders = folders
        self._on_folder = on_folder

    async def scan(self, scopes: Iterable[Scope]) -> Counts:
        """Look at `scopes`, and make the database say what the disk says."""
        counts = Counts()
        sight = Sight(self._folders)
        for scope in scopes:
            await self._look(scope, sight, counts)
        verdict = await self._database.run(sight.verdict)
        if verdict.unseen:
            for scope in verdict.unseen:
                await self._look(scope, sight, counts)
            verdict = await self._database.run(sight.verdict)
        await self._place(verdict.changes, counts)
        await self._read(verdict.to_read, counts)
        return counts

    # --- looking -------------------------------------------------------------------------------------

    async def _look(self, scope: Scope, sight: Sight, counts: Counts) -> None:
        """Walk one scope, through the crashes of workers; a scope that cannot be seen changes nothing."""
        folder = self._folders[scope.folder]
        for _ in range(_WALK_TRIES):
            try:
                walked = await self._errands.walk(
                    self._folders.path_of((scope.folder, scope.dir)), sight.add, recursive=scope.recursive
                )
                if not walked.root_present and scope.dir:
                    # A folder is missing: was it deleted, or is the music folder away with all that is in it?
                    root = await self._errands.walk(folder.path, lambda _: None, recursive=False)
                    code = root.code
                else:
                    code = walked.code
            except WorkerDied as death:
                if death.hung:
                    counts.unanswered += 1
                    break
                continue
            if code:
                await self._miss(folder, code, counts)
            else:
                self._on_folder(folder.id, "")
                sight.finish(scope, walked)
            return
        log.error("folder not scanned folder=%s reason=the worker died or hung", folder.name)

    async def _miss(self, folder: Folder, code: str, counts: Counts) -> None:
        """The whole folder is absent: its tracks become unavailable, and none is forgotten."""
        tracks = await self._database.run(lambda connection: listed_in(connection, folder.id))
        await self._in_parts(tracks, lambda connection, part: lose_tracks(connection, part, None))
        counts.unavailable += len(tracks)
        self._on_folder(folder.id, f"folder-{code}")

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
        counts.removed += len(changes.gone)
        counts.unavailable += len(changes.away)
        counts.moved += len(changes.moved)
        counts.returned += len(changes.returned)

    async def _in_parts(
        self, items: Sequence[Item], write: Callable[[sqlite3.Connection, Sequence[Item]], None]
    ) -> None:
        """Some hundred rows a transaction, so that a question never waits long for the store."""
        for start in range(0, len(items), _WRITE_ROWS):
            await self._database.run(functools.partial(_write, write, items[start : start + _WRITE_ROWS]))

    # --- what must be read ---------------------------------------------------------------------------

    async def _read(self, files: Sequence[ToRead], counts: Counts) -> None:
        """Read tags and write rows, both at once: the worker reads on while the store writes."""
        writing: asyncio.Future[None] | None = None
        for start in range(0, len(files), _READ_FILES):
            batch = files[start : start + _READ_FILES]
            answers = await self._tags(tuple(file.path for file in batch), counts)
            outcome = _Outcome(batch, answers)
            outcome.add_to(counts)
            if writing is not None:
                await writing
            writing = self._database.submit(outcome.write)
        if writing is not None:
            await writing

    async def _tags(self, paths: tuple[bytes, ...], counts: Counts) -> tuple[FileRead, ...]:
        """Tags of some files; after a crash each is read alone, and one that brings two down is damaged."""
        try:
            return (await self._errands.read_tags(paths)).files
        except WorkerDied:
            return tuple([await self._tags_alone(path, counts) for path in paths])

    async def _tags_alone(self, path: bytes, counts: Counts) -> FileRead:
        crashed = False
        for _ in range(_READ_TRIES):
            try:
                (answer,) = (await self._errands.read_tags((path,))).files
            except WorkerDied as death:
                crashed = death.crashed
                if death.hung:
                    counts.unanswered += 1
                    break
            else:
                return answer
        return FileRead(path, None, None, None, "damaged" if crashed else "unreadable")


class _Outcome:
    """What reading some files has shown, and the transaction that keeps it."""

    def __init__(self, files: Sequence[ToRead], answers: Sequence[FileRead]) -> None:
        self._now_unix_s = int(time.time())
        self._added: list[ReadFile] = []
        self._changed: list[tuple[int, ReadFile]] = []
        self._retagged: list[tuple[int, ReadFile]] = []
        self._unread: list[int] = []
        self._refused: list[Refused] = []
        self._gone: list[int] = []
        self._away: list[int] = []
        for file, answer in zip(files, answers, strict=True):
            self._take(file, answer)

    def add_to(self, counts: Counts) -> None:
        counts.added += len(self._added)
        counts.changed += len(self._changed)
        counts.removed += len(self._gone)
        counts.unavailable += len(self._away)
        counts.refused += len(self._refused)

    def write(self, connection: sqlite3.Connection) -> None:
        lose_tracks(connection, self._gone, self._now_unix_s)
        lose_tracks(connection, self._away, None)
        refuse_files(connection, self._refused)
        change_tracks(connection, self._changed)
        retag_tracks(connection, self._retagged)
        keep_tags(connection, self._unread)
        add_tracks(connection, self._added, self._now_unix_s)

    def _take(self, file: ToRead, answer: FileRead) -> None:
        if answer.facts is None or answer.stream is None or answer.tags is None:
            self._refuse(file, answer.code)
            return
        read = ReadFile(file.place, answer.facts, answer.stream, answer.tags)
        if file.track is None:
            self._added.append(read)
        elif file.known and answer.facts == file.facts:
            self._retagged.append((file.track, read))
        else:
            self._changed.append((file.track, read))

    def _refuse(self, file: ToRead, code: str) -> None:
        if code in _LASTING and file.known and file.track is not None:
            self._unread.append(file.track)  # it was readable, and nobody has touched it: it stays what it was
            return
        if code in _LASTING:
            self._refused.append(Refused(file.place, file.facts, code))
            log.info(
                "file not read file=%s code=%s", file.place[1].rpartition(b"/")[2].decode("utf-8", "replace"), code
            )
        if file.track is not None:
            (self._away if code == "unreadable" else self._gone).append(file.track)


def _write(
    write: Callable[[sqlite3.Connection, Sequence[Item]], None], part: Sequence[Item], connection: sqlite3.Connection
) -> None:
    write(connection, part)


def _ids(tracks: Sequence[Placed]) -> list[int]:
    return [track.id for track in tracks]


def _placed(tracks: Sequence[Placed]) -> list[tuple[int, Place, FileFacts]]:
    return [(track.id, track.place, track.facts) for track in tracks]
