"""The store's thread: whole transactions, refusals with a remedy, no wakeups."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from auralisd.errors import NotKept, StartRefused
from auralisd.store.database import FILE_NAME, Database
from auralisd.store.lane import Lane
from auralisd.store.lock import StateLock
from auralisd.store.migrations import MIGRATIONS, migrate


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(tmp_path, lambda *_: None)
    await opened.open()
    yield opened
    await opened.close()


async def test_every_transaction_runs_on_the_thread_store(database: Database) -> None:
    assert await database.run(lambda _: Path("/proc/thread-self/comm").read_text().strip()) == "store"
    assert await database.run(lambda _: threading.current_thread() is threading.main_thread()) is False


async def test_a_transaction_that_raises_leaves_nothing_behind(database: Database) -> None:
    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO folder (path, name) VALUES (x'2f', 'half')")
        raise KeyError("half")

    with pytest.raises(KeyError):
        await database.run(half)

    assert await database.run(lambda connection: connection.execute("SELECT count(*) FROM folder").fetchone()) == (0,)


async def test_the_loop_goes_on_while_a_transaction_takes_its_time(database: Database) -> None:
    def slow(_: sqlite3.Connection) -> str:
        going_on.wait(5)
        return "done"

    going_on = threading.Event()
    answer = database.submit(slow)
    await asyncio.sleep(0)
    going_on.set()

    assert await answer == "done"


async def test_a_question_is_answered_while_a_transaction_writes(database: Database) -> None:
    writing, answered = threading.Event(), threading.Event()

    def slow(connection: sqlite3.Connection) -> bool:
        connection.execute("INSERT INTO folder (path, name) VALUES (x'2f', 'slow')")
        writing.set()
        return answered.wait(5)

    kept = database.submit(slow)
    await asyncio.to_thread(writing.wait, 5)
    before = await database.ask(lambda connection: connection.execute("SELECT count(*) FROM folder").fetchone())
    answered.set()

    assert await kept, "the question waited for the transaction"
    assert before == (0,)
    assert await database.ask(lambda connection: connection.execute("SELECT count(*) FROM folder").fetchone()) == (1,)


async def test_a_question_cannot_write(database: Database) -> None:
    with pytest.raises(NotKept, match="readonly"):
        await database.ask(lambda connection: connection.execute("DELETE FROM track"))

    assert await database.ask(lambda connection: connection.execute("SELECT 1").fetchone()) == (1,)


async def test_what_was_asked_before_the_end_is_done(tmp_path: Path) -> None:
    database = Database(tmp_path, lambda *_: None)
    await database.open()
    answer = database.submit(lambda connection: connection.execute("SELECT 1").fetchone())
    await database.close()

    assert await answer == (1,)
    with pytest.raises(RuntimeError):
        await database.run(lambda _: None)


async def test_a_store_that_is_asked_by_somebody_who_leaves_goes_on(database: Database) -> None:
    held = threading.Event()
    waiting = asyncio.ensure_future(database.run(lambda _: held.wait(5)))
    await asyncio.sleep(0)
    waiting.cancel()
    held.set()

    assert await database.run(lambda _: 7) == 7


@pytest.mark.parametrize("damage", [b"this is no database" * 100, None])
async def test_a_damaged_database_is_refused_with_a_remedy(tmp_path: Path, damage: bytes | None) -> None:
    path = tmp_path / FILE_NAME
    if damage is None:
        with sqlite3.connect(path) as connection:
            migrate(connection)
        connection.close()
        content = bytearray(path.read_bytes())
        content[3 * 4096 : 6 * 4096] = b"\xa5" * 3 * 4096
        path.write_bytes(content)
    else:
        path.write_bytes(damage)
    with pytest.raises(StartRefused, match=r"auralisd\.db is damaged.*move it away"):
        await Database(tmp_path, lambda *_: None).open()


async def test_a_folder_that_cannot_hold_a_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match="cannot be opened"):
        await Database(tmp_path / "none", lambda *_: None).open()


def test_a_newer_schema_is_refused() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(StartRefused, match="newer auralisd"):
        migrate(connection)
    connection.close()


def test_a_migration_that_fails_leaves_the_schema_as_it_was() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, (("CREATE TABLE good (x)",), ("CREATE TABLE half (x)", "CREATE NONSENSE")))
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()

    assert (names, version) == (["good"], 1)


def test_migrating_twice_changes_nothing() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    migrate(connection)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()

    assert version == len(MIGRATIONS)


def test_a_state_folder_in_use_is_refused_naming_its_holder(tmp_path: Path) -> None:
    first, second = StateLock(tmp_path), StateLock(tmp_path)
    first.take()
    with pytest.raises(StartRefused, match=r"in use by process \d+"):
        second.take()
    first.close()
    second.take()
    second.close()


def test_a_state_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartRefused, match="cannot be used"):
        StateLock(tmp_path / "file" / "state").take()


async def test_a_disk_that_hangs_does_not_hold_up_the_end(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    lane = Lane("store", lambda: sqlite3.connect(":memory:", isolation_level=None), lambda *_: None)
    await lane.open()
    hangs = threading.Event()
    hanging = lane.submit(lambda _: hangs.wait(30))
    began = time.monotonic()
    await lane.close(within_s=0.05)

    assert time.monotonic() - began < 5
    assert "the store does not end" in caplog.text
    hangs.set()
    await hanging


async def test_a_database_that_another_program_holds_is_a_refusal_and_no_death(
    database: Database, tmp_path: Path
) -> None:
    await database.run(lambda connection: connection.execute("PRAGMA busy_timeout = 10").fetchone())
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(NotKept, match="another program"):
        await database.run(lambda connection: connection.execute("INSERT INTO folder (path, name) VALUES (x'2f', 'f')"))
    other.execute("ROLLBACK")
    other.close()

    await database.run(lambda connection: connection.execute("INSERT INTO folder (path, name) VALUES (x'2f', 'f')"))
