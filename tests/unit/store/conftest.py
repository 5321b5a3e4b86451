"""A library of one music folder, and what every test of the store leaves: a whole one."""

import contextlib
import sqlite3
from collections.abc import Iterator

import pytest

from auralisd.store.migrations import migrate
from auralisd.store.tracks import keep_folders

_WORD_INDEXES = ("search", "value_search", "comment_search")


@pytest.fixture
def rows() -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        migrate(connection)
        keep_folders(connection, [(b"/music", "music")])
        yield connection
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        for index in _WORD_INDEXES:
            connection.execute(f"INSERT INTO {index} ({index}) VALUES ('integrity-check')")
