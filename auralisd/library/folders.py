"""Music folders: paths below them, and places in the library."""

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from auralisd.store.rows import Place, Scope
from auralisd.watch.settle import Dirty


class Folder(msgspec.Struct, frozen=True):
    """`path` is absolute; `name` is what others see of it."""

    id: int
    path: bytes
    name: str


class Folders:
    """All music folders; none lies in another one."""

    def __init__(self, folders: Iterable[Folder]) -> None:
        self._by_id = {folder.id: folder for folder in folders}

    def __iter__(self) -> Iterator[Folder]:
        return iter(self._by_id.values())

    def __contains__(self, folder: int) -> bool:
        return folder in self._by_id

    def __getitem__(self, folder: int) -> Folder:
        return self._by_id[folder]

    def folder_of(self, path: bytes) -> Folder | None:
        """The music folder that is or holds `path`."""
        for folder in self._by_id.values():
            if path == folder.path or path.startswith(_with_slash(folder.path)):
                return folder
        return None

    def place_of(self, path: bytes) -> Place | None:
        """Where a file lies; None outside the music folders."""
        folder = self.folder_of(path)
        return (folder.id, path[len(_with_slash(folder.path)) :]) if folder else None

    def path_of(self, place: Place) -> bytes:
        folder, path = place
        return _with_slash(self._by_id[folder].path) + path if path else self._by_id[folder].path

    def scope_of(self, dirty: Dirty) -> Scope | None:
        """What to look at; None outside the music folders, or in a hidden folder below one."""
        place = self.place_of(dirty.folder)
        if place is None or any(part.startswith(b".") for part in place[1].split(b"/")):
            return None
        return Scope(place[0], place[1], dirty.recursive)


def named(folders: Sequence[Path]) -> list[tuple[bytes, str]]:
    """Path and name of each folder, without those that lie in another one; a name that is taken gets a number."""
    outermost: list[Path] = []
    for folder in sorted(set(folders), key=lambda folder: len(folder.parts)):
        if not any(folder.is_relative_to(outer) for outer in outermost):
            outermost.append(folder)
    taken: list[str] = []
    result = []
    for folder in sorted(outermost, key=list(folders).index):
        taken.append(free_name(bytes(folder), taken))
        result.append((bytes(folder), taken[-1]))
    return result


def free_name(path: bytes, taken: Collection[str]) -> str:
    """What others see of a music folder: the name that it has, with a number where another has it too."""
    name = path.rpartition(b"/")[2].decode("utf-8", "replace") or "/"
    return next(
        free for number in itertools.count(1) if (free := f"{name} {number}" if number > 1 else name) not in taken
    )


def _with_slash(path: bytes) -> bytes:
    return path.rstrip(b"/") + b"/"
