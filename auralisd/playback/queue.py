"""PlayQueue: the order of things to play, and what follows what.  Pure; `edits.py` changes it.

Two orders live in it: the list order, which clients see and edit, and the play order, which is the list order or,
shuffled, a permutation of it.  Entry ids are never used again.
"""

from collections.abc import Container, Iterable, Mapping
from functools import cached_property
from itertools import chain

import msgspec

from auralisd.playback.snapshot import Entry

LOOPS = ("none", "track", "list")
SHUFFLES = ("off", "tracks", "albums")

MAX_ENTRIES = 100_000
"""A queue of more is refused: each edit goes through all of it."""


class Listing(msgspec.Struct, frozen=True, dict=True):
    """The entries in list order; where each lies is found out once, when it is first asked for."""

    entries: tuple[Entry, ...] = ()

    @cached_property
    def places(self) -> Mapping[int, int]:
        return {entry.id: place for place, entry in enumerate(self.entries)}


class Order(msgspec.Struct, frozen=True, dict=True):
    """Entry ids in the order of a shuffle: what was played, the current entry, what comes."""

    ids: tuple[int, ...] = ()

    @cached_property
    def places(self) -> Mapping[int, int]:
        return {entry: place for place, entry in enumerate(self.ids)}


class PlayQueue(msgspec.Struct, frozen=True):
    """`current` is an entry id, 0 when the queue is empty.  `order` is empty while the play order is the list order.

    `consume`: what was played leaves the queue.  `stop_after`: nothing follows the current entry by itself, once.
    """

    listing: Listing = Listing()
    current: int = 0
    loop: str = "none"
    shuffle: str = "off"
    order: Order = Order()
    next_id: int = 1
    revision: int = 0
    consume: bool = False
    stop_after: bool = False

    @property
    def entries(self) -> tuple[Entry, ...]:
        return self.listing.entries

    @property
    def shuffled(self) -> bool:
        return self.shuffle != "off"

    @property
    def play_order(self) -> tuple[int, ...]:
        return self.order.ids if self.shuffled else tuple(entry.id for entry in self.entries)

    @property
    def current_index(self) -> int:
        """The current entry's place in list order, −1 when the queue is empty."""
        return self.index_of(self.current)

    def index_of(self, entry_id: int) -> int:
        """An entry's place in list order, −1 when there is no such entry."""
        return self.listing.places.get(entry_id, -1)

    def track_of(self, entry_id: int) -> int | None:
        """The track of an entry; None when there is no such entry."""
        index = self.index_of(entry_id)
        return None if index < 0 else self.entries[index].track

    def rank_of(self, entry_id: int) -> int:
        """An entry's place in play order, −1 when there is no such entry."""
        return self.order.places.get(entry_id, -1) if self.shuffled else self.index_of(entry_id)

    def at_rank(self, rank: int) -> int:
        """The entry at a place in play order."""
        return self.order.ids[rank] if self.shuffled else self.entries[rank].id


def with_current(queue: PlayQueue, entry_id: int) -> PlayQueue:
    """Another current entry; the list itself is untouched, so the revision stays."""
    return msgspec.structs.replace(queue, current=entry_id)


def after(queue: PlayQueue, entry_id: int, *, asked: bool, broken: Iterable[int] = ()) -> int | None:
    """What follows an entry; None: nothing.

    `asked` is True for a listener's Next, which leaves a track that repeats; entries in `broken` are passed over.
    """
    if not asked and queue.stop_after:
        return None
    if queue.loop == "track" and not asked and entry_id not in broken:
        return entry_id
    skip = frozenset(broken)
    return next((candidate for candidate in _coming(queue, entry_id) if candidate not in skip), None)


def before(queue: PlayQueue, entry_id: int) -> int | None:
    """What precedes an entry in play order; the list wraps when it repeats."""
    rank = queue.rank_of(entry_id)
    if rank < 0:
        return None
    if rank > 0:
        return queue.at_rank(rank - 1)
    return queue.at_rank(-1) if queue.loop == "list" and len(queue.entries) > 1 else None


def first(queue: PlayQueue) -> int:
    """The entry that play begins with after the end of the queue; 0 when it is empty."""
    return queue.at_rank(0) if queue.entries else 0


def survivor(queue: PlayQueue, left: Container[int]) -> int | None:
    """The first entry behind the current one that is among those `left`; None: nothing that follows is."""
    return next((candidate for candidate in _coming(queue, queue.current) if candidate in left), None)


def _coming(queue: PlayQueue, entry_id: int) -> Iterable[int]:
    """What lies behind an entry in play order; a list that repeats begins again, and comes to the entry itself where
    that will still be there."""
    rank = queue.rank_of(entry_id)
    if rank < 0:
        return ()
    later = range(rank + 1, len(queue.entries))
    wrapped = range(rank + (0 if queue.consume else 1) if queue.loop == "list" else 0)
    return (queue.at_rank(rank) for rank in chain(later, wrapped))
