"""Sight: what some looks at the disk have shown, and what that means for the database."""

import sqlite3
from collections.abc import Set

import msgspec

from auralisd.doors.worker import Listed, Walked
from auralisd.library.changes import Changes, compare
from auralisd.library.folders import Folders
from auralisd.model.track import FileFacts
from auralisd.store.rows import Known, Place, Scope
from auralisd.store.tracks import known_by_inode, known_in, refused_in


class ToRead(msgspec.Struct, frozen=True, gc=False):
    """A file whose tags are to be read; `track` None: it is new.  `known`: only its tags are read again.  `available`:
    so is the track, until it is read."""

    path: bytes
    place: Place
    facts: FileFacts
    track: int | None = None
    known: bool = False
    available: bool = True


class Verdict(msgspec.Struct, frozen=True):
    """`to_read` is all that is added, changed or outdated, by place, so that ids follow albums and the disk's head
    moves little.  `unseen` are folders to be looked at before any of it is certain."""

    changes: Changes
    to_read: tuple[ToRead, ...]
    unseen: tuple[Scope, ...]


class Sight:
    """Fed with what walks find; `verdict` compares it with the database, on the store's thread."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._disk: dict[Place, FileFacts] = {}
        self._devices: set[int] = set()
        self._scopes: list[Scope] = []
        self._blind: list[Scope] = []

    def add(self, listed: Listed) -> None:
        for file in listed.files:
            if (place := self._folders.place_of(file.path)) is not None:
                self._disk[place] = file.facts
        for folder, _ in listed.failures:
            if (place := self._folders.place_of(folder)) is not None:
                self._blind.append(Scope(*place))

    def finish(self, scope: Scope, walked: Walked) -> None:
        """A walk has shown all of `scope`."""
        self._scopes.append(scope)
        self._devices.update(walked.devices)

    def covers(self, scope: Scope) -> bool:
        return any(_covers(seen, scope) for seen in self._scopes)

    def verdict(self, connection: sqlite3.Connection) -> Verdict:
        """What must change.

        A file found may be a track whose row says that it lies in a folder nobody has looked at: it has moved only if
        it is no longer there.
        """
        refused = refused_in(connection, self._scopes)
        disk = {
            place: facts
            for place, facts in self._disk.items()
            if refused.get(place) != (facts.size_bytes, facts.mtime_ns)
        }
        known = {row.id: row for row in known_in(connection, self._scopes) if not self._is_blind(row.place)}
        inodes = {facts.inode for facts in disk.values()} - {row.facts.inode for row in known.values()}
        strangers = [row for row in known_by_inode(connection, inodes) if row.id not in known]
        unseen = {
            Scope(row.place[0], row.place[1].rpartition(b"/")[0], recursive=False) for row in strangers if row.available
        }
        # A stranger that is away or gone is not missed here, but what has its inode may be it.
        lost = (_as_gone(row) for row in strangers if not row.available)
        changes = compare(disk, [*known.values(), *lost], self._devices)
        missing = {row.id for row in (*known.values(), *strangers) if not row.available}
        return Verdict(
            changes, self._to_read(changes, missing), tuple(scope for scope in unseen if not self.covers(scope))
        )

    def _to_read(self, changes: Changes, missing: Set[int]) -> tuple[ToRead, ...]:
        missing = missing - {track.id for track in changes.moved}
        files = [ToRead(self._folders.path_of(place), place, facts) for place, facts in changes.added]
        files += [
            ToRead(
                self._folders.path_of(track.place),
                track.place,
                track.facts,
                track.id,
                available=track.id not in missing,
            )
            for track in changes.changed
        ]
        files += [
            ToRead(self._folders.path_of(track.place), track.place, track.facts, track.id, known=True)
            for track in changes.outdated
        ]
        return tuple(sorted(files, key=lambda file: file.place))

    def _is_blind(self, place: Place) -> bool:
        directory = Scope(place[0], place[1].rpartition(b"/")[0], recursive=False)
        return any(_covers(blind, directory) for blind in self._blind)


def _as_gone(row: Known) -> Known:
    return msgspec.structs.replace(row, gone=True)


def _covers(outer: Scope, inner: Scope) -> bool:
    if outer.folder != inner.folder:
        return False
    if outer.dir == inner.dir:
        return outer.recursive or not inner.recursive
    return outer.recursive and (not outer.dir or inner.dir.startswith(outer.dir + b"/"))
