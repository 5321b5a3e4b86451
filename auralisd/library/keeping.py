"""Keeping: dirty folders settle, are scanned, and what came of it is told.  One scan at a time."""

import asyncio
import logging
from collections.abc import Callable

from auralisd.errors import NotKept
from auralisd.library.errands import Errands
from auralisd.library.events import FolderFault, LibraryChanged, LibraryEvent, ScanningChanged
from auralisd.library.folders import Folders
from auralisd.library.scanning import Counts, Scanner
from auralisd.store.database import Database
from auralisd.store.rows import Scope
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

_REMEDIES = {
    "folder-missing": "connect its drive or restore the folder: it is read again by itself",
    "folder-unreadable": "give this user the right to read it, then start again",
    "watch-limit": "raise it with: sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512; until "
    "then some changes are noticed at the next start only",
}


class Keeper:
    """Keeps the library true.  The only one who starts scans, and who tells of them."""

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
        self._unseen: set[int] = set()
        self._faults: dict[int, str] = {}
        self._patience_s = _AGAIN_S
        self.scanned_once = asyncio.Event()
        self.track_count = 0
        self.revision = 1
        self.scanning = False

    async def run(self, folders: Folders, supervisor: Supervisor) -> None:
        """Scan everything, then what changes, until cancelled."""
        self._folders = folders
        self._unseen = {folder.id for folder in folders}
        self.track_count = await self._database.run(count_available)
        roots = tuple(folder.path for folder in folders)
        if self._watching and roots:
            supervisor.start("watching", Watcher(roots, self._on_hint, self._on_limit).run())
        else:
            for root in roots:
                self._on_hint(Hint(Dirty(root, recursive=True), fresh=True))
        scanner = Scanner(self._database, self._errands, folders, self._on_folder)
        while True:
            self._check_seen()
            scopes = await self._due()
            try:
                await self._scan(scanner, scopes)
            except NotKept as refusal:
                if not self._watching:
                    raise  # one look was asked for, and somebody waits for it
                log.warning("scan broke off, again in %.0f s reason=%s", _AGAIN_S, refusal)
                self._look_later(scopes, _AGAIN_S)

    async def tell_added(self) -> None:
        """A file was added that no scan has found yet."""
        await self._tell(Counts(added=1))

    async def start_anew(self, removed: int) -> None:
        """Everything was forgotten: tell it, and scan every folder again."""
        await self._tell(Counts(removed=removed))
        for folder in self._folders:
            self._on_hint(Hint(Dirty(folder.path, recursive=True), fresh=True))

    # --- what waits ----------------------------------------------------------------------------------

    def _on_hint(self, hint: Hint) -> None:
        loop = asyncio.get_running_loop()
        self._settling.touch(hint.dirty, now_s=loop.time() - (QUIET_S if hint.fresh else 0.0))
        self._woken.set()

    async def _due(self) -> list[Scope]:
        """Sleep until some folders have become quiet."""
        loop = asyncio.get_running_loop()
        while True:
            self._woken.clear()
            if due := self._settling.take_due(now_s=loop.time()):
                return self._scopes(due)
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

    def _look_later(self, scopes: list[Scope], after_s: float) -> None:
        later_s = asyncio.get_running_loop().time() + after_s
        for scope in scopes:
            folder = self._folders.path_of((scope.folder, scope.dir))
            self._settling.touch(Dirty(folder, scope.recursive), now_s=later_s)

    # --- scans ---------------------------------------------------------------------------------------

    async def _scan(self, scanner: Scanner, scopes: list[Scope]) -> None:
        if not scopes:
            return
        self._tell_scanning(scanning=True)
        try:
            counts = await scanner.scan(scopes)
        finally:
            self._tell_scanning(scanning=False)
        if not counts.nothing:
            await self._tell(counts)
        if counts.unanswered:
            log.warning("files do not answer count=%d, again in %.0f s", counts.unanswered, self._patience_s)
            self._look_later(scopes, self._patience_s)
        self._patience_s = min(2 * self._patience_s, _MOST_PATIENCE_S) if counts.unanswered else _AGAIN_S
        self._unseen -= {scope.folder for scope in scopes if not scope.dir and scope.recursive}

    def _check_seen(self) -> None:
        if not self._unseen:
            self.scanned_once.set()

    async def _tell(self, counts: Counts) -> None:
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

    # --- faults --------------------------------------------------------------------------------------

    def _on_folder(self, folder: int, code: str) -> None:
        """A music folder was looked at: `code` "" when it is well.  Told once, when that is news."""
        if self._faults.get(folder, "") == code:
            return
        if not code and self._faults.get(folder) == "watch-limit":
            return  # looking at it does not give it watches
        self._faults[folder] = code
        name = self._folders[folder].name
        if code:
            log.warning("music folder at fault folder=%s code=%s remedy=%s", name, code, _REMEDIES[code])
        else:
            log.info("music folder is well again folder=%s", name)
        self._publish(FolderFault(name, code))

    def _on_limit(self, path: bytes) -> None:
        if (folder := self._folders.folder_of(path)) is not None:
            self._on_folder(folder.id, "watch-limit")
