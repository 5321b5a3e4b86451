"""What was set over the bus.  All SQL of the settings."""

import sqlite3
from typing import Any

import msgspec

SETTINGS = ("CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",)
"""The step of the schema that brings settings; a value is JSON."""


def load_settings(connection: sqlite3.Connection) -> dict[str, Any]:
    rows = connection.execute("SELECT key, value FROM setting ORDER BY key").fetchall()
    return {key: msgspec.json.decode(value) for key, value in rows}


def save_settings(values: dict[str, Any], connection: sqlite3.Connection) -> None:
    connection.executemany(
        "REPLACE INTO setting (key, value) VALUES (?, ?)",
        [(key, msgspec.json.encode(value).decode()) for key, value in values.items()],
    )


def forget_settings(keys: tuple[str, ...], connection: sqlite3.Connection) -> None:
    connection.executemany("DELETE FROM setting WHERE key = ?", [(key,) for key in keys])
