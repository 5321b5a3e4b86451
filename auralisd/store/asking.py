"""What makes the library quick to ask: the step of the schema with values, credits and facts, and what fills them.

All of them follow `track` by triggers, whoever changes a row there or deletes one.  Of new rows `keep_new` takes care,
for many at once: a trigger would make SQLite ready for a way back from each, and the full-text index would write all
that it has gathered to the disk every time.
"""

import functools
import json
import sqlite3

from auralisd.store.albums import group_of
from auralisd.store.order import fold
from auralisd.store.values import ALBUM, ALBUM_ARTIST, ARTIST, COMPOSER, GENRE, KIND_OF

_COLUMNS = "artists, album_artist, genres, composers"
_ROLES = (ARTIST, ALBUM_ARTIST, GENRE, COMPOSER)
_CACHED = 4_096
_RENAMED = "ON CONFLICT (kind, key) DO UPDATE SET name = excluded.name WHERE name != excluded.name"


def add_functions(connection: sqlite3.Connection) -> None:
    """What triggers and steps of the schema call: a connection that writes tracks needs it."""
    connection.create_function("fold", 1, functools.lru_cache(_CACHED)(fold), deterministic=True)
    connection.create_function("named", 4, functools.lru_cache(_CACHED)(_named), deterministic=True)
    connection.create_function("album_group", 2, functools.lru_cache(_CACHED)(group_of), deterministic=True)


def _named(*columns: str | None) -> str:
    """Role, kind, key and name of all that a track names, as JSON: lists of words are joined by line feeds."""
    return json.dumps(
        [
            (role, KIND_OF[role], fold(name), name)
            for role, words in zip(_ROLES, columns, strict=True)
            if words
            for name in words.split("\n")
        ]
    )


def _keep_values(which: str) -> str:
    """Give the values that these tracks name an id, and say who names them."""
    columns = ", ".join(f"t.{column}" for column in _COLUMNS.split(", "))
    named = (
        "(SELECT t.id AS track, json_extract(j.value, '$[0]') AS role, json_extract(j.value, '$[1]') AS kind, "
        "json_extract(j.value, '$[2]') AS key, json_extract(j.value, '$[3]') AS name "
        f"FROM track t, json_each(named({columns})) j WHERE {which}) n"
    )
    return (
        f"INSERT INTO value (kind, key, name, folded) SELECT n.kind, n.key, n.name, n.key FROM {named} "
        "WHERE NOT EXISTS (SELECT 1 FROM value v WHERE v.kind = n.kind AND v.key = n.key AND v.name = n.name) "
        f"{_RENAMED};\n"
        f"INSERT OR IGNORE INTO credit (track, role, value) SELECT n.track, n.role, v.id FROM {named} "
        "CROSS JOIN value v ON v.kind = n.kind AND v.key = n.key"
    )


_KEEP_FACT = f"""INSERT INTO value (kind, key, name, folded)
        SELECT {ALBUM}, t.album_identity, coalesce(t.album, ''), fold(coalesce(t.album, '')) FROM track t
        WHERE {{which}} AND t.album_identity != '' AND NOT EXISTS (SELECT 1 FROM value v
        WHERE v.kind = {ALBUM} AND v.key = t.album_identity AND v.name = t.album) {_RENAMED};
    INSERT INTO fact SELECT t.id, t.folder, (SELECT id FROM value WHERE kind = {ALBUM} AND key = t.album_identity),
        CASE WHEN t.date GLOB '[0-9][0-9][0-9][0-9]*' THEN CAST(substr(t.date, 1, 4) AS INTEGER) END, t.track_number,
        t.disc_number, t.duration_us, t.format, t.rate_hz, t.channels, t.bits, t.bitrate, t.added_unix_s,
        CASE t.measured_code WHEN '' THEN t.measured_version ELSE 0 END
        FROM track t WHERE {{which}} AND t.available AND t.folder IS NOT NULL"""
_FACTS = (
    "folder, available, album, album_identity, date, track_number, disc_number, duration_us, format, rate_hz, "
    "channels, bits, bitrate, added_unix_s, measured_version, measured_code"
)
ASKING: tuple[str, ...] = (
    # Artists (1), genres (3), composers (4) and albums (5) by what makes them one: `key`, their folded name, or an
    # album's identity.
    """CREATE TABLE value (
        id INTEGER PRIMARY KEY,
        kind INTEGER NOT NULL,
        key TEXT NOT NULL,
        name TEXT NOT NULL,
        folded TEXT NOT NULL,
        UNIQUE (kind, key)
    )""",
    "CREATE INDEX value_by_name ON value (kind, folded, id)",
    """CREATE VIRTUAL TABLE value_search USING fts5 (
        name, content = value, content_rowid = id, tokenize = 'unicode61 remove_diacritics 2'
    )""",
    """CREATE TRIGGER value_inserted AFTER INSERT ON value BEGIN
        INSERT INTO value_search (rowid, name) VALUES (new.id, new.name);
    END""",
    """CREATE TRIGGER value_deleted AFTER DELETE ON value BEGIN
        INSERT INTO value_search (value_search, rowid, name) VALUES ('delete', old.id, old.name);
    END""",
    """CREATE TRIGGER value_renamed AFTER UPDATE OF name ON value BEGIN
        INSERT INTO value_search (value_search, rowid, name) VALUES ('delete', old.id, old.name);
        INSERT INTO value_search (rowid, name) VALUES (new.id, new.name);
    END""",
    # Which values a track names, as artist (1), album artist (2), genre (3) or composer (4).
    """CREATE TABLE credit (
        track INTEGER NOT NULL REFERENCES track (id) ON DELETE CASCADE,
        role INTEGER NOT NULL,
        value INTEGER NOT NULL,
        PRIMARY KEY (track, role, value)
    ) WITHOUT ROWID""",
    "CREATE INDEX credit_of_value ON credit (value, role, track)",
    # What numbers are asked of, of the listed tracks only and without their texts: five times quicker to walk over.
    """CREATE TABLE fact (
        id INTEGER PRIMARY KEY,
        folder INTEGER NOT NULL,
        album INTEGER,
        year INTEGER,
        track_number INTEGER,
        disc_number INTEGER,
        duration_us INTEGER,
        format TEXT NOT NULL,
        rate_hz INTEGER,
        channels INTEGER,
        bits INTEGER,
        bitrate INTEGER,
        added_unix_s INTEGER NOT NULL,
        measured INTEGER NOT NULL
    )""",
    "CREATE INDEX fact_album ON fact (album)",
    "CREATE INDEX fact_year ON fact (year)",
    *_keep_values("1").split(";\n"),
    *_KEEP_FACT.format(which="1").split(";\n"),
    f"""CREATE TRIGGER asking_inserted AFTER INSERT ON track BEGIN
        {_keep_values("t.id = new.id")};
        {_KEEP_FACT.format(which="t.id = new.id")};
    END""",
    f"""CREATE TRIGGER fact_changed AFTER UPDATE OF {_FACTS} ON track BEGIN
        DELETE FROM fact WHERE id = old.id;
        {_KEEP_FACT.format(which="t.id = new.id")};
    END""",
    f"""CREATE TRIGGER credit_changed AFTER UPDATE OF {_COLUMNS} ON track BEGIN
        DELETE FROM credit WHERE track = old.id;
        {_keep_values("t.id = new.id")};
    END""",
    # What is asked of the few that were listened to, rated or loved is answered without a walk over the rest.
    "CREATE INDEX listening_favourite ON listening (track) WHERE favourite",
    "CREATE INDEX listening_rating ON listening (rating) WHERE rating IS NOT NULL",
    "CREATE INDEX listening_played ON listening (last_played_unix_s) WHERE last_played_unix_s IS NOT NULL",
    "CREATE TRIGGER fact_deleted AFTER DELETE ON track BEGIN DELETE FROM fact WHERE id = old.id; END",
)

AT_ONCE: tuple[str, ...] = tuple(
    f"DROP TRIGGER {name}" for name in ("track_inserted", "asking_inserted", "unsettled_by_coming")
)
COMMENTS_AT_ONCE: tuple[str, ...] = ("DROP TRIGGER comment_inserted",)
"""The steps of the schema since which `keep_new`, and `settling.note_new`, do their work."""

_NEW = "t.id BETWEEN ?1 AND ?2"
_KEEP_NEW = (
    *_keep_values(_NEW).split(";\n"),
    *_KEEP_FACT.format(which=_NEW).split(";\n"),
    "INSERT INTO search (rowid, heading, artists, album, genres) "
    f"SELECT t.id, t.heading, t.artists, t.album, t.genres FROM track t WHERE {_NEW}",
    "INSERT INTO comment_search (rowid, comment) "
    f"SELECT t.id, t.comment FROM track t WHERE {_NEW} AND t.comment IS NOT NULL",
)


def keep_new(connection: sqlite3.Connection, first: int, last: int) -> None:
    """Make the tracks from `first` to `last`, which are new, quick to ask for."""
    for statement in _KEEP_NEW:
        connection.execute(statement, (first, last))
