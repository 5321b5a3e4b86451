"""The database: one SQLite file, with one connection that writes and one that only answers questions."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

from auralisd.errors import StartRefused
from auralisd.store.asking import add_functions
from auralisd.store.lane import Lane, Result
from auralisd.store.migrations import migrate
from auralisd.store.settling import settle_albums
from auralisd.threads import OnDeath

FILE_NAME = "auralisd.db"
BUSY_S = 5.0
_CACHE_KIB = 8_192
_MAPPED_BYTES = 256 * 1024 * 1024
"""As much of the file is read where the system keeps it anyway, and counts as no memory of ours."""


class Database:
    """Whole transactions, one after another, off the loop; and beside them questions, which wait for no transaction.

    Owns the threads "store" and "store-asking", which sleep while nobody asks.
    """

    def __init__(self, state_folder: Path, on_death: OnDeath) -> None:
        path = state_folder / FILE_NAME
        self._writing = Lane("store", lambda: _connect(path), on_death)
        self._asking = Lane("store-asking", lambda: _connect_to_ask(path), on_death)

    async def open(self) -> None:
        """Open or make the file and bring its schema up to date.  Raises StartRefused naming the file."""
        await self._writing.open()
        await self._asking.open()

    async def run(self, transaction: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run `transaction` on the store's thread: everything it writes is kept, or, if it raises, nothing.

        Raises NotKept where the disk is full or fails.
        """
        return await self.submit(transaction)

    def submit(self, transaction: Callable[[sqlite3.Connection], Result]) -> "asyncio.Future[Result]":
        """The same, for whoever has something else to do before the answer."""
        return self._writing.submit(lambda connection: _settled(transaction, connection))

    async def ask(self, question: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run `question`, which writes nothing but tables in `temp`: it sees all that was kept before it was asked."""
        return await self._asking.submit(question)

    async def close(self) -> None:
        """Finish what was asked, then close the file."""
        await self._asking.close()
        await self._writing.close()


def _settled(transaction: Callable[[sqlite3.Connection], Result], connection: sqlite3.Connection) -> Result:
    result = transaction(connection)
    settle_albums(connection)
    return result


def _connect(path: Path) -> sqlite3.Connection:
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(path, isolation_level=None)
        _set(connection, "journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON")
        _check(connection)
        migrate(connection, file=path)
        connection.execute("BEGIN")
        settle_albums(connection)
        connection.execute("COMMIT")
    except sqlite3.DatabaseError as failure:
        if connection is not None:
            connection.close()
        raise StartRefused(_why(path, failure)) from None
    except BaseException:
        if connection is not None:
            connection.close()
        raise
    return connection


def _connect_to_ask(path: Path) -> sqlite3.Connection:
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        add_functions(connection)
        _set(connection, "temp_store = MEMORY", f"mmap_size = {_MAPPED_BYTES}")
    except sqlite3.DatabaseError as failure:
        if connection is not None:
            connection.close()
        raise StartRefused(_why(path, failure)) from None
    return connection


def _set(connection: sqlite3.Connection, *pragmas: str) -> None:
    for pragma in (f"busy_timeout = {BUSY_S * 1000:.0f}", f"cache_size = -{_CACHE_KIB}", *pragmas):
        connection.execute(f"PRAGMA {pragma}")


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
