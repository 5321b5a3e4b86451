"""A lane: one SQLite connection on a thread of its own, and whole transactions one after another."""

import asyncio
import contextlib
import logging
import queue
import sqlite3
from collections.abc import Callable
from typing import Any, Final, TypeVar

from auralisd.errors import NotKept, StartRefused
from auralisd.supervise import answer_from_thread, fail_from_thread
from auralisd.threads import NamedThread, OnDeath

log = logging.getLogger(__name__)

CLOSED_WITHIN_S: Final = 2.0

Result = TypeVar("Result")
Transaction = Callable[[sqlite3.Connection], Any]
_Job = tuple[Transaction, "asyncio.Future[Any]"]

_DISK_FAULTS = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY")
_HELD = ("SQLITE_BUSY", "SQLITE_LOCKED")


class Lane:
    """Owns its thread, which sleeps while nobody asks; `connect` is called on it, and may raise StartRefused."""

    def __init__(self, name: str, connect: Callable[[], sqlite3.Connection], on_death: OnDeath) -> None:
        self._connect = connect
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = NamedThread(name, self._work, on_death)
        self._ended = False
        self._opened: asyncio.Future[None]
        self._closed: asyncio.Future[None]

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._opened, self._closed = loop.create_future(), loop.create_future()
        self._thread.start()
        await self._opened

    def submit(self, transaction: Callable[[sqlite3.Connection], Result]) -> "asyncio.Future[Result]":
        """Everything that `transaction` writes is kept, or, if it raises, nothing."""
        if self._ended:
            raise RuntimeError("the store is closed")
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._jobs.put((transaction, answer))
        return answer

    async def close(self, *, within_s: float = CLOSED_WITHIN_S) -> None:
        """Finish what was asked, then close the connection; a disk that hangs is left behind."""
        self._ended = True
        self._jobs.put(None)
        await asyncio.wait({self._closed}, timeout=within_s)
        if not self._closed.done():
            log.error("the store does not end, its disk may hang within_s=%.1f", within_s)

    # --- on the thread -------------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            connection = self._connect()
        except StartRefused as refusal:
            fail_from_thread(self._opened, refusal)
            answer_from_thread(self._closed, None)
            return
        try:
            answer_from_thread(self._opened, None)
            while (job := self._jobs.get()) is not None:
                _carry_out(connection, *job)
        finally:
            self._ended = True
            connection.close()
            self._refuse_the_rest()
            answer_from_thread(self._closed, None)

    def _refuse_the_rest(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                if (job := self._jobs.get_nowait()) is not None:
                    fail_from_thread(job[1], RuntimeError("the store has ended"))


def _carry_out(connection: sqlite3.Connection, transaction: Transaction, answer: "asyncio.Future[Any]") -> None:
    try:
        connection.execute("BEGIN")
        result = transaction(connection)
        connection.execute("COMMIT")
    except Exception as failure:  # noqa: BLE001  the border: whoever asked is told, and the thread lives on
        if connection.in_transaction:  # SQLite has rolled back by itself where the disk is full
            connection.execute("ROLLBACK")
        fail_from_thread(answer, _not_kept(failure) or failure)
    else:
        answer_from_thread(answer, result)


def _not_kept(failure: Exception) -> NotKept | None:
    """The refusal that a fault of the disk is to whoever asked; None for a fault of ours."""
    fault = getattr(failure, "sqlite_errorname", "")
    if fault.startswith(_HELD):
        return NotKept(f"another program holds the database ({failure}); end it")
    if fault.startswith(_DISK_FAULTS):
        return NotKept(f"the state folder takes no more ({failure}); make room on its disk")
    return None
