"""Keeping: dirty folders settle, are scanned, and what came of it is told.  One scan at a time.

A scan that found something is followed by another one of the same folders, until one finds nothing: so nothing that
happens while it looks is missed, whether or not there was an event of it.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable

from auralisd.errors import NotFound, NotKept
from auralisd.library.counts import Counts, Tell
from auralisd.library.errands import Errands
from auralisd.library.events import LibraryChanged, LibraryEvent, NumbersChanged, ScanBroke, ScanningChanged
from auralisd.library.faults import FolderFaults
from auralisd.library.folders import Folders
from auralisd.library.looks import STARTUP, TIMER, WATCH, CarryOut, Look, manual
from auralisd.library.rhythm import LOOK_EVERY_S, Rhythm
from auralisd.library.scanning import Scanner
from auralisd.store.database import Database
from auralisd.store.rows import Scope
from auralisd.store.tombstones import forget_gone
from auralisd.store.tracks import count_available
from auralisd.supervise import Supervisor
from auralisd.watch.settle import QUIET_S, Dirty, Settling
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
    """Keeps the library true.  The only one who scans, and who tells of it.

    `carry_out` is how a scan is begun: by itself, or as a job that others can see.
    """

    def __init__(
        self,
        database: Database,
        errands: Errands,
        publish: Callable[[LibraryEvent], None],
        *,
        on_changed: Callable[[], None],
        watching: bool,
    ) -> None:
        self._database = database
        self._errands = errands
        self._publish = publish
        self._on_changed = on_changed
        self._watching = watching
        self._settling = Settling()
        self._woken = asyncio.Event()
        self._folders = Folders(())
        self._faults = FolderFaults(publish)
        self._rhythm = Rhythm()
        self._watcher: Watcher | None = None
        self._turn = asyncio.Lock()
        self._later: dict[Dirty, asyncio.TimerHandle] = {}
        self._triggers: dict[Dirty, str] = {}
        self._unseen: set[int] = set()
        self._patience_s = _AGAIN_S
        self._follow_s = _FOLLOW_S
        self.carry_out: CarryOut = self._carry_out_alone
        self.scanned_once = asyncio.Event()
        self.track_count = 0
        self.revision = 1
        self.scanning = False

    async def run(self, folders: Folders, supervisor: Supervisor) -> None:
        """Scan everything, then what changes, until cancelled."""
        self._folders = folders
        self._unseen = {folder.id for folder in folders}
        self._check_seen()
        self.track_count = await self._database.run(count_available)
        roots = tuple(folder.path for folder in folders)
        if self._watching and roots:
            await self._forget_gone()
            self._watcher = Watcher(roots, self._on_hint, lambda path: self._faults.no_more_watches(folders, path))
            supervisor.start("watching", self._watcher.run())
            supervisor.start("rhythm", self._keep_rhythm())
        else:
            for root in roots:
                self._on_hint(Hint(Dirty(root, recursive=True), fresh=True))
        while True:
            await self.carry_out(await self._due())

    async def scan(self, look: Look, tell: Tell = lambda _: None) -> Counts:
        """Make the library say what the disk says; waits for the scan before it.  Raises NotKept."""
        async with self._turn:
            self._tell_scanning(scanning=True)
            try:
                counts = await self._scan(look, tell)
            finally:
                self._tell_scanning(scanning=False)
        return counts

    def wanted(self, folders: Iterable[int]) -> Look:
        """A look at these music folders, () all.  Raises NotFound."""
        known = [folder.id for folder in self._folders]
        wanted = list(folders) or known
        if (unknown := next((folder for folder in wanted if folder not in known), None)) is not None:
            raise NotFound(f"there is no music folder {unknown}")
        return manual(wanted)

    def fault_of(self, folder: int) -> str:
        """What is wrong with a music folder: a code, "" while it is well."""
        return self._faults.code_of(folder)

    def watches(self, folder: int) -> bool:
        """True while changes below a music folder are told by the kernel."""
        return self._watching and not self.fault_of(folder)

    async def start_anew(self, removed: int) -> None:
        """Everything was forgotten: tell it, and scan every folder again."""
        await self.tell(Counts(removed=removed))
        for folder in self._folders:
            self._on_hint(Hint(Dirty(folder.path, recursive=True), fresh=True))

    def tell_numbers(self, tracks: int) -> None:
        """So many tracks have other numbers: what a client has read of them is out of date."""
        self.revision += 1
        self._publish(NumbersChanged(self.revision, tracks))

    # --- what waits ----------------------------------------------------------------------------------

    def _on_hint(self, hint: Hint) -> None:
        loop = asyncio.get_running_loop()
        self._settling.touch(hint.dirty, now_s=loop.time() - (QUIET_S if hint.fresh else 0.0))
        self._woken.set()

    async def _due(self) -> Look:
        """Sleep until some folders have become quiet."""
        loop = asyncio.get_running_loop()
        while True:
            self._woken.clear()
            if (due := self._settling.take_due(now_s=loop.time())) and (scopes := self._scopes(due)):
                return Look(self._trigger(due), tuple(scopes))
            deadline_s = self._settling.next_due_s()
            try:
                async with asyncio.timeout_at(deadline_s):
                    await self._woken.wait()
            except TimeoutError:
                continue

    def _scopes(self, due: list[Dirty]) -> list[Scope]:
        scopes = [scope for dirty in due if (scope := self._folders.scope_of(dirty)) is not None]
        if len(scopes) > _MOST_SCOPES:
            return [Scope(folder) for folder in sorted({scope.folder for scope in scopes})]
        return scopes

    def _trigger(self, due: list[Dirty]) -> str:
        found = [trigger for dirty in due if (trigger := self._triggers.pop(dirty, None)) is not None]
        if self._unseen:
            return STARTUP
        return found[0] if found else WATCH

    def _look_later(self, scopes: Iterable[Scope], after_s: float, trigger: str) -> None:
        """Unless somebody looks earlier."""
        for scope in scopes:
            dirty = Dirty(self._folders.path_of((scope.folder, scope.dir)), scope.recursive)
            if (waiting := self._later.pop(dirty, None)) is not None:
                waiting.cancel()
            self._later[dirty] = asyncio.get_running_loop().call_later(after_s, self._look_now, dirty, trigger)

    def _look_now(self, dirty: Dirty, trigger: str) -> None:
        self._later.pop(dirty, None)
        self._triggers[dirty] = trigger
        self._on_hint(Hint(dirty, fresh=True))

    async def _keep_rhythm(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            remote = self._watcher.remote if self._watcher else ()
            unwatched = {folder.id for folder in self._folders if folder.path in remote} | self._faults.unwatched
            due = self._rhythm.due([folder.id for folder in self._folders], unwatched)
            for folder in due:
                self._look_now(Dirty(self._folders[folder].path, recursive=True), TIMER)
            if due:
                await self._forget_gone()

    async def _forget_gone(self) -> None:
        """Tracks whose files have been gone for so long that they will not return."""
        now_unix_s = int(time.time())
        try:
            while await self._database.run(lambda connection: forget_gone(connection, now_unix_s)):
                pass
        except NotKept as refusal:
            log.warning("tracks that are gone are not forgotten yet reason=%s", refusal)

    # --- scans ---------------------------------------------------------------------------------------

    async def _carry_out_alone(self, look: Look) -> None:
        try:
            await self.scan(look)
        except NotKept:
            if not self._watching:
                raise  # one look was asked for, and somebody waits for it

    async def _scan(self, look: Look, tell: Tell) -> Counts:
        scanner = Scanner(self._database, self._errands, self._folders, self._on_folder)
        counts, began_s = Counts(), time.monotonic()
        try:
            await scanner.scan(look.scopes, counts, tell)
        except NotKept as refusal:
            if not counts.nothing:
                await self.tell(counts)
            self._publish(ScanBroke("not-kept"))
            log.warning("scan broke off, again in %.0f s reason=%s", _AGAIN_S, refusal)
            self._look_later(look.scopes, _AGAIN_S, look.trigger)
            raise
        except asyncio.CancelledError:
            self._see(look)  # whoever cancels it does not wait for it
            await self.tell(counts)  # what was under way to the store is not counted yet, and is kept all the same
            raise
        for code in dict.fromkeys(counts.codes):
            self._publish(ScanBroke(code))
        if not counts.nothing:
            await self.tell(counts)
        self._follow(look, counts, time.monotonic() - began_s)
        self._see(look)
        for folder in look.whole:
            self._rhythm.compared(folder)
        return counts

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

    async def tell(self, counts: Counts) -> None:
        """What has changed in the library, whoever changed it."""
        self.track_count = await self._database.run(count_available)
        self.revision += 1
        log.info(
            "library changed tracks=%d added=%d changed=%d moved=%d removed=%d unavailable=%d returned=%d",
            self.track_count,
            counts.added,
            counts.changed,
            counts.moved,
            counts.removed,
            counts.unavailable,
            counts.returned,
        )
        self._publish(
            LibraryChanged(
                revision=self.revision,
                added=counts.added + counts.returned,
                changed=counts.changed,
                moved=counts.moved,
                removed=counts.removed,
                unavailable=counts.unavailable,
            )
        )
        self._on_changed()

    def _tell_scanning(self, *, scanning: bool) -> None:
        self.scanning = scanning
        self._publish(ScanningChanged(scanning))

    def _on_folder(self, folder: int, code: str) -> None:
        self._faults.looked(self._folders, folder, code)
