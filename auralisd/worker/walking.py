"""Walking: the music files below a folder, a batch at a time."""

import os
import stat
from collections.abc import Iterator

from auralisd.doors.worker import Found, Listed, Walk, Walked
from auralisd.model.track import is_music_name
from auralisd.tags.opening import facts_of

_BATCH_FILES = 256


def walk(task: Walk) -> Iterator[Listed | Walked]:
    """Any number of `Listed` and one `Walked`; memory does not grow with the number of files."""
    walking = _Walking(task)
    yield from walking.batches()
    yield Walked(task.task, walking.root_present, tuple(walking.devices) or _device_above(task.folder), walking.code)


class _Walking:
    """One walk.  `_visited` guards against a tree that is mounted below itself."""

    def __init__(self, task: Walk) -> None:
        self._task = task
        self._visited: set[tuple[int, int]] = set()
        self._files: list[Found] = []
        self._folders: list[bytes] = []
        self._failures: list[tuple[bytes, str]] = []
        self.devices: set[int] = set()
        self.root_present = True
        self.code = ""

    def batches(self) -> Iterator[Listed]:
        waiting = [self._task.folder]
        while waiting:
            folder = waiting.pop()
            try:
                for below in self._look_into(folder):
                    if below is not None:
                        waiting.append(below)
                    if len(self._files) >= _BATCH_FILES or len(self._folders) >= _BATCH_FILES:
                        yield self._take()
            except OSError as failure:
                self._note_failure(folder, failure)
        if self._files or self._folders or self._failures:
            yield self._take()

    def _look_into(self, folder: bytes) -> Iterator[bytes | None]:
        """Note the folder's files; yields each folder below it, and None after each file."""
        with os.scandir(folder) as entries:
            status = os.stat(folder)
            place = (status.st_dev, status.st_ino)
            if place in self._visited:
                return
            self._visited.add(place)
            self.devices.add(facts_of(status).device)
            self._folders.append(folder)
            for entry in entries:
                if entry.name.startswith(b"."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if self._task.recursive:
                        yield entry.path
                elif is_music_name(entry.name) and entry.is_file(follow_symlinks=False):
                    self._note_file(entry)
                    yield None

    def _note_file(self, entry: os.DirEntry[bytes]) -> None:
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            return  # deleted since it was listed
        if stat.S_ISREG(status.st_mode):
            self._files.append(Found(entry.path, facts_of(status)))

    def _note_failure(self, folder: bytes, failure: OSError) -> None:
        gone = isinstance(failure, FileNotFoundError | NotADirectoryError)
        code = "missing" if gone else "unreadable"
        if folder == self._task.folder:
            self.root_present, self.code = False, code
        elif not gone:
            self._failures.append((folder, code))

    def _take(self) -> Listed:
        batch = Listed(self._task.task, tuple(self._files), tuple(self._folders), tuple(self._failures))
        self._files, self._folders, self._failures = [], [], []
        return batch


def _device_above(folder: bytes) -> tuple[int, ...]:
    """The device of the nearest folder above one that is not there."""
    while folder not in {b"/", b""}:
        folder = os.path.dirname(folder)
        try:
            return (facts_of(os.stat(folder)).device,)
        except OSError:
            continue
    return ()
