"""PlayQueue: the order of things to play.  Pure: every edit answers a new queue.

Two orders live in it: the list order, which clients see and edit, and the play order, which is the list order or,
shuffled, a permutation of it.  Entry ids are never used again.
"""

import random
from collections.abc import Iterable
from itertools import chain

import msgspec

from auralisd.errors import LimitExceeded
from auralisd.playback.snapshot import Entry

LOOPS = ("none", "track", "list")

MAX_ENTRIES = 100_000
"""A queue of more is refused: each edit goes through all of it."""


class PlayQueue(msgspec.Struct, frozen=True):
    """`current` is an entry id, 0 when the queue is empty.  `order` holds the entry ids in play order, () while
    the play order is the list order."""

    entries: tuple[Entry, ...] = ()
    current: int = 0
    loop: str = "none"
    shuffle: bool = False
    order: tuple[int, ...] = ()
    next_id: int = 1
    revision: int = 0

    @property
    def play_order(self) -> tuple[int, ...]:
        return self.order if self.shuffle else tuple(entry.id for entry in self.entries)

    @property
    def current_index(self) -> int:
        """The current entry's place in list order, −1 when the queue is empty."""
        return self.index_of(self.current)

    def index_of(self, entry_id: int) -> int:
        """An entry's place in list order, −1 when there is no such entry."""
        if not self.entries:
            return -1
        # Ids are counted up: until something is inserted, an entry lies where its id says.
        index = entry_id - self.entries[0].id
        if 0 <= index < len(self.entries) and self.entries[index].id == entry_id:
            return index
        return next((index for index, entry in enumerate(self.entries) if entry.id == entry_id), -1)

    def track_of(self, entry_id: int) -> int | None:
        """The track of an entry; None when there is no such entry."""
        index = self.index_of(entry_id)
        return None if index < 0 else self.entries[index].track


def replaced(queue: PlayQueue, tracks: tuple[int, ...], *, start: int, dice: random.Random) -> PlayQueue:
    """A new list whose entry at index `start` is current; modes stay.  `start` must lie inside the list."""
    entries, next_id = _new_entries(queue, tracks)
    current = entries[start].id if entries else 0
    fresh = _edited(queue, entries=entries, current=current, next_id=next_id, order=())
    return _shuffled(fresh, dice) if queue.shuffle else fresh


def appended(queue: PlayQueue, tracks: tuple[int, ...], *, dice: random.Random) -> PlayQueue:
    """Added at the end of the list; shuffled, they fall in anywhere after the current entry."""
    added, next_id = _new_entries(queue, tracks)
    order = _dealt_in(queue, [entry.id for entry in added], dice) if queue.shuffle else ()
    return _edited(
        queue,
        entries=(*queue.entries, *added),
        current=queue.current or (added[0].id if added else 0),
        next_id=next_id,
        order=order,
    )


def inserted_next(queue: PlayQueue, track: int) -> PlayQueue:
    """One entry right after the current one, in both orders.  Its id is the old queue's `next_id`."""
    added, next_id = _new_entries(queue, (track,))
    at = queue.current_index + 1
    order = queue.play_order
    place = order.index(queue.current) + 1 if queue.current in order else 0
    return _edited(
        queue,
        entries=(*queue.entries[:at], *added, *queue.entries[at:]),
        current=queue.current or added[0].id,
        next_id=next_id,
        order=(*order[:place], added[0].id, *order[place:]) if queue.shuffle else (),
    )


def with_current(queue: PlayQueue, entry_id: int) -> PlayQueue:
    """Another current entry; the list itself is untouched, so the revision stays."""
    return msgspec.structs.replace(queue, current=entry_id)


def with_loop(queue: PlayQueue, loop: str) -> PlayQueue:
    return msgspec.structs.replace(queue, loop=loop)


def with_shuffle(queue: PlayQueue, shuffle: bool, *, dice: random.Random) -> PlayQueue:
    """On: the current entry first, all others after it in a random order; off: goes on in list order."""
    if shuffle == queue.shuffle:
        return queue
    if shuffle:
        return _shuffled(queue, dice)
    return msgspec.structs.replace(queue, shuffle=False, order=())


def after(queue: PlayQueue, entry_id: int, *, asked: bool, broken: Iterable[int] = ()) -> int | None:
    """What follows an entry; None: nothing.

    `asked` is True for a listener's Next, which leaves a track that repeats; entries in `broken` are passed over.
    """
    if queue.loop == "track" and not asked and entry_id not in broken:
        return entry_id
    place = _place_of(queue, entry_id)
    if place < 0:
        return None
    later = range(place + 1, len(queue.entries))
    wrapped = range(place + 1 if queue.loop == "list" else 0)
    skip = frozenset(broken)
    coming = (_id_at(queue, place) for place in chain(later, wrapped))
    return next((candidate for candidate in coming if candidate not in skip), None)


def before(queue: PlayQueue, entry_id: int) -> int | None:
    """What precedes an entry in play order; the list wraps when it repeats."""
    place = _place_of(queue, entry_id)
    if place < 0:
        return None
    if place > 0:
        return _id_at(queue, place - 1)
    return _id_at(queue, -1) if queue.loop == "list" and len(queue.entries) > 1 else None


def first(queue: PlayQueue) -> int:
    """The entry that play begins with after the end of the queue; 0 when it is empty."""
    order = queue.play_order
    return order[0] if order else 0


def _place_of(queue: PlayQueue, entry_id: int) -> int:
    """An entry's place in play order, −1 when there is no such entry."""
    if not queue.shuffle:
        return queue.index_of(entry_id)
    return queue.order.index(entry_id) if entry_id in queue.order else -1


def _id_at(queue: PlayQueue, place: int) -> int:
    """The entry at a place in play order."""
    return queue.order[place] if queue.shuffle else queue.entries[place].id


def _new_entries(queue: PlayQueue, tracks: tuple[int, ...]) -> tuple[tuple[Entry, ...], int]:
    ids = range(queue.next_id, queue.next_id + len(tracks))
    return tuple(Entry(*pair) for pair in zip(ids, tracks, strict=True)), queue.next_id + len(tracks)


def _edited(
    queue: PlayQueue, *, entries: tuple[Entry, ...], current: int, next_id: int, order: tuple[int, ...]
) -> PlayQueue:
    if len(entries) > MAX_ENTRIES:
        raise LimitExceeded(f"a queue holds {MAX_ENTRIES} entries at most, and this would be {len(entries)}")
    return msgspec.structs.replace(
        queue, entries=entries, current=current, next_id=next_id, order=order, revision=queue.revision + 1
    )


def _shuffled(queue: PlayQueue, dice: random.Random) -> PlayQueue:
    others = [entry.id for entry in queue.entries if entry.id != queue.current]
    dice.shuffle(others)
    head = (queue.current,) if queue.current else ()
    return msgspec.structs.replace(queue, shuffle=True, order=(*head, *others))


def _dealt_in(queue: PlayQueue, new_ids: list[int], dice: random.Random) -> tuple[int, ...]:
    place = queue.order.index(queue.current) + 1 if queue.current in queue.order else 0
    coming = [*queue.order[place:], *new_ids]
    dice.shuffle(coming)
    return (*queue.order[:place], *coming)
