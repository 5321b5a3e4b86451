"""What the player keeps: its queue, and its place in it.  All SQL of the player."""

import sqlite3
from collections.abc import Sequence

import msgspec

from auralisd.model.taste import DEFAULT_INTENSITY

TASTE = (
    "ALTER TABLE place ADD COLUMN bypass INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE place ADD COLUMN target_lufs REAL NOT NULL DEFAULT 0",
    "ALTER TABLE place ADD COLUMN album_mode INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE place ADD COLUMN replay_gain TEXT NOT NULL DEFAULT 'off'",
    "ALTER TABLE place ADD COLUMN preamp_db REAL NOT NULL DEFAULT 0",
    "ALTER TABLE place ADD COLUMN override TEXT NOT NULL DEFAULT ''",
)
"""The step of the schema that brings what the listener asks of the mastering."""

MODES = (
    "ALTER TABLE queue ADD COLUMN revision INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE place ADD COLUMN shuffle_mode TEXT NOT NULL DEFAULT 'off'",
    "UPDATE place SET shuffle_mode = 'tracks' WHERE shuffle",
    "ALTER TABLE place DROP COLUMN shuffle",
    "ALTER TABLE place ADD COLUMN consume INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE place ADD COLUMN stop_after INTEGER NOT NULL DEFAULT 0",
)
"""The step of the schema that brings how a queue is gone through."""

OUTLET = (
    "ALTER TABLE place ADD COLUMN muted INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE place ADD COLUMN device TEXT NOT NULL DEFAULT ''",
)
"""The step of the schema that brings where the sound goes."""

JOINS = (
    "ALTER TABLE place ADD COLUMN gapless INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE place ADD COLUMN crossfade_s REAL NOT NULL DEFAULT 0.0",
    "ALTER TABLE place ADD COLUMN crossfade_on_skip INTEGER NOT NULL DEFAULT 0",
)
"""The step of the schema that brings how one track follows another."""


class QueueRows(msgspec.Struct, frozen=True):
    """The queue: `entries` pairs entry ids with track ids in list order; `order` holds entry ids in the order of a
    shuffle, () where there is none; `next_entry` is the first entry id never used; `revision` counts the edits."""

    entries: tuple[tuple[int, int], ...] = ()
    order: tuple[int, ...] = ()
    next_entry: int = 1
    revision: int = 0


class PlaceRow(msgspec.Struct, frozen=True):
    """Everything else: small, and written often.  `current_entry` is 0 when there is none.  Its fields are columns.

    `heard_us` is how much of the current entry was heard so far, `counted` whether that has counted as a play."""

    status: str = "Stopped"
    current_entry: int = 0
    position_us: int = 0
    loop: str = "none"
    shuffle_mode: str = "off"
    consume: bool = False
    stop_after: bool = False
    volume: float = 1.0
    enabled: bool = True
    preset: str = "adaptive"
    intensity: float = DEFAULT_INTENSITY
    bypass: bool = False
    target_lufs: float = 0.0
    album_mode: bool = False
    replay_gain: str = "off"
    preamp_db: float = 0.0
    gapless: bool = True
    crossfade_s: float = 0.0
    crossfade_on_skip: bool = False
    override: str = ""
    heard_us: int = 0
    counted: bool = False
    muted: bool = False
    device: str = ""


class PlaybackRows(msgspec.Struct, frozen=True):
    """All of it, as of the last transaction of each."""

    queue: QueueRows
    place: PlaceRow


def load_playback(connection: sqlite3.Connection) -> PlaybackRows | None:
    """What was kept; None at the very first start."""
    kept = connection.execute("SELECT next_entry, revision FROM queue").fetchone()
    place = connection.execute(f"SELECT {', '.join(PlaceRow.__struct_fields__)} FROM place").fetchone()
    if kept is None and place is None:
        return None
    entries = connection.execute("SELECT entry, track FROM queue_entry ORDER BY position").fetchall()
    order = connection.execute("SELECT entry FROM queue_order ORDER BY position").fetchall()
    return PlaybackRows(
        QueueRows(tuple(entries), tuple(entry for (entry,) in order), *(kept or ())),
        # SQLite keeps a bool as a number and a whole float as it likes: the type decides, not the column.
        msgspec.convert(dict(zip(PlaceRow.__struct_fields__, place, strict=True)), PlaceRow, strict=False)
        if place
        else PlaceRow(),
    )


def save_queue(connection: sqlite3.Connection, queue: QueueRows, kept: QueueRows | None = None) -> None:
    """Replace the whole queue, or where it is known what is `kept` what lies behind their common beginning."""
    first = _common(queue.entries, kept.entries if kept else ())
    connection.execute("DELETE FROM queue_entry WHERE position >= ?", (first,))
    connection.executemany(
        "INSERT INTO queue_entry (position, entry, track) VALUES (?, ?, ?)",
        ((position, *pair) for position, pair in enumerate(queue.entries[first:], first)),
    )
    first = _common(queue.order, kept.order if kept else ())
    connection.execute("DELETE FROM queue_order WHERE position >= ?", (first,))
    connection.executemany(
        "INSERT INTO queue_order (position, entry) VALUES (?, ?)", enumerate(queue.order[first:], first)
    )
    connection.execute(
        "REPLACE INTO queue (one, next_entry, revision) VALUES (1, ?, ?)", (queue.next_entry, queue.revision)
    )


def _common(one: Sequence[object], other: Sequence[object]) -> int:
    """How far two sequences begin alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def save_place(connection: sqlite3.Connection, place: PlaceRow) -> None:
    """Replace the place: one small row."""
    columns = PlaceRow.__struct_fields__
    connection.execute(
        f"REPLACE INTO place (one, {', '.join(columns)}) VALUES (1{', ?' * len(columns)})",
        msgspec.structs.astuple(place),
    )
