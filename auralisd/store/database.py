"""The database: one SQLite connection that lives and dies on the thread "store"."""

import asyncio
import contextlib
import queue
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from auralisd.errors import NotKept, StartRefused
from auralisd.store.migrations import migrate
from auralisd.threads import NamedThread, OnDeath

Result = TypeVar("Result")
Transaction = Callable[[sqlite3.Connection], Any]
_Job = tuple[Transaction, "asyncio.Future[Any]"]

FILE_NAME = "auralisd.db"
_BUSY_MS = 5_000
_CACHE_KIB = 8_192
_DISK_FAULTS = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY")


class Database:
    """Whole transactions, one after another, off the loop.  Owns the thread "store", which sleeps while nobody asks."""

    def __init__(self, state_folder: Path, on_death: OnDeath) -> None:
        self._path = state_folder / FILE_NAME
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = NamedThread("store", self._work, on_death)
        self._ended = False
        self._opened: asyncio.Future[None]
        self._closed: asyncio.Future[None]

    async def open(self) -> None:
        """Open or make the file and bring its schema up to date.  Raises StartRefused naming the file."""
        loop = asyncio.get_running_loop()
        self._opened, self._closed = loop.create_future(), loop.create_future()
        self._thread.start()
        await self._opened

    async def run(self, transaction: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run `transaction` on the store's thread: everything it writes is kept, or, if it raises, nothing.

        Raises NotKept where the disk is full or fails.
        """
        return await self.submit(transaction)

    def submit(self, transaction: Callable[[sqlite3.Connection], Result]) -> "asyncio.Future[Result]":
        """The same, for whoever has something else to do before the answer."""
        if self._ended:
            raise RuntimeError("the store is closed")
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._jobs.put((transaction, answer))
        return answer

    async def close(self) -> None:
        """Finish what was asked, then close the file."""
        self._ended = True
        self._jobs.put(None)
        await self._closed

    # --- on the thread "store" -----------------------------------------------------------------------

    def _work(self) -> None:
        try:
            connection = _connect(self._path)
        except StartRefused as refusal:
            _fail(self._opened, refusal)
            _answer(self._closed, None)
            return
        try:
            _answer(self._opened, None)
            while (job := self._jobs.get()) is not None:
                _carry_out(connection, *job)
        finally:
            self._ended = True
            connection.close()
            self._refuse_the_rest()
            _answer(self._closed, None)

    def _refuse_the_rest(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                if (job := self._jobs.get_nowait()) is not None:
                    _fail(job[1], RuntimeError("the store has ended"))


def _connect(path: Path) -> sqlite3.Connection:
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(path, isolation_level=None)
        for pragma in (
            f"busy_timeout = {_BUSY_MS}",
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "foreign_keys = ON",
            f"cache_size = -{_CACHE_KIB}",
        ):
            connection.execute(f"PRAGMA {pragma}")
        _check(connection)
        migrate(connection, file=path)
    except sqlite3.DatabaseError as failure:
        if connection is not None:
            connection.close()
        raise StartRefused(_why(path, failure)) from None
    except BaseException:
        if connection is not None:
            connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection) -> None:
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict.splitlines()[0])


def _why(path: Path, failure: sqlite3.DatabaseError) -> str:
    if isinstance(failure, sqlite3.OperationalError) and getattr(failure, "sqlite_errorname", "") != "SQLITE_CORRUPT":
        return (
            f"the database {path} cannot be opened ({failure}): make its folder writable, or name another one with "
            "--state-dir"
        )
    return (
        f"the database {path} is damaged ({failure}): move it away and start again; the library is then read anew, "
        "the queue starts empty, and no music file is touched"
    )


def _carry_out(connection: sqlite3.Connection, transaction: Transaction, answer: "asyncio.Future[Any]") -> None:
    try:
        connection.execute("BEGIN")
        result = transaction(connection)
        connection.execute("COMMIT")
    except Exception as failure:  # noqa: BLE001  the border: whoever asked is told, and the thread lives on
        if connection.in_transaction:  # SQLite has rolled back by itself where the disk is full
            connection.execute("ROLLBACK")
        _fail(answer, _not_kept(failure) or failure)
    else:
        _answer(answer, result)


def _not_kept(failure: Exception) -> NotKept | None:
    """The refusal that a fault of the disk is to whoever asked; None for a fault of ours."""
    if getattr(failure, "sqlite_errorname", "").startswith(_DISK_FAULTS):
        return NotKept(f"the state folder takes no more ({failure}); make room on its disk")
    return None


def _answer(future: "asyncio.Future[Any]", result: Any) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
        future.get_loop().call_soon_threadsafe(_settle, future, result, None)


def _fail(future: "asyncio.Future[Any]", failure: BaseException) -> None:
    with contextlib.suppress(RuntimeError):
        future.get_loop().call_soon_threadsafe(_settle, future, None, failure)


def _settle(future: "asyncio.Future[Any]", result: Any, failure: BaseException | None) -> None:
    if future.done():
        return  # whoever asked was cancelled meanwhile
    if failure is not None:
        future.set_exception(failure)
    else:
        future.set_result(result)
