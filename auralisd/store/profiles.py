"""Profiles: what was measured, kept with the signature of the file that it was measured of."""

import sqlite3
from typing import NamedTuple

import msgspec

from auralisd.model.profile import MEASURED_VERSION, SoundProfile
from auralisd.model.track import FileFacts


class KeptProfiles(NamedTuple):
    """How many there are, and the room that they take."""

    tracks: int
    size_bytes: int


class _Figures(msgspec.Struct, frozen=True):
    """What of a profile has columns of its own."""

    integrated_lufs: float | None = None
    true_peak_dbtp: float | None = None


def add_figures(connection: sqlite3.Connection) -> None:
    """What the step of the schema calls that gave profiles these columns."""
    connection.create_function("figure", 2, _figure, deterministic=True)


def _figure(profile: bytes, place: int) -> float | None:
    try:
        figures = msgspec.msgpack.decode(profile, type=_Figures)
    except msgspec.MsgspecError:
        return None  # it is of an older version, and will be measured anew
    return (figures.integrated_lufs, figures.true_peak_dbtp)[place]


def load_profile(connection: sqlite3.Connection, track: int) -> SoundProfile | None:
    """The profile of this version for the file as it is known now."""
    row = connection.execute(
        "SELECT profile.profile FROM profile JOIN track ON track.id = profile.track WHERE track.id = ? AND version = ? "
        "AND profile.size_bytes = track.size_bytes AND profile.mtime_ns = track.mtime_ns",
        (track, MEASURED_VERSION),
    ).fetchone()
    return msgspec.msgpack.decode(row[0], type=SoundProfile) if row else None


def keep_profile(connection: sqlite3.Connection, track: int, facts: FileFacts, profile: SoundProfile) -> bool:
    """Keep it, unless the file is another one by now (False)."""
    if not _note(connection, track, facts, ""):
        return False
    connection.execute(
        "REPLACE INTO profile (track, size_bytes, mtime_ns, version, profile, loudness_lufs, true_peak_dbtp) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            track,
            facts.size_bytes,
            facts.mtime_ns,
            MEASURED_VERSION,
            msgspec.msgpack.encode(profile),
            profile.integrated_lufs,
            profile.true_peak_dbtp,
        ),
    )
    return True


def refuse_measure(connection: sqlite3.Connection, track: int, facts: FileFacts, code: str) -> None:
    """Remember that this file cannot be measured, so that it is not tried again until it changes."""
    _note(connection, track, facts, code)


def unmeasured(connection: sqlite3.Connection, after: int, limit: int) -> tuple[int, ...]:
    """Some available tracks with ids above `after` that were never measured by this version, in order of id."""
    rows = connection.execute(
        "SELECT id FROM track WHERE listed AND measured_version < ? AND id > ? ORDER BY id LIMIT ?",
        (MEASURED_VERSION, after, limit),
    )
    return tuple(track for (track,) in rows)


def is_measured(connection: sqlite3.Connection, track: int) -> bool:
    """True when there is nothing left to try."""
    row = connection.execute("SELECT measured_version FROM track WHERE id = ?", (track,)).fetchone()
    return row is None or row[0] == MEASURED_VERSION


def kept_profiles(connection: sqlite3.Connection, track: int = 0) -> KeptProfiles:
    """What is kept of one track, or (0) of all."""
    where, values = _of(track)
    return KeptProfiles(
        *connection.execute(
            f"SELECT count(*), coalesce(sum(length(profile)), 0) FROM profile {where}", values
        ).fetchone()
    )


def forget_profiles(connection: sqlite3.Connection, track: int = 0) -> tuple[int, tuple[int, ...]]:
    """Forget the profiles of one track, or (0) of all, so that they are measured again: the bytes that they took, and
    the tracks."""
    where, values = _of(track)
    size_bytes = kept_profiles(connection, track).size_bytes
    tracks = tuple(row[0] for row in connection.execute(f"SELECT track FROM profile {where} ORDER BY track", values))
    connection.execute(
        f"UPDATE track SET measured_version = 0, measured_code = '' WHERE id IN (SELECT track FROM profile {where})",
        values,
    )
    connection.execute(f"DELETE FROM profile {where}", values)
    return size_bytes, tracks


def _of(track: int) -> tuple[str, tuple[int, ...]]:
    return ("WHERE track = ?", (track,)) if track else ("", ())


def _note(connection: sqlite3.Connection, track: int, facts: FileFacts, code: str) -> bool:
    cursor = connection.execute(
        "UPDATE track SET measured_version = ?, measured_code = ? WHERE id = ? AND size_bytes = ? AND mtime_ns = ?",
        (MEASURED_VERSION, code, track, facts.size_bytes, facts.mtime_ns),
    )
    return cursor.rowcount == 1
