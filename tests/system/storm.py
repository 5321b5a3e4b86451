"""A storm of file operations from a seed, and what the library must be after it."""

import asyncio
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

from auralisd.model.track import Track
from tests.music import tag


class Token:
    """One file through its moves.  Its id is certain at the next check unless it was moved and got another sound
    since."""

    def __init__(self) -> None:
        self.id: int | None = None
        self.moved = False
        self.replaced = False

    def check(self, track: int) -> None:
        if self.id is not None and not (self.moved and self.replaced):
            assert track == self.id
        self.id, self.moved, self.replaced = track, False, False


class Storm:
    """Files in `music`, each with sound of its own."""

    def __init__(self, music: Path, seed: int) -> None:
        self._music = music
        self._dice = random.Random(seed)
        self._noise = np.random.default_rng(seed)
        self._number = 0
        self._writing: set[asyncio.Task[None]] = set()
        self._slow: set[Path] = set()
        self.files: dict[Path, Token] = {}

    async def blow(self, operations: int) -> None:
        """So many operations, in quick succession."""
        doings: list[tuple[Callable[[], None], int]] = [
            (self._create, 30), (self._write_slowly, 5), (self._rename, 15), (self._move, 15), (self._move_tree, 5),
            (self._delete, 8), (self._delete_tree, 1), (self._replace, 8), (self._touch, 5), (self._chmod, 3),
            (self._retag, 8),
        ]  # fmt: skip
        for _ in range(operations):
            (doing,) = self._dice.choices([doing for doing, _ in doings], [weight for _, weight in doings])
            doing()
            await asyncio.sleep(self._dice.choice((0.0, 0.0, 0.01, 0.05)))

    async def calm(self) -> None:
        """Wait until nothing is being written."""
        await asyncio.gather(*self._writing)

    def check(self, rows: list[Track]) -> None:
        """The library is what the disk is, and every track is who it was."""
        by_path = {Path(os.fsdecode(row.path)): row for row in rows}
        assert len(by_path) == len(rows)
        assert {path.name for path in self.files.keys() - by_path.keys()} == set()  # not found
        assert {path.name for path in by_path.keys() - self.files.keys()} == set()  # not there
        for path, token in self.files.items():
            assert by_path[path].facts.size_bytes == path.stat().st_size
            token.check(by_path[path].id)

    # --- operations ----------------------------------------------------------------------------------

    def _create(self) -> None:
        path = self._folder() / self._name()
        self._write(path)
        self.files[path] = Token()

    def _write_slowly(self) -> None:
        path = self._folder() / self._name()
        self._write(path)
        content = path.read_bytes()
        path.unlink()
        self.files[path] = Token()
        self._slow.add(path)
        task = asyncio.ensure_future(self._drip(path, content))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _drip(self, path: Path, content: bytes) -> None:
        with path.open("wb", buffering=0) as file:
            for start in range(0, len(content), 1000):
                file.write(content[start : start + 1000])
                await asyncio.sleep(0.1)
        self._slow.discard(path)

    def _rename(self) -> None:
        if path := self._some():
            self._go(path, path.with_name(self._name()))

    def _move(self) -> None:
        if (path := self._some()) and not (target := self._folder() / path.name).exists():
            self._go(path, target)

    def _move_tree(self) -> None:
        folders = [folder for folder in self._music.rglob("*") if folder.is_dir()]
        if not folders:
            return
        folder = self._dice.choice(folders)
        target = self._folder() / f"d{self._next()}"
        if target.is_relative_to(folder) or any(slow.is_relative_to(folder) for slow in self._slow):
            return
        folder.rename(target)
        for path in [path for path in self.files if path.is_relative_to(folder)]:
            token = self.files.pop(path)
            token.moved = True
            self.files[target / path.relative_to(folder)] = token

    def _delete(self) -> None:
        if path := self._some():
            path.unlink()
            del self.files[path]

    def _delete_tree(self) -> None:
        if (path := self._some()) is None or path.parent == self._music:
            return
        inside = [other for other in self.files if other.is_relative_to(path.parent)]
        if not any(other in self._slow for other in inside):
            shutil.rmtree(path.parent)
            for other in inside:
                del self.files[other]

    def _replace(self) -> None:
        if path := self._some():
            fresh = path.with_name(f".{self._next()}.flac")
            self._write(fresh)
            fresh.replace(path)
            self.files[path].replaced = True

    def _touch(self) -> None:
        if path := self._some():
            os.utime(path)

    def _chmod(self) -> None:
        if path := self._some():
            path.chmod(self._dice.choice((0o600, 0o644, 0o444)))

    def _retag(self) -> None:
        if path := self._some():
            path.chmod(0o644)
            tag(path, title=f"Anew {self._next()}")

    # --- places --------------------------------------------------------------------------------------

    def _go(self, path: Path, target: Path) -> None:
        path.rename(target)
        self.files[target] = self.files.pop(path)
        self.files[target].moved = True

    def _write(self, path: Path) -> None:
        sound = self._noise.normal(0, 0.1, 2400)
        soundfile.write(path, sound, 48_000, format="FLAC", subtype="PCM_16")
        tag(path, title=f"Title {self._next()}")

    def _some(self) -> Path | None:
        whole = sorted(self.files.keys() - self._slow)
        return self._dice.choice(whole) if whole else None

    def _folder(self) -> Path:
        """One that is there, or a new one, nested at times."""
        folders = sorted(folder for folder in self._music.rglob("*") if folder.is_dir())
        if folders and self._dice.random() < 0.7:
            return self._dice.choice(folders)
        above = self._dice.choice(folders) if folders and self._dice.random() < 0.5 else self._music
        folder = (
            above / f"d{self._next()}" / f"e{self._next()}" if self._dice.random() < 0.3 else above / f"d{self._next()}"
        )
        folder.mkdir(parents=True)
        return folder

    def _name(self) -> str:
        return f"f{self._next()}.flac"

    def _next(self) -> int:
        self._number += 1
        return self._number
