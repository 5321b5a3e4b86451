"""Reading: the tags of many files, by several workers at once; the answers come in the order of the files."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence

from auralisd.doors.worker import FileRead
from auralisd.library.counts import Counts
from auralisd.library.errands import Errands, WorkerDied
from auralisd.store.rows import Place, ToRead

_TRIES = 2
_BATCHES_EACH = 2
"""So many for each worker are asked or answered and not yet taken: none waits for the slowest."""

Files = Sequence[ToRead]
Answers = tuple[FileRead, ...]


class Reading:
    """Owns the tasks that ask the workers.  Must be closed, whatever happens."""

    def __init__(self, readers: Sequence[Errands], path_of: Callable[[Place], bytes], counts: Counts) -> None:
        self._path_of = path_of
        self._counts = counts
        self._most = _BATCHES_EACH * len(readers)
        self._free: asyncio.Queue[Errands] = asyncio.Queue()
        for errands in readers:
            self._free.put_nowait(errands)
        self._under_way: deque[tuple[Files, asyncio.Task[Answers]]] = deque()

    async def read(
        self, batches: AsyncIterator[Files], on_wait: Callable[[Files], None]
    ) -> AsyncIterator[tuple[Files, Answers]]:
        """Each batch and what it says; `on_wait` is told which is waited for."""
        async for files in batches:
            self._under_way.append((files, asyncio.create_task(self._tags(files))))
            if len(self._under_way) == self._most:
                yield await self._next(on_wait)
        while self._under_way:
            yield await self._next(on_wait)

    async def close(self) -> None:
        """End what is still under way."""
        tasks = [task for _, task in self._under_way]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _next(self, on_wait: Callable[[Files], None]) -> tuple[Files, Answers]:
        files, task = self._under_way[0]
        on_wait(files)
        answers = await task
        self._under_way.popleft()
        return files, answers

    async def _tags(self, files: Files) -> Answers:
        """After a crash each file is read alone, and one that brings two workers down is damaged."""
        paths = tuple(self._path_of(file.place) for file in files)
        errands = await self._free.get()
        try:
            try:
                return (await errands.read_tags(paths)).files
            except WorkerDied:
                return tuple([await self._tags_alone(errands, path) for path in paths])
        finally:
            self._free.put_nowait(errands)

    async def _tags_alone(self, errands: Errands, path: bytes) -> FileRead:
        crashed = False
        for _ in range(_TRIES):
            try:
                (answer,) = (await errands.read_tags((path,))).files
            except WorkerDied as death:
                crashed = death.crashed
                if death.hung:
                    self._counts.unanswered += 1
                    break
            else:
                return answer
        return FileRead(path, None, None, None, "damaged" if crashed else "unreadable")
