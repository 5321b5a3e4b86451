"""Whatever comes, changes and goes, and in whatever steps: each track is in the album that the rule says of all."""

import contextlib
import sqlite3
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from auralisd.model.track import FileFacts, StreamFacts, Tags
from auralisd.store.albums import Member, parted
from auralisd.store.knowing import remember_for_album
from auralisd.store.migrations import migrate
from auralisd.store.rows import ReadFile
from auralisd.store.settling import settle_albums
from auralisd.store.tracks import add_tracks, change_tracks, keep_folders, lose_tracks, place_tracks, retag_tracks

TAGS = st.builds(
    Tags,
    title=st.just("T"),
    artists=st.sampled_from([("Ada",), ("Bob",), ("Ada", "Bob")]),
    album=st.sampled_from(["Album", "ALBUM", "Other", None]),
    album_artist=st.sampled_from([None, "Ada", "Ada feat. Bob", "Bob", "Various Artists"]),
    track_number=st.sampled_from([None, 1, 2, 3, 4, 9]),
    disc_number=st.sampled_from([None, 1, 2]),
    compilation=st.booleans(),
    mb_album=st.sampled_from([None, None, "x", "y"]),
)
DIRECTORY = st.sampled_from(["a", "b", "box/CD1", "box/CD2"])
CHANGE = st.tuples(
    st.sampled_from(["add", "change", "retag", "place", "lose", "away", "delete", "remember"]),
    st.integers(0, 7),
    DIRECTORY,
    TAGS,
)


def carry_out(connection: sqlite3.Connection, kind: str, number: int, directory: str, tags: Tags) -> None:
    """Something happens to the file of that number."""
    place, facts = (1, f"{directory}/{number}".encode()), FileFacts(1, number + 1, 1, 1)
    file = ReadFile(place, facts, StreamFacts("flac"), tags)
    row = connection.execute("SELECT id, path FROM track WHERE inode = ?", (number + 1,)).fetchone()
    if row is None:
        add_tracks(connection, [file], 0)
        return
    track, path = row
    stays = ReadFile((1, path), facts, StreamFacts("flac"), tags)
    actions: dict[str, Callable[[], Any]] = {
        "change": lambda: change_tracks(connection, [(track, file)]),
        "retag": lambda: retag_tracks(connection, [(track, stays)]),
        "place": lambda: place_tracks(connection, [(track, place, facts)]),
        "lose": lambda: lose_tracks(connection, [track], 5),
        "away": lambda: lose_tracks(connection, [track], None),
        "delete": lambda: connection.execute("DELETE FROM track WHERE id = ?", (track,)),
        "remember": lambda: remember_for_album(connection, identity(connection, track) or "none", "warm"),
    }
    actions.get(kind, lambda: None)()


def identity(connection: sqlite3.Connection, track: int) -> str:
    found = connection.execute("SELECT album_identity FROM track WHERE id = ?", (track,)).fetchone()
    return str(found[0])


def by_the_rule(connection: sqlite3.Connection) -> dict[int, str]:
    """Of all tracks that are not gone, told from nothing but what their rows say."""
    groups: dict[str, list[Member]] = {}
    rows = connection.execute(
        "SELECT album_group, id, folder, path, album, album_artist, disc_number, track_number, compilation, mb_album "
        "FROM track WHERE gone_unix_s IS NULL AND album IS NOT NULL"
    )
    for group, *row in rows:
        groups.setdefault(group, []).append(Member(*row))
    return {track: album for members in groups.values() for track, album in parted(members).items()}


@given(st.lists(st.lists(CHANGE, min_size=1, max_size=4), max_size=15))
def test_every_track_is_in_the_album_of_the_rule_after_any_changes(transactions: list[list[Any]]) -> None:
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        migrate(connection)
        keep_folders(connection, [(b"/music", "music")])
        for changes in transactions:
            for change in changes:
                carry_out(connection, *change)
            settle_albums(connection)
            found = dict(
                connection.execute(
                    "SELECT id, album_identity FROM track WHERE gone_unix_s IS NULL AND album_identity != ''"
                ).fetchall()
            )
            assert found == by_the_rule(connection)
            shown = connection.execute(
                "SELECT count(*) FROM fact f JOIN track t ON t.id = f.id JOIN value v ON v.id = f.album "
                "WHERE v.key != t.album_identity"
            ).fetchone()
            assert shown == (0,)
