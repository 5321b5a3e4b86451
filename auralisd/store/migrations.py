"""The schema, step by step.  A step that was released is never edited: a newer one follows it."""

import logging
import sqlite3
import time
from pathlib import Path

from auralisd.errors import StartRefused
from auralisd.store.asking import ASKING, AT_ONCE, COMMENTS_AT_ONCE, add_functions
from auralisd.store.backup import FOLDER_NAME, back_up, way_back
from auralisd.store.playback import JOINS, MODES, OUTLET, TASTE
from auralisd.store.profiles import add_figures
from auralisd.store.settings import SETTINGS
from auralisd.store.settling import UNSETTLED

log = logging.getLogger(__name__)

Step = tuple[str, ...]

_LIBRARY: Step = (
    """CREATE TABLE folder (
        id INTEGER PRIMARY KEY,
        path BLOB NOT NULL UNIQUE,
        name TEXT NOT NULL
    )""",
    # `path` is relative to the folder, absolute where there is none.  Lists of words are joined by line feeds, which
    # no tag holds.  `heading` is what a track is found by: its title, or its file's name without the ending.
    # A file that is gone keeps its row, so that it returns as itself; `available` is 0 then, and while a drive is away.
    """CREATE TABLE track (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        folder INTEGER REFERENCES folder (id),
        path BLOB NOT NULL,
        dir BLOB NOT NULL,
        device INTEGER NOT NULL,
        inode INTEGER NOT NULL,
        size_bytes INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        format TEXT NOT NULL,
        duration_us INTEGER,
        rate_hz INTEGER,
        channels INTEGER,
        bits INTEGER,
        bitrate INTEGER,
        title TEXT,
        artists TEXT NOT NULL,
        album TEXT,
        album_artist TEXT,
        track_number INTEGER,
        disc_number INTEGER,
        date TEXT,
        genres TEXT NOT NULL,
        composers TEXT NOT NULL,
        mbid TEXT,
        heading TEXT NOT NULL,
        album_key BLOB NOT NULL,
        title_key BLOB NOT NULL,
        artist_key BLOB NOT NULL,
        added_unix_s INTEGER NOT NULL,
        available INTEGER NOT NULL,
        listed INTEGER NOT NULL GENERATED ALWAYS AS (available AND folder IS NOT NULL) STORED,
        gone_unix_s INTEGER,
        measured_version INTEGER NOT NULL DEFAULT 0,
        measured_code TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE UNIQUE INDEX track_place ON track (folder, path) WHERE gone_unix_s IS NULL AND folder IS NOT NULL",
    "CREATE UNIQUE INDEX track_outside ON track (path) WHERE gone_unix_s IS NULL AND folder IS NULL",
    "CREATE INDEX track_dir ON track (folder, dir)",
    "CREATE INDEX track_inode ON track (inode)",
    "CREATE INDEX track_listed ON track (listed)",
    "CREATE INDEX track_by_album ON track (album_key, id) WHERE listed",
    "CREATE INDEX track_by_title ON track (title_key, id) WHERE listed",
    "CREATE INDEX track_by_artist ON track (artist_key, id) WHERE listed",
    "CREATE INDEX track_by_added ON track (added_unix_s, id) WHERE listed",
    "CREATE INDEX track_unmeasured ON track (measured_version, id) WHERE listed",
    """CREATE VIRTUAL TABLE search USING fts5 (
        heading, artists, album, genres,
        content = track, content_rowid = id, prefix = '1 2', tokenize = 'unicode61 remove_diacritics 2'
    )""",
    """CREATE TRIGGER track_inserted AFTER INSERT ON track BEGIN
        INSERT INTO search (rowid, heading, artists, album, genres)
        VALUES (new.id, new.heading, new.artists, new.album, new.genres);
    END""",
    """CREATE TRIGGER track_deleted AFTER DELETE ON track BEGIN
        INSERT INTO search (search, rowid, heading, artists, album, genres)
        VALUES ('delete', old.id, old.heading, old.artists, old.album, old.genres);
    END""",
    """CREATE TRIGGER track_renamed AFTER UPDATE OF heading, artists, album, genres ON track BEGIN
        INSERT INTO search (search, rowid, heading, artists, album, genres)
        VALUES ('delete', old.id, old.heading, old.artists, old.album, old.genres);
        INSERT INTO search (rowid, heading, artists, album, genres)
        VALUES (new.id, new.heading, new.artists, new.album, new.genres);
    END""",
    """CREATE TABLE profile (
        track INTEGER PRIMARY KEY REFERENCES track (id) ON DELETE CASCADE,
        size_bytes INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        version INTEGER NOT NULL,
        profile BLOB NOT NULL
    )""",
    """CREATE TABLE unreadable (
        folder INTEGER NOT NULL REFERENCES folder (id),
        path BLOB NOT NULL,
        dir BLOB NOT NULL,
        size_bytes INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        code TEXT NOT NULL,
        PRIMARY KEY (folder, path)
    ) WITHOUT ROWID""",
    "CREATE INDEX unreadable_dir ON unreadable (folder, dir)",
)

_PLAYBACK: Step = (
    """CREATE TABLE queue_entry (
        position INTEGER PRIMARY KEY,
        entry INTEGER NOT NULL UNIQUE,
        track INTEGER NOT NULL
    )""",
    "CREATE TABLE queue_order (position INTEGER PRIMARY KEY, entry INTEGER NOT NULL)",
    "CREATE TABLE queue (one INTEGER PRIMARY KEY CHECK (one = 1), next_entry INTEGER NOT NULL)",
    """CREATE TABLE place (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        status TEXT NOT NULL,
        current_entry INTEGER NOT NULL,
        position_us INTEGER NOT NULL,
        loop TEXT NOT NULL,
        shuffle INTEGER NOT NULL,
        volume REAL NOT NULL,
        enabled INTEGER NOT NULL,
        preset TEXT NOT NULL,
        intensity REAL NOT NULL
    )""",
)

_KNOWLEDGE: Step = (
    # Gains are in dB to −18 LUFS, peaks linear.  Rows with an older `tags_version` than the reader's are read once more
    # by the next scan; that is how the rows of today get these columns, and their album.
    "ALTER TABLE track ADD COLUMN track_gain_db REAL",
    "ALTER TABLE track ADD COLUMN track_peak REAL",
    "ALTER TABLE track ADD COLUMN album_gain_db REAL",
    "ALTER TABLE track ADD COLUMN album_peak REAL",
    "ALTER TABLE track ADD COLUMN tags_version INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE track ADD COLUMN album_identity TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX track_in_album ON track (album_identity) WHERE album_identity != ''",
    """CREATE TABLE track_preset (
        track INTEGER PRIMARY KEY REFERENCES track (id) ON DELETE CASCADE,
        preset TEXT NOT NULL
    )""",
    "CREATE TABLE album_preset (album TEXT PRIMARY KEY, preset TEXT NOT NULL) WITHOUT ROWID",
)

_NUMBERS: Step = (
    """CREATE TABLE listening (
        track INTEGER PRIMARY KEY REFERENCES track (id) ON DELETE CASCADE,
        favourite INTEGER NOT NULL DEFAULT 0,
        rating REAL,
        plays INTEGER NOT NULL DEFAULT 0,
        skips INTEGER NOT NULL DEFAULT 0,
        last_played_unix_s INTEGER
    )""",
    # AUTOINCREMENT: a line's number is where a page ends, and must not come again after the history was cleared.
    """CREATE TABLE history (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        entry INTEGER NOT NULL,
        track INTEGER NOT NULL REFERENCES track (id) ON DELETE CASCADE,
        at_unix_s INTEGER NOT NULL,
        outcome TEXT NOT NULL
    )""",
    "CREATE INDEX history_of_track ON history (track)",
    # What was heard of the current entry so far, and whether that was counted already.
    "ALTER TABLE place ADD COLUMN heard_us INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE place ADD COLUMN counted INTEGER NOT NULL DEFAULT 0",
)

_TAGS: Step = (
    "ALTER TABLE track ADD COLUMN signature BLOB",
    "ALTER TABLE track ADD COLUMN title_sort TEXT",
    "ALTER TABLE track ADD COLUMN artist_sort TEXT",
    "ALTER TABLE track ADD COLUMN album_sort TEXT",
    "ALTER TABLE track ADD COLUMN album_artist_sort TEXT",
    "ALTER TABLE track ADD COLUMN composer_sort TEXT",
    "ALTER TABLE track ADD COLUMN original_date TEXT",
    "ALTER TABLE track ADD COLUMN bpm REAL",
    "ALTER TABLE track ADD COLUMN comment TEXT",
    "ALTER TABLE track ADD COLUMN compilation INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE track ADD COLUMN has_lyrics INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE track ADD COLUMN has_art INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE track ADD COLUMN mb_album TEXT",
    "ALTER TABLE track ADD COLUMN mb_artists TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE track ADD COLUMN mb_album_artist TEXT",
    "ALTER TABLE track ADD COLUMN mb_release_group TEXT",
    "CREATE INDEX track_by_signature ON track (signature, listed, id) WHERE signature IS NOT NULL",
    # Tracks of one music folder under one album title: what is looked at to tell how many albums they are.
    "ALTER TABLE track ADD COLUMN album_group TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX track_in_group ON track (album_group) WHERE album_group != ''",
)

_IDENTITY: Step = (
    # Of tracks that are gone: whom a new file may be, and whom to forget.
    "CREATE INDEX track_gone_by_mbid ON track (mbid) WHERE gone_unix_s IS NOT NULL AND mbid IS NOT NULL",
    "CREATE INDEX track_gone ON track (gone_unix_s) WHERE gone_unix_s IS NOT NULL",
)

_MORE: Step = (
    # Music folders that the listener added (from 1, in their order) or removed (-1); 0 is what the configuration says.
    # Of one that was removed, `leaving` is set until all of its tracks are gone.
    "ALTER TABLE folder ADD COLUMN choice INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE folder ADD COLUMN leaving INTEGER NOT NULL DEFAULT 0",
    "CREATE TABLE revision (one INTEGER PRIMARY KEY CHECK (one = 1), begun INTEGER NOT NULL)",
    # Figures of a profile that are asked for and shown without reading all of it.
    "ALTER TABLE profile ADD COLUMN loudness_lufs REAL",
    "ALTER TABLE profile ADD COLUMN true_peak_dbtp REAL",
    "UPDATE profile SET loudness_lufs = figure(profile, 0), true_peak_dbtp = figure(profile, 1)",
    "CREATE INDEX profile_by_loudness ON profile (loudness_lufs, version) WHERE loudness_lufs IS NOT NULL",
    "CREATE INDEX profile_by_peak ON profile (true_peak_dbtp, version) WHERE true_peak_dbtp IS NOT NULL",
    # Of tracks that are one recording: who may take whose place, and which pairs are not to be offered (any more).
    "CREATE INDEX track_gone_by_title ON track (title_key) WHERE gone_unix_s IS NOT NULL",
    """CREATE TABLE settled (
        old INTEGER NOT NULL REFERENCES track (id) ON DELETE CASCADE,
        new INTEGER NOT NULL REFERENCES track (id) ON DELETE CASCADE,
        PRIMARY KEY (old, new)
    ) WITHOUT ROWID""",
    "CREATE INDEX settled_by_new ON settled (new)",
    "CREATE INDEX track_by_bpm ON track (bpm) WHERE bpm IS NOT NULL",
    "CREATE INDEX track_by_mbid ON track (mbid) WHERE mbid IS NOT NULL",
    "CREATE INDEX track_with_lyrics ON track (has_lyrics) WHERE has_lyrics",
    "CREATE INDEX track_with_art ON track (has_art) WHERE has_art",
    """CREATE VIRTUAL TABLE comment_search USING fts5 (
        comment, content = track, content_rowid = id, tokenize = 'unicode61 remove_diacritics 2'
    )""",
    "INSERT INTO comment_search (rowid, comment) SELECT id, comment FROM track WHERE comment IS NOT NULL",
    """CREATE TRIGGER comment_inserted AFTER INSERT ON track WHEN new.comment IS NOT NULL BEGIN
        INSERT INTO comment_search (rowid, comment) VALUES (new.id, new.comment);
    END""",
    """CREATE TRIGGER comment_deleted AFTER DELETE ON track WHEN old.comment IS NOT NULL BEGIN
        INSERT INTO comment_search (comment_search, rowid, comment) VALUES ('delete', old.id, old.comment);
    END""",
    """CREATE TRIGGER comment_left AFTER UPDATE OF comment ON track
        WHEN old.comment IS NOT NULL AND old.comment IS NOT new.comment BEGIN
        INSERT INTO comment_search (comment_search, rowid, comment) VALUES ('delete', old.id, old.comment);
    END""",
    """CREATE TRIGGER comment_came AFTER UPDATE OF comment ON track
        WHEN new.comment IS NOT NULL AND old.comment IS NOT new.comment BEGIN
        INSERT INTO comment_search (rowid, comment) VALUES (new.id, new.comment);
    END""",
)

MIGRATIONS: tuple[Step, ...] = (
    _LIBRARY,
    _PLAYBACK,
    _KNOWLEDGE,
    TASTE,
    _NUMBERS,
    ASKING,
    _TAGS,
    _IDENTITY,
    UNSETTLED,
    AT_ONCE,
    _MORE,
    MODES,
    OUTLET,
    JOINS,
    COMMENTS_AT_ONCE,
    SETTINGS,
)


def migrate(connection: sqlite3.Connection, steps: tuple[Step, ...] = MIGRATIONS, *, file: Path | None = None) -> None:
    """Bring the schema up to date; each step lands whole, with its number.

    A database that has a `file` is backed up beforehand, unless it is new.  Raises StartRefused for a schema that is
    newer, with the way back, or when there can be no backup; nothing has changed then.
    """
    (done,) = connection.execute("PRAGMA user_version").fetchone()
    if done > len(steps):
        raise StartRefused(
            f"the database was written by a newer auralisd (schema {done}, this one knows {len(steps)}): install that "
            f"one again, or name another folder with --state-dir{way_back(file, len(steps)) if file else ''}"
        )
    if file is not None and 0 < done < len(steps):
        backup = back_up(connection, file.parent / FOLDER_NAME, schema=done, now_unix_s=time.time())
        log.info("schema is raised from=%d to=%d backup=%s", done, len(steps), backup.name)
    add_functions(connection)
    add_figures(connection)
    for number, step in enumerate(steps[done:], start=done + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in step:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
