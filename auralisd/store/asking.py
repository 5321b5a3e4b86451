"""What makes the library quick to ask: the step of the schema with values, credits and facts, and what fills them.

`value` and `credit` are written by `values.py`; `fact` follows `track` by triggers, so nobody needs to think of it.
"""

_FACT = """INSERT INTO fact SELECT id, folder, album_id, CASE WHEN date GLOB '[0-9][0-9][0-9][0-9]*'
        THEN CAST(substr(date, 1, 4) AS INTEGER) END, track_number, disc_number, duration_us, format, rate_hz, channels,
        bits, bitrate, added_unix_s, CASE measured_code WHEN '' THEN measured_version ELSE 0 END
        FROM track WHERE available AND folder IS NOT NULL"""
_FACTS = (
    "folder, available, album_id, date, track_number, disc_number, duration_us, format, rate_hz, channels, bits, "
    "bitrate, added_unix_s, measured_version, measured_code"
)
ASKING: tuple[str, ...] = (
    # Artists (1), genres (3), composers (4) and albums (5) by what makes them one: `key`, their folded name, or an
    # album's identity.
    """CREATE TABLE value (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
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
    "ALTER TABLE track ADD COLUMN album_id INTEGER",
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
    _FACT,
    f"CREATE TRIGGER fact_inserted AFTER INSERT ON track BEGIN {_FACT} AND id = new.id; END",
    f"""CREATE TRIGGER fact_changed AFTER UPDATE OF {_FACTS} ON track BEGIN
        DELETE FROM fact WHERE id = old.id;
        {_FACT} AND id = new.id;
    END""",
    # What is asked of the few that were listened to, rated or loved is answered without a walk over the rest.
    "CREATE INDEX listening_favourite ON listening (track) WHERE favourite",
    "CREATE INDEX listening_rating ON listening (rating) WHERE rating IS NOT NULL",
    "CREATE INDEX listening_played ON listening (last_played_unix_s) WHERE last_played_unix_s IS NOT NULL",
    "CREATE TRIGGER fact_deleted AFTER DELETE ON track BEGIN DELETE FROM fact WHERE id = old.id; END",
)
