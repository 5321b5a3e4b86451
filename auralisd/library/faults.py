"""Faults: what is wrong with a music folder, told once when it begins and once when it ends."""

import logging
from collections.abc import Callable

from auralisd.library.events import FolderFault
from auralisd.library.folders import Folder, Folders

log = logging.getLogger(__name__)

WATCH_LIMIT = "watch-limit"
REMEDIES = {
    "folder-missing": "connect its drive or restore the folder: it is read again by itself",
    "folder-unreadable": "give this user the right to read it: it is read again within five minutes",
    "folder-empty": "mount its drive, if it has one; its tracks are kept as unavailable, and return with their files",
    WATCH_LIMIT: "raise it with: sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512, then "
    "start again; until then the folder is compared every five minutes",
}


class FolderFaults:
    """Of each folder two things may be wrong: what a look finds, and that it cannot be watched."""

    def __init__(self, publish: Callable[[FolderFault], None]) -> None:
        self._publish = publish
        self._seen: dict[int, str] = {}
        self._unwatched: set[int] = set()

    def code_of(self, folder: int) -> str:
        """What is wrong with a music folder: what a look found before that it is not watched; "" while it is well."""
        return self._seen.get(folder, "") or (WATCH_LIMIT if folder in self._unwatched else "")

    def looked(self, folders: Folders, folder: int, code: str) -> None:
        """A music folder was looked at: `code` "" when it is well."""
        if self._seen.get(folder, "") == code:
            return
        self._seen[folder] = code
        name = folders[folder].name
        if code:
            self._tell(name, code)
            return
        log.info("music folder is well again folder=%s", name)
        self._publish(FolderFault(name, ""))
        if folder in self._unwatched:
            self._publish(FolderFault(name, WATCH_LIMIT))  # to look at it does not give it watches

    def no_more_watches(self, folders: Folders, path: bytes) -> None:
        """The kernel refused a watch on `path`."""
        folder = folders.folder_of(path)
        if folder is not None and folder.id not in self._unwatched:
            self._unwatched.add(folder.id)
            self._tell(folder.name, WATCH_LIMIT)

    def forget(self, folder: Folder) -> None:
        """It is no music folder any more: nothing is wrong with it."""
        if self.code_of(folder.id):
            self._publish(FolderFault(folder.name, ""))
        self._seen.pop(folder.id, None)
        self._unwatched.discard(folder.id)

    def _tell(self, name: str, code: str) -> None:
        log.warning("music folder at fault folder=%s code=%s remedy=%s", name, code, REMEDIES[code])
        self._publish(FolderFault(name, code))
