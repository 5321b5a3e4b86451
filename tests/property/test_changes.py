"""The comparison of disk and database, for any library and any shuffle of its files."""

from hypothesis import given
from hypothesis import strategies as st

from auralisd.library.changes import Changes, compare
from auralisd.model.track import FileFacts
from auralisd.store.rows import Known, Place

_PLACES = st.tuples(st.integers(1, 2), st.sampled_from([b"a/1", b"a/2", b"b/1", b"b/2", b"c/3", b"4"]))
_FACTS = st.builds(
    FileFacts,
    device=st.integers(1, 2),
    inode=st.integers(1, 6),
    size_bytes=st.integers(1, 2),
    mtime_ns=st.integers(1, 2),
)
_DISKS = st.dictionaries(_PLACES, _FACTS)


@st.composite
def _databases(draw: st.DrawFn) -> list[Known]:
    rows = []
    for track, (place, facts) in enumerate(draw(_DISKS).items(), start=1):
        available = draw(st.booleans())
        gone = not available and draw(st.booleans())
        rows.append(Known(track, place, facts, available=available, gone=gone))
    return rows


def _applied(changes: Changes, database: list[Known]) -> list[Known]:
    """What the store does with changes."""
    rows = {row.id: row for row in database}
    for track in changes.gone:
        rows[track] = Known(track, rows[track].place, rows[track].facts, available=False, gone=True)
    for track in changes.away:
        rows[track] = Known(track, rows[track].place, rows[track].facts, available=False)
    for now in (*changes.moved, *changes.returned, *changes.renumbered, *changes.changed):
        rows[now.id] = Known(now.id, now.place, now.facts)
    for place, facts in changes.added:
        rows[max(rows, default=0) + 1] = Known(max(rows, default=0) + 1, place, facts)
    return list(rows.values())


@given(_DISKS, _databases())
def test_once_applied_nothing_is_left_to_change(disk: dict[Place, FileFacts], database: list[Known]) -> None:
    after = _applied(compare(disk, database), database)

    assert compare(disk, after) == Changes()


@given(_DISKS, _databases())
def test_once_applied_the_database_says_what_the_disk_says(disk: dict[Place, FileFacts], database: list[Known]) -> None:
    after = _applied(compare(disk, database), database)

    assert {row.place: row.facts for row in after if row.available} == disk
    assert sum(row.available for row in after) == len(disk)


@given(_DISKS, _databases())
def test_no_track_is_ever_forgotten(disk: dict[Place, FileFacts], database: list[Known]) -> None:
    after = _applied(compare(disk, database), database)

    assert {row.id for row in database} <= {row.id for row in after}


@given(st.permutations(range(6)), st.data())
def test_files_keep_their_ids_wherever_they_are_moved(order: list[int], data: st.DataObject) -> None:
    places: list[Place] = [(1, b"%d" % number) for number in range(6)]
    facts = [FileFacts(1, 10 + number, 100 + number, 1000 + number) for number in range(6)]
    database = [Known(number + 1, places[number], facts[number]) for number in range(6)]
    kept = data.draw(st.integers(0, 6))
    disk = {places[order[number]]: facts[number] for number in range(kept)}

    after = {row.id: row for row in _applied(compare(disk, database), database)}

    assert all(after[number + 1].place == places[order[number]] for number in range(kept))
    assert len(after) == 6


@given(_DISKS, _databases())
def test_what_is_on_a_device_that_was_not_seen_is_away_and_not_gone(
    disk: dict[Place, FileFacts], database: list[Known]
) -> None:
    changes = compare(disk, database, devices={1})
    devices = {row.id: row.facts.device for row in database}

    assert all(devices[track] == 1 for track in changes.gone)
    assert all(devices[track] == 2 for track in changes.away)
