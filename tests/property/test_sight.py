"""What the store compares is what a comparison of everything with everything finds."""

import sqlite3

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from auralisd.library.changes import Changes, compare
from auralisd.library.sight import judge
from auralisd.model.track import TAGS_VERSION, FileFacts
from auralisd.store.migrations import migrate
from auralisd.store.rows import Known, Place, Scope
from auralisd.store.seen import begin, read_news, see

_PLACES = st.tuples(st.integers(1, 2), st.sampled_from([b"a/1", b"a/2", b"b/1", b"b/2", b"c/3", b"4"]))
_FACTS = st.builds(
    FileFacts,
    device=st.integers(1, 2),
    inode=st.integers(1, 6),
    size_bytes=st.integers(1, 2),
    mtime_ns=st.integers(1, 2),
)


def _touched(facts: FileFacts) -> FileFacts:
    return msgspec.structs.replace(facts, mtime_ns=3 - facts.mtime_ns)


@st.composite
def _disks_and_databases(draw: st.DrawFn) -> tuple[dict[Place, FileFacts], list[Known]]:
    """Many files are what a row says, as in a library of which little has changed."""
    disk = draw(st.dictionaries(_PLACES, _FACTS))
    rows: list[Known] = []
    taken: set[Place] = set()
    for place, facts in draw(st.lists(st.tuples(_PLACES, _FACTS), max_size=10)):
        now = draw(st.sampled_from([facts, disk[place], _touched(disk[place])])) if place in disk else facts
        available = place not in taken and draw(st.booleans())
        gone = place in taken or (not available and draw(st.booleans()))
        rows.append(Known(len(rows) + 1, place, now, available=available, gone=gone, outdated=draw(st.booleans())))
        if not gone:
            taken.add(place)
    return disk, rows


def _database(rows: list[Known]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    connection.executemany("INSERT INTO folder VALUES (?, ?, ?)", [(1, b"/one", "one"), (2, b"/two", "two")])
    connection.executemany(
        "INSERT INTO track (id, folder, path, dir, device, inode, size_bytes, mtime_ns, available, gone_unix_s, "
        "tags_version, format, artists, genres, composers, heading, album_key, title_key, artist_key, added_unix_s) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'flac', '', '', '', '', x'', x'', x'', 0)",
        [
            (
                row.id,
                *row.place,
                row.place[1].rpartition(b"/")[0],
                row.facts.device,
                row.facts.inode,
                row.facts.size_bytes,
                row.facts.mtime_ns,
                row.available,
                1 if row.gone else None,
                TAGS_VERSION - row.outdated,
            )
            for row in rows
        ],
    )
    return connection


def _without_order(changes: Changes) -> dict[str, set[object]]:
    return {
        name: set(getattr(changes, name)) for name in changes.__struct_fields__ if name not in {"added", "outdated"}
    }


@given(_disks_and_databases())
def test_the_store_finds_what_comparing_everything_finds(
    both: tuple[dict[Place, FileFacts], list[Known]],
) -> None:
    disk, rows = both
    connection = _database(rows)
    begin(connection)
    see(connection, disk.items())
    verdict = judge(connection, [Scope(1), Scope(2)], [], devices={1})
    to_read = read_news(connection, (0, b""), 100)
    connection.close()

    expected = compare(dict(sorted(disk.items())), rows, {1})

    assert _without_order(verdict.changes) == _without_order(expected)
    assert {file.place for file in to_read if file.track is None} == {place for place, _ in expected.added}
    assert {(file.track, file.place) for file in to_read if file.track is not None} == {
        (track.id, track.place) for track in (*expected.changed, *expected.outdated)
    }
    assert verdict.to_read == len(to_read)
    assert verdict.unseen == ()
