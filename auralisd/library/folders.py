"""Music folders: paths below them, and places in the library."""

from collections.abc import Iterable, Iterator, Sequence
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
    taken: dict[str, int] = {}
    result = []
    for folder in sorted(outermost, key=list(folders).index):
        name = folder.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace") or "/"
        taken[name] = taken.get(name, 0) + 1
        result.append((bytes(folder), name if taken[name] == 1 else f"{name} {taken[name]}"))
    return result


def _with_slash(path: bytes) -> bytes:
    return path.rstrip(b"/") + b"/"
