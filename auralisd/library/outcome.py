"""Outcome: what reading some files has shown, and the transaction that keeps it."""

import asyncio
import logging
import sqlite3
import time
from collections import Counter, deque
from collections.abc import Sequence

from auralisd.doors.worker import FileRead
from auralisd.library.counts import Counts, file_name
from auralisd.store.adopting import adopt_files
from auralisd.store.database import Database
from auralisd.store.identity import carry_sound, keeps_sound
from auralisd.store.rows import ReadFile, Refused, Scope, ToRead
from auralisd.store.tracks import change_tracks, id_at, keep_tags, lose_tracks, refuse_files, retag_tracks

log = logging.getLogger(__name__)

_LASTING = frozenset({"damaged", "not-audio", "empty"})
"""Reasons that stay as long as the file does; others may pass by themselves, so they are tried again."""

_MOST_FILES = 512
_LONGEST_S = 0.5
"""No answer waits longer to be kept, so that what is read slowly is seen soon."""


class Writing:
    """Keeps what was read, some hundred files in one transaction.  Must be closed, whatever happens."""

    def __init__(self, database: Database, counts: Counts) -> None:
        self._database = database
        self._counts = counts
        self._files: list[ToRead] = []
        self._answers: list[FileRead] = []
        self._timer: asyncio.TimerHandle | None = None
        self._under_way: deque[tuple[Outcome, asyncio.Future[None]]] = deque()

    async def add(self, files: Sequence[ToRead], answers: Sequence[FileRead]) -> None:
        """Keep these soon; waits while the store is behind.  Raises NotKept, perhaps for files of before."""
        self._files += files
        self._answers += answers
        if len(self._files) >= _MOST_FILES:
            self._write()
            await self._written(1)
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_LONGEST_S, self._write)

    async def finish(self) -> None:
        """Keep all that was added.  Raises NotKept."""
        self._write()
        await self._written(0)

    def close(self) -> None:
        """What is not under way to the store is given up."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _write(self) -> None:
        self.close()
        if self._files:
            outcome = Outcome(self._files, self._answers)
            self._files, self._answers = [], []
            self._under_way.append((outcome, self._database.submit(outcome.write)))

    async def _written(self, left: int) -> None:
        while len(self._under_way) > left:
            outcome, done = self._under_way[0]
            await done
            self._under_way.popleft()
            outcome.add_to(self._counts)


class Outcome:
    """What reading some files has shown, and the transaction that keeps it."""

    def __init__(self, files: Sequence[ToRead], answers: Sequence[FileRead]) -> None:
        self._now_unix_s = int(time.time())
        self._added: list[ReadFile] = []
        self._adopted: Counter[str] = Counter()
        self._changed: list[tuple[int, ReadFile]] = []
        self._retagged: list[tuple[int, ReadFile]] = []
        self._unread: list[int] = []
        self._refused: list[Refused] = []
        self._shut: list[Refused] = []
        self._gone: list[int] = []
        self._away: list[int] = []
        self._unfinished: dict[Scope, None] = {}
        for file, answer in zip(files, answers, strict=True):
            self._take(file, answer)

    def add_to(self, counts: Counts) -> None:
        """What became of it, once it is written."""
        counts.added += self._adopted["added"]
        counts.moved += self._adopted["moved"]
        counts.changed += len(self._changed) + self._adopted["changed"]
        counts.removed += len(self._gone)
        counts.unavailable += len(self._away)
        counts.unfinished += self._unfinished
        counts.refuse([(file.place[1], file.code) for file in (*self._refused, *self._shut)])

    def write(self, connection: sqlite3.Connection) -> None:
        lose_tracks(connection, self._gone, self._now_unix_s)
        lose_tracks(connection, self._away, None)
        refuse_files(connection, self._refused)
        for track, file in self._changed:
            if id_at(connection, file.place) not in (None, track):
                continue  # somebody opened it meanwhile, and it is a track of its own
            if keeps_sound(connection, track, file):
                carry_sound(connection, track, file)
            else:
                change_tracks(connection, ((track, file),))
        retag_tracks(connection, self._retagged)
        keep_tags(connection, self._unread)
        self._adopted.update(adopt_files(connection, self._added, self._now_unix_s))

    def _take(self, file: ToRead, answer: FileRead) -> None:
        if answer.facts is None or answer.stream is None or answer.tags is None:
            self._refuse(file, answer.code)
            return
        read = ReadFile(file.place, answer.facts, answer.stream, answer.tags)
        if file.track is None:
            self._added.append(read)
        elif file.known and answer.facts == file.facts:
            self._retagged.append((file.track, read))
        else:
            self._changed.append((file.track, read))

    def _refuse(self, file: ToRead, code: str) -> None:
        if code == "unfinished":
            folder, path = file.place
            self._unfinished[Scope(folder, path.rpartition(b"/")[0], recursive=False)] = None
            return
        if code in _LASTING and file.known and file.track is not None:
            self._unread.append(file.track)  # it was readable, and nobody has touched it: it stays what it was
            return
        if code in _LASTING or code == "unreadable":
            (self._refused if code in _LASTING else self._shut).append(Refused(file.place, file.facts, code))
            log.info("file not read file=%s code=%s", file_name(file.place[1]), code)
        if file.track is not None and file.available:
            (self._away if code == "unreadable" else self._gone).append(file.track)
