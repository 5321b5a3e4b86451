"""Outcome: what reading some files has shown, and the transaction that keeps it."""

import logging
import sqlite3
import time
from collections import Counter
from collections.abc import Sequence

from auralisd.doors.worker import FileRead
from auralisd.library.counts import MOST_REFUSALS, Counts, file_name
from auralisd.library.sight import ToRead
from auralisd.store.adopting import adopt_file
from auralisd.store.identity import carry_sound, keeps_sound
from auralisd.store.rows import ReadFile, Refused, Scope
from auralisd.store.tracks import change_tracks, keep_tags, lose_tracks, refuse_files, retag_tracks

log = logging.getLogger(__name__)

_LASTING = frozenset({"damaged", "not-audio", "empty"})
"""Reasons that stay as long as the file does; others may pass by themselves, so they are tried again."""


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
        counts.refused += len(self._refused)
        counts.unfinished += self._unfinished
        more = MOST_REFUSALS - len(counts.refusals)
        counts.refusals += [(file_name(file.place[1]), file.code) for file in self._refused[:more]]

    def write(self, connection: sqlite3.Connection) -> None:
        lose_tracks(connection, self._gone, self._now_unix_s)
        lose_tracks(connection, self._away, None)
        refuse_files(connection, self._refused)
        for track, file in self._changed:
            if keeps_sound(connection, track, file):
                carry_sound(connection, track, file)
            else:
                change_tracks(connection, ((track, file),))
        retag_tracks(connection, self._retagged)
        keep_tags(connection, self._unread)
        self._adopted.update(adopt_file(connection, file, self._now_unix_s)[1] for file in self._added)

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
        if code in _LASTING:
            self._refused.append(Refused(file.place, file.facts, code))
            log.info("file not read file=%s code=%s", file_name(file.place[1]), code)
        if file.track is not None and file.available:
            (self._away if code == "unreadable" else self._gone).append(file.track)
