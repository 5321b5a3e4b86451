"""Sight: what some looks at the disk have shown, and what that means for the database."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence, Set

import msgspec

from auralisd.doors.worker import Listed, Walked
from auralisd.library.changes import Changes, Placed, compare
from auralisd.library.folders import Folders
from auralisd.store.database import Database
from auralisd.store.rows import Known, Scope, ToRead
from auralisd.store.seen import (
    begin,
    count_news,
    find_news,
    missed,
    news_about,
    read_news,
    see,
    settle_news,
    strangers,
)

_PAGE_FILES = 2_048


class Verdict(msgspec.Struct, frozen=True):
    """`to_read` is how many files are added, changed or outdated; of `changes`, `added` are those only that might have
    been something else.  `unseen` are folders to be looked at before any of it is certain."""

    changes: Changes
    to_read: int
    unseen: tuple[Scope, ...]


class Sight:
    """Fed with what walks find, which it hands to the store; `verdict` compares it with the library there."""

    def __init__(self, database: Database, folders: Folders) -> None:
        self._database = database
        self._folders = folders
        self._coming: list[asyncio.Future[None]] = [database.submit(begin)]
        self._devices: set[int] = set()
        self._scopes: list[Scope] = []
        self._blind: list[Scope] = []

    def add(self, listed: Listed) -> None:
        files = [
            (place, file.facts) for file in listed.files if (place := self._folders.place_of(file.path)) is not None
        ]
        if files:
            self._coming.append(self._database.submit(lambda connection: see(connection, files)))
        for folder, _ in listed.failures:
            if (place := self._folders.place_of(folder)) is not None:
                self._blind.append(Scope(*place))

    def shut(self, scope: Scope) -> None:
        """The folder of `scope` is there and may not be read."""
        self._blind.append(scope)

    def finish(self, scope: Scope, walked: Walked) -> None:
        """A walk has shown all of `scope`."""
        self._scopes.append(scope)
        self._devices.update(walked.devices)

    async def verdict(self) -> Verdict:
        """What must change.  Raises NotKept."""
        coming, self._coming = self._coming, []
        await asyncio.gather(*coming)
        return await self._database.run(
            lambda connection: judge(
                connection, self._scopes, self._blind, devices=self._devices, looked_after=self._folders.__contains__
            )
        )

    async def to_read(self, at_once: int) -> AsyncIterator[Sequence[ToRead]]:
        """All files to be read, by place, so many at a time; the next are fetched while these are read."""
        coming = self._database.submit(lambda connection: read_news(connection, (0, b""), _PAGE_FILES))
        while page := await coming:
            after = page[-1].place
            coming = self._database.submit(lambda connection, after=after: read_news(connection, after, _PAGE_FILES))  # type: ignore[misc]
            for start in range(0, len(page), at_once):
                yield page[start : start + at_once]


def judge(
    connection: sqlite3.Connection,
    scopes: Sequence[Scope],
    blind: Sequence[Scope],
    *,
    devices: Set[int],
    looked_after: Callable[[int], bool] = lambda _: True,
) -> Verdict:
    """What was seen of `scopes`, beside what the library says.  Of `blind` folders nobody knows what is in them.

    A file found may be a track whose row says that it lies in a folder nobody has looked at: it has moved only if it is
    no longer there.  Where the music folder is none any more (not `looked_after`), nobody will look, and it has moved.
    """
    news = find_news(connection)
    rows = {row.id: row for row in missed(connection, scopes, gone=news > 0)}
    others = [row for row in strangers(connection) if row.id not in rows]
    present = {row.id: _folder_of(row) for row in others if row.available and looked_after(row.place[0])}
    unseen = set(present.values())
    disk = news_about(connection, [*rows.values(), *others])
    known = [row for row in rows.values() if row.place in disk or not _covered(_folder_of(row), blind)]
    # A stranger that is away or gone is not missed here, but what has its inode may be it.
    lost = [msgspec.structs.replace(row, gone=True) for row in others if row.id not in present]
    changes = compare(disk, [*known, *lost], devices)
    _settle(connection, changes, {row.id for row in (*rows.values(), *others) if not row.available})
    return Verdict(changes, count_news(connection), tuple(scope for scope in unseen if not _covered(scope, scopes)))


def _settle(connection: sqlite3.Connection, changes: Changes, missing: Set[int]) -> None:
    missing = missing - {track.id for track in changes.moved}
    changed = [_to_read(track, available=track.id not in missing) for track in changes.changed]
    outdated = [_to_read(track, known=True) for track in changes.outdated]
    told_apart = (*changes.moved, *changes.returned, *changes.renumbered)
    settle_news(connection, old=[track.place for track in told_apart], to_read=[*changed, *outdated])


def _to_read(track: Placed, *, known: bool = False, available: bool = True) -> ToRead:
    return ToRead(track.place, track.facts, track.id, known=known, available=available)


def _folder_of(row: Known) -> Scope:
    return Scope(row.place[0], row.place[1].rpartition(b"/")[0], recursive=False)


def _covered(scope: Scope, scopes: Sequence[Scope]) -> bool:
    return any(_covers(seen, scope) for seen in scopes)


def _covers(outer: Scope, inner: Scope) -> bool:
    if outer.folder != inner.folder:
        return False
    if outer.dir == inner.dir:
        return outer.recursive or not inner.recursive
    return outer.recursive and (not outer.dir or inner.dir.startswith(outer.dir + b"/"))
