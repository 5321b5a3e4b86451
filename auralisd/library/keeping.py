"""Keeping: dirty folders settle, are scanned, and what came of it is told.  One scan at a time.

A scan that found something is followed by another one of the same folders, until one finds nothing: so nothing that
happens while it looks is missed, whether or not there was an event of it.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence

from auralisd.errors import NotFound, NotKept
from auralisd.library.agenda import Agenda
from auralisd.library.counts import Counts, Tell
from auralisd.library.errands import Errands
from auralisd.library.events import LibraryEvent, ScanBroke, ScanningChanged
from auralisd.library.faults import FolderFaults
from auralisd.library.folders import Folder, Folders
from auralisd.library.looks import MANUAL, STARTUP, TIMER, WATCH, CarryOut, Look, manual
from auralisd.library.rhythm import LOOK_EVERY_S, Rhythm
from auralisd.library.scanning import Scanner
from auralisd.library.steward import forget_long_gone
from auralisd.library.telling import Teller
from auralisd.store.database import Database
from auralisd.store.rows import Scope
from auralisd.supervise import Supervisor, is_cancelled
from auralisd.watch.settle import Dirty
from auralisd.watch.watcher import Hint, Watcher

log = logging.getLogger(__name__)

_MOST_SCOPES = 200
"""More folders than this are walked faster as one tree."""
_AGAIN_S = 60.0
"""After so long a scan that could not be kept is tried anew; what hung is too, and each time after twice as long."""
_MOST_PATIENCE_S = 3600.0
_FOLLOW_S = 1.0
_MOST_FOLLOW_S = 8.0
_FOLLOW_SHARE = 4.0
"""A scan that found something is followed by another after a second, each time after twice as long, and after no less
than four times what it took."""
_UNFINISHED_S = 2.0
"""After so long a file that is being written is tried again; its end is an event, but not on every drive."""


class Keeper:
    """Keeps the library true.  The only one who scans.

    `readers` are the workers: the first walks, all read.  `carry_out` is how a scan is begun: by itself, or as a job
    that others can see.
    """

    def __init__(
        self,
        database: Database,
        readers: Sequence[Errands],
        publish: Callable[[LibraryEvent], None],
        teller: Teller,
        *,
        watching: bool,
    ) -> None:
        self._database = database
        self._readers = readers
        self._publish = publish
        self._teller = teller
        self._watching = watching
        self._agenda = Agenda()
        self._folders = Folders(())
        self._faults = FolderFaults(publish)
        self._rhythm = Rhythm()
        self._watcher: Watcher | None = None
        self._turn = asyncio.Lock()
        self._rest = asyncio.Lock()
        self._open = asyncio.Event()
        self._open.set()
        self._at_work: asyncio.Task[None] | None = None
        self._unseen: set[int] = set()
        self._patience_s = _AGAIN_S
        self._follow_s = _FOLLOW_S
        self.carry_out: CarryOut = self._carry_out_alone
        self.scanned_once = asyncio.Event()
        self.scanning = False

    def begin_with(self, folders: Folders) -> None:
        """The music folders at the start."""
        self._folders = folders
        self._unseen = {folder.id for folder in folders}
        self._check_seen()

    async def run(self, supervisor: Supervisor) -> None:
        """Scan everything, then what changes, until cancelled."""
        await self._teller.count()
        if self._watching:
            await forget_long_gone(self._database)
            roots = [folder.path for folder in self._folders]
            self._watcher = Watcher(roots, self._agenda.note, self._on_limit)
            supervisor.start("watching", self._watcher.run())
            supervisor.start("rhythm", self._keep_rhythm())
        else:
            self.look_at_all()
        while True:
            await self.carry_out(await self._due())

    async def scan(self, look: Look, tell: Tell = lambda _: None) -> Counts:
        """Make the library say what the disk says; waits for the scan before it.  Raises NotKept."""
        async with self._turn:
            await self._open.wait()
            self._tell_scanning(scanning=True)
            try:
                return await self._scan(look, tell)
            finally:
                self._tell_scanning(scanning=False)

    def wanted(self, folders: Iterable[int]) -> Look:
        """A look at these music folders, () all.  Raises NotFound."""
        wanted = list(folders) or [folder.id for folder in self._folders]
        if (unknown := next((folder for folder in wanted if folder not in self._folders), None)) is not None:
            raise NotFound(f"there is no music folder {unknown}")
        return manual(wanted)

    def fault_of(self, folder: int) -> str:
        """What is wrong with a music folder: a code, "" while it is well."""
        return self._faults.code_of(folder)

    def watches(self, folder: int) -> bool:
        """True while all that changes below a music folder is told at once by the kernel."""
        heard = self._watcher is not None and self._watcher.hears(self._folders[folder].path)
        return heard and not self.fault_of(folder)

    def look_at_all(self) -> None:
        """Scan every folder now, whatever has been told of it."""
        for folder in self._folders:
            self._agenda.note(Hint(Dirty(folder.path, recursive=True), fresh=True))

    def resumed(self) -> None:
        """The machine was suspended: nothing was told meanwhile."""
        self._look_now(self._rhythm.resumed(folder.id for folder in self._folders))

    # --- music folders that come and go --------------------------------------------------------------

    def take_in(self, folder: Folder, folders: Folders) -> None:
        """`folder` is a music folder from now on, one of `folders`: watched, then scanned."""
        self._folders = folders
        whole = Dirty(folder.path, recursive=True)
        self._agenda.ask(whole, MANUAL)
        if self._watcher is None:
            self._agenda.note(Hint(whole, fresh=True))
        else:
            self._watcher.watch(folder.path)

    def let_go(self, folder: Folder, folders: Folders) -> None:
        """`folder` is none any more; `folders` are left.  Nothing scans meanwhile: see `resting`."""
        self._folders = folders
        self._agenda.forget(folder.path)
        if self._watcher is not None:
            self._watcher.leave(folder.path)
        self._faults.forget(folder)
        self._rhythm.forget(folder.id)
        self._unseen.discard(folder.id)
        self._check_seen()

    async def tell(self, counts: Counts) -> None:
        """So many tracks came or went with a music folder."""
        if not counts.nothing:
            await self._teller.changed(counts)

    @contextlib.asynccontextmanager
    async def resting(self) -> AsyncIterator[None]:
        """Nothing scans.  The scan at work is broken off, and what it was to look at is looked at afterwards."""
        async with self._rest:
            self._open.clear()
            try:
                if self._at_work is not None:
                    self._at_work.cancel()
                    await asyncio.wait([self._at_work])
                yield
            finally:
                self._open.set()

    # --- what waits ----------------------------------------------------------------------------------

    async def _due(self) -> Look:
        """Sleep until some folders have become quiet."""
        while True:
            due, trigger = await self._agenda.due()
            if scopes := self._scopes(due):
                return Look(STARTUP if self._unseen else trigger or WATCH, tuple(scopes))

    def _scopes(self, due: list[Dirty]) -> list[Scope]:
        scopes = [scope for dirty in due if (scope := self._folders.scope_of(dirty)) is not None]
        if len(scopes) > _MOST_SCOPES:
            return [Scope(folder) for folder in sorted({scope.folder for scope in scopes})]
        return scopes

    def _look_later(self, scopes: Iterable[Scope], after_s: float, trigger: str) -> None:
        """Unless somebody looks earlier."""
        for scope in scopes:
            if scope.folder in self._folders:
                path = self._folders.path_of((scope.folder, scope.dir))
                self._agenda.look_later(Dirty(path, scope.recursive), after_s, trigger)

    def _look_now(self, folders: Iterable[int]) -> None:
        for folder in folders:
            self._agenda.look_now(Dirty(self._folders[folder].path, recursive=True), TIMER)

    def _on_limit(self, path: bytes) -> None:
        self._faults.no_more_watches(self._folders, path)

    async def _keep_rhythm(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            folders = [folder.id for folder in self._folders]
            due = self._rhythm.due(folders, [folder for folder in folders if not self.watches(folder)])
            self._look_now(due)
            if due:
                await forget_long_gone(self._database)

    # --- scans ---------------------------------------------------------------------------------------

    async def _carry_out_alone(self, look: Look) -> None:
        try:
            await self.scan(look)
        except NotKept:
            if not self._watching:
                raise  # one look was asked for, and somebody waits for it

    async def _scan(self, look: Look, tell: Tell) -> Counts:
        look = self._still(look)
        counts, began_s = Counts(), time.monotonic()
        try:
            await self._work(look, counts, tell)
        except NotKept as refusal:
            if not counts.nothing:
                await self._teller.changed(counts)
            self._publish(ScanBroke("not-kept"))
            log.warning("scan broke off, again in %.0f s reason=%s", _AGAIN_S, refusal)
            self._look_later(look.scopes, _AGAIN_S, look.trigger)
            raise
        except asyncio.CancelledError:
            await self._teller.changed(counts)  # what was under way to the store is not counted yet, and is kept
            if is_cancelled():
                self._see(look)  # whoever cancels it does not wait for it
                raise
            self._look_later(look.scopes, 0.0, look.trigger)  # broken off by `resting`
            return counts
        for code in dict.fromkeys(counts.codes):
            self._publish(ScanBroke(code))
        if not counts.nothing:
            await self._teller.changed(counts)
        self._follow(look, counts, time.monotonic() - began_s)
        self._see(look)
        for folder in look.whole:
            self._rhythm.compared(folder)
        return counts

    async def _work(self, look: Look, counts: Counts, tell: Tell) -> None:
        """As a task of its own, which can be broken off without whoever waits for it."""
        scanner = Scanner(self._database, self._readers, self._folders, self._on_folder)
        self._at_work = asyncio.create_task(scanner.scan(look.scopes, counts, tell), name="scan")
        try:
            await self._at_work
        finally:
            self._at_work = None

    def _still(self, look: Look) -> Look:
        """Without the music folders that are none any more since it was asked for."""
        return Look(look.trigger, tuple(scope for scope in look.scopes if scope.folder in self._folders))

    def _follow(self, look: Look, counts: Counts, took_s: float) -> None:
        """What is to be looked at once more.

        A folder that is no longer there may have been moved, and what happened in it was told of its old name.
        """
        if not self._watching:
            return
        scopes = [*(() if counts.nothing else look.scopes), *map(Scope, sorted(counts.vanished))]
        self._look_later(dict.fromkeys(scopes), max(self._follow_s, _FOLLOW_SHARE * took_s), look.trigger)
        self._follow_s = _FOLLOW_S if counts.nothing else min(2 * self._follow_s, _MOST_FOLLOW_S)
        self._look_later(dict.fromkeys(counts.unfinished), _UNFINISHED_S, WATCH)
        if counts.unanswered:
            log.warning("files do not answer count=%d, again in %.0f s", counts.unanswered, self._patience_s)
            self._look_later(look.scopes, self._patience_s, look.trigger)
        self._patience_s = min(2 * self._patience_s, _MOST_PATIENCE_S) if counts.unanswered else _AGAIN_S

    def _see(self, look: Look) -> None:
        self._unseen.difference_update(look.whole)
        self._check_seen()

    def _check_seen(self) -> None:
        if not self._unseen:
            self.scanned_once.set()

    def _tell_scanning(self, *, scanning: bool) -> None:
        self.scanning = scanning
        self._publish(ScanningChanged(scanning))

    def _on_folder(self, folder: int, code: str) -> None:
        self._faults.looked(self._folders, folder, code)
