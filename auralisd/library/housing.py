"""Housing: which music folders there are, and how one comes or goes while everything runs."""

import asyncio
import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from auralisd.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    NotKept,
    NotSupported,
    ReadOnly,
    RequestRefused,
    Unavailable,
)
from auralisd.library.counts import Counts
from auralisd.library.events import FoldersChanged
from auralisd.library.folders import Folder, Folders, free_name, named
from auralisd.store.database import Database
from auralisd.store.folders import (
    Choices,
    add_folder,
    empty_folder,
    find_choices,
    folder_at,
    forget_choices,
    remove_folder,
)
from auralisd.store.tracks import keep_folders
from auralisd.supervise import Supervisor, aside

log = logging.getLogger(__name__)

_ANSWER_S = 5.0
_AGAIN_S = 60.0
_OF_THE_SYSTEM = (b"/proc", b"/sys", b"/dev")


class Household(Protocol):
    """Who looks after the music folders: implemented by `keeping.Keeper`."""

    def take_in(self, folder: Folder, folders: Folders) -> None: ...

    def let_go(self, folder: Folder, folders: Folders) -> None: ...

    def resting(self) -> contextlib.AbstractAsyncContextManager[None]: ...

    async def tell(self, counts: Counts) -> None: ...


class Housing:
    """The only one who says which music folders there are.

    `configured` are those of the configuration; with `by_default` it names none, and they are what it comes to then.
    No music folder may hold one of `private`, or lie in it.
    """

    def __init__(
        self,
        database: Database,
        household: Household,
        configured: Sequence[Path],
        *,
        by_default: bool,
        private: Iterable[Path],
        publish: Callable[[FoldersChanged], None],
        supervisor: Supervisor,
    ) -> None:
        self._database = database
        self._household = household
        self._configured = [] if by_default else [path for path, _ in named(configured)]
        self._default = [path for path, _ in named(configured)] if by_default else []
        self._private = tuple(bytes(folder) for folder in private)
        self._publish = publish
        self._supervisor = supervisor
        self._turn = asyncio.Lock()
        self._leaving: tuple[int, ...] = ()
        self._emptying: dict[int, asyncio.Task[None]] = {}
        self.all = Folders(())

    async def open(self) -> None:
        """Learn the music folders and their numbers.  Raises NotKept."""
        choices = await self._database.run(self._find_choices)
        self._leaving = choices.leaving
        paths = _without_overlaps([*self._configured, *self._default_left(choices), *choices.added])
        rows = named([Path(os.fsdecode(path)) for path in paths])
        ids = await self._database.run(lambda connection: keep_folders(connection, rows))
        self.all = Folders(Folder(folder, path, name) for folder, (path, name) in zip(ids, rows, strict=True))

    async def add(self, path: bytes) -> int:
        """One music folder more: the id of it, also where it is one already.

        `path` is absolute.  Raises InvalidRequest, NotFound, NotSupported, Conflict, Unavailable.
        """
        if not path.startswith(b"/") or b"\0" in path:
            raise InvalidRequest("folder must be an absolute path or a file:// URI")
        path = _plain(path)
        async with self._turn:
            if (same := await self._looked_at(path)) is not None:
                return same.id
            name = free_name(path, [folder.name for folder in self.all])
            await self._stop_emptying(path)
            number, taken_in = await self._database.run(lambda connection: add_folder(connection, path, name))
            folder = Folder(number, path, name)
            self._be(Folders([*self.all, folder]))
            self._household.take_in(folder, self.all)
            await self._household.tell(Counts(added=taken_in))  # to the scan they are as it expects them
            log.info("music folder added folder=%s", name)
            return number

    async def remove(self, number: int) -> None:
        """One less; its tracks are gone, and return when it is added again.

        Raises NotFound, and ReadOnly for one that the configuration names.
        """
        async with self._turn:
            if number not in self.all:
                raise NotFound(f"there is no music folder {number}; ListFolders tells which there are")
            folder = self.all[number]
            if not self.may_go(folder):
                raise ReadOnly(
                    f"{folder.name}: the configuration names this folder; take it out of music_folders there, or off "
                    "the command line, and start again"
                )
            remembered = folder.path in self._default
            async with self._household.resting():
                await self._database.run(lambda connection: remove_folder(connection, number, remembered=remembered))
                self._be(Folders(other for other in self.all if other != folder))
                self._household.let_go(folder, self.all)
            log.info("music folder removed folder=%s", folder.name)
            await asyncio.wait([self._empty(number)], timeout=_ANSWER_S)  # a large one goes on after the answer

    def empty_the_rest(self) -> None:
        """Go on with the folders whose tracks were not all gone when the daemon ended."""
        for number in self._leaving:
            self._empty(number)

    def _empty(self, number: int) -> asyncio.Task[None]:
        task = self._emptying[number] = self._supervisor.start("folder leaves", self._emptied(number))
        return task

    async def _emptied(self, number: int) -> None:
        """Let its tracks be gone, some hundred at a time, and tell it in the end."""
        now_unix_s, tracks, rows = int(time.time()), 0, 1
        while rows:
            try:
                rows, there = await self._database.run(lambda connection: empty_folder(connection, number, now_unix_s))
            except NotKept as refusal:
                log.warning("tracks of a folder that was removed are not gone yet reason=%s", refusal)
                await asyncio.sleep(_AGAIN_S)
            else:
                tracks += there
        del self._emptying[number]
        await self._household.tell(Counts(removed=tracks))

    async def _stop_emptying(self, path: bytes) -> None:
        """It comes back before it was gone."""
        number = await self._database.ask(lambda connection: folder_at(connection, path))
        if number is not None and (task := self._emptying.pop(number, None)) is not None:
            task.cancel()
            await asyncio.wait([task])

    def may_go(self, folder: Folder) -> bool:
        """False for one that the configuration names."""
        return folder.path not in self._configured

    def _be(self, folders: Folders) -> None:
        self.all = folders
        self._publish(FoldersChanged(tuple(folder.path for folder in folders)))

    def _find_choices(self, connection: sqlite3.Connection) -> Choices:
        forget_choices(connection, self._configured)
        return find_choices(connection)

    def _default_left(self, choices: Choices) -> list[bytes]:
        return [path for path in self._default if path not in choices.removed | set(choices.added)]

    async def _looked_at(self, path: bytes) -> Folder | None:
        """The music folder that this is already.  Raises whatever it is refused with."""
        try:
            async with asyncio.timeout(_ANSWER_S):
                found = await aside("new folder", lambda: look_at(path, tuple(self.all), self._private))
        except TimeoutError:
            raise Unavailable(f"{_shown(path)}: its drive does not answer; try again when it does") from None
        if isinstance(found, RequestRefused):
            raise found
        return found


def look_at(path: bytes, folders: Sequence[Folder], private: Sequence[bytes]) -> Folder | RequestRefused | None:
    """The music folder that `path` is already, or why it cannot become one; None when it can.  Touches the disk."""
    name = _shown(path)
    if (refusal := _what_is_wrong(path, name)) is not None:
        return refusal
    real = os.path.realpath(path)
    for folder in folders:
        other = os.path.realpath(folder.path)
        if real == other:
            return folder
        if _lies_in(real, other):
            return Conflict(f"{name}: it lies in the music folder {folder.name}, and is read with it")
        if _lies_in(other, real):
            return Conflict(f"{name}: the music folder {folder.name} lies in it; remove that one first")
    for own in map(os.path.realpath, private):
        if _lies_in(real, own) or (_lies_in(own, real) and b"/." not in own[len(real.rstrip(b"/")) :]):
            return NotSupported(f"{name}: auralisd keeps files of its own there; name the folder of the music itself")
    return None


def _what_is_wrong(path: bytes, name: str) -> RequestRefused | None:
    try:
        with os.scandir(path):
            real = os.path.realpath(path)
    except FileNotFoundError:
        return NotFound(f"{name}: there is no such folder")
    except NotADirectoryError:
        return NotSupported(f"{name}: this is no folder; name the one that the file lies in")
    except PermissionError:
        return Unavailable(f"{name}: this user may not read it; give the right to")
    except OSError as failure:
        return Unavailable(f"{name}: it cannot be read ({failure.strerror})")
    if real == b"/" or any(_lies_in(real, system) for system in _OF_THE_SYSTEM):
        return NotSupported(f"{name}: this belongs to the system; name the folder of the music itself")
    if not os.access(path, os.X_OK):
        return Unavailable(f"{name}: this user may not look into it; give the right to")
    return None


def _without_overlaps(paths: Iterable[bytes]) -> list[bytes]:
    """Those that come first stay."""
    kept: list[bytes] = []
    for path in dict.fromkeys(paths):
        if any(_lies_in(path, other) or _lies_in(other, path) for other in kept):
            log.warning("music folder is left out folder=%s reason=another one lies in it, or holds it", _shown(path))
        else:
            kept.append(path)
    return kept


def _plain(path: bytes) -> bytes:
    """Without what says nothing: doubled slashes, dots, a slash at the end."""
    return b"/" + os.path.normpath(path).lstrip(b"/")


def _lies_in(path: bytes, folder: bytes) -> bool:
    return path == folder or path.startswith(folder.rstrip(b"/") + b"/")


def _shown(path: bytes) -> str:
    return path.rpartition(b"/")[2].decode("utf-8", "replace") or "/"
