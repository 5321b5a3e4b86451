"""The comparison of disk and database: what is new, what is the same track elsewhere, and what is gone.

A file is the track whose device and inode it has, wherever it lies now; failing that, the track at its place.
Inode numbers are used again by new files, so the same inode counts only with the same size and time, or the same name.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set

import msgspec

from auralisd.model.track import FileFacts
from auralisd.store.rows import Known, Place


class Placed(msgspec.Struct, frozen=True, gc=False):
    """A known track and the file that it is now."""

    id: int
    place: Place
    facts: FileFacts


class Changes(msgspec.Struct, frozen=True):
    """`moved`: it lies elsewhere.  `changed`: its tags must be read again; if it has moved as well, `moved` holds it
    too, with the facts it had.  `returned`: in its place and as it was, but unavailable until now.  `renumbered`: in
    its place and as it was, under another device number, as after a reboot: to be noted, and no news.  `outdated`: as
    it was, wherever it lies, and its tags are to be read again because more is read of them today.  `away`: absent with
    its device."""

    added: tuple[tuple[Place, FileFacts], ...] = ()
    changed: tuple[Placed, ...] = ()
    moved: tuple[Placed, ...] = ()
    returned: tuple[Placed, ...] = ()
    renumbered: tuple[Placed, ...] = ()
    outdated: tuple[Placed, ...] = ()
    gone: tuple[int, ...] = ()
    away: tuple[int, ...] = ()


def compare(disk: Mapping[Place, FileFacts], database: Iterable[Known], devices: Set[int] | None = None) -> Changes:
    """What must change in the database so that it says what the disk says.

    `disk` is everything found in the folders that were looked at, `database` everything known there, and every track
    that has the inode of a file found.  `devices` are those that were looked at (None: all): a track that is missing,
    but was on another device, is away with its drive and not gone.
    """
    comparison = _Comparison(disk, database)
    comparison.match_by_inode_in_place()
    comparison.match_by_inode_elsewhere()
    comparison.match_by_place()
    return comparison.changes(devices)


class _Comparison:
    def __init__(self, disk: Mapping[Place, FileFacts], database: Iterable[Known]) -> None:
        self._disk = disk
        self._rows = {row.id: row for row in database}
        self._unmatched = dict(disk)
        self._matched: dict[int, Place] = {}
        self._at: dict[Place, list[Known]] = defaultdict(list)
        self._by_inode: dict[tuple[int, int], list[Known]] = defaultdict(list)
        # The living before the dead, the younger before the older: the first that fits is taken.
        for row in sorted(self._rows.values(), key=lambda row: (row.gone, -row.id)):
            self._at[row.place].append(row)
            self._by_inode[row.facts.device, row.facts.inode].append(row)

    def match_by_inode_in_place(self) -> None:
        for place, facts in self._disk.items():
            for row in self._free(self._at.get(place, ())):
                if _same_inode(row.facts, facts) and not row.gone:
                    self._match(row, place)
                    break

    def match_by_inode_elsewhere(self) -> None:
        for place, facts in list(self._unmatched.items()):
            for row in self._free(self._by_inode.get((facts.device, facts.inode), ())):
                if _same_content(row.facts, facts) or _name(row.place) == _name(place):
                    self._match(row, place)
                    break

    def match_by_place(self) -> None:
        for place in list(self._unmatched):
            for row in self._free(self._at.get(place, ())):
                self._match(row, place)
                break

    def changes(self, devices: Set[int] | None) -> Changes:
        changed, moved, returned, renumbered = [], [], [], []
        for track, place in self._matched.items():
            row, now = self._rows[track], Placed(track, place, self._disk[place])
            same = _same_file(row.facts, now.facts)
            if row.place != place:
                moved.append(now if same else Placed(track, place, row.facts))
            if not same:
                changed.append(now)
            elif row.place == place and (not row.available or row.gone):
                returned.append(now)
            elif row.place == place and row.facts != now.facts:
                renumbered.append(now)
        missing = [row for row in self._rows.values() if row.id not in self._matched and not row.gone]
        return Changes(
            added=tuple(self._unmatched.items()),
            changed=tuple(changed),
            moved=tuple(moved),
            returned=tuple(returned),
            renumbered=tuple(renumbered),
            outdated=self._outdated(),
            gone=tuple(row.id for row in missing if devices is None or row.facts.device in devices),
            away=tuple(
                row.id for row in missing if devices is not None and row.facts.device not in devices and row.available
            ),
        )

    def _outdated(self) -> tuple[Placed, ...]:
        matched = ((self._rows[track], place, self._disk[place]) for track, place in self._matched.items())
        return tuple(
            Placed(row.id, place, facts)
            for row, place, facts in matched
            if row.outdated and _same_file(row.facts, facts)
        )

    def _free(self, rows: Iterable[Known]) -> Iterable[Known]:
        return (row for row in rows if row.id not in self._matched)

    def _match(self, row: Known, place: Place) -> None:
        self._matched[row.id] = place
        del self._unmatched[place]


def _same_inode(before: FileFacts, now: FileFacts) -> bool:
    return (before.device, before.inode) == (now.device, now.inode)


def _same_content(before: FileFacts, now: FileFacts) -> bool:
    return (before.size_bytes, before.mtime_ns) == (now.size_bytes, now.mtime_ns)


def _same_file(before: FileFacts, now: FileFacts) -> bool:
    """The content may be taken for what it was: same size and time, and not another file of the same device.

    A drive that was unplugged may come back under another device number; that changes nothing.
    """
    return _same_content(before, now) and (before.inode == now.inode or before.device != now.device)


def _name(place: Place) -> bytes:
    return place[1].rpartition(b"/")[2]
