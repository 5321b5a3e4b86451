"""Edits of the queue, and the way back.  Pure: every edit answers a new queue, with a revision of its own.

An entry that is current and leaves is current no more: the caller says what is, and the list order stays what the edit
made it.
"""

from collections.abc import Collection, Sequence

import msgspec

from auralisd.errors import InvalidRequest, LimitExceeded, NotFound
from auralisd.playback.queue import MAX_ENTRIES, Listing, Order, PlayQueue
from auralisd.playback.shuffle import Deal, dealt_in, shuffled
from auralisd.playback.snapshot import Entry

UNDO_DEPTH = 20
"""So many edits can be taken back."""


def replaced(queue: PlayQueue, tracks: Sequence[int], *, start: int, deal: Deal) -> PlayQueue:
    """A new list whose entry at index `start` is current; modes stay.  `start` must lie inside the list."""
    entries = _new_entries(queue, tracks)
    current = entries[start].id if entries else 0
    fresh = msgspec.structs.replace(_listed(queue, Listing(entries), entries), current=current, order=Order())
    return shuffled(fresh, queue.shuffle, deal)


def inserted(queue: PlayQueue, tracks: Sequence[int], position: int, *, deal: Deal) -> PlayQueue:
    """Before the entry that stands at `position` now; shuffled, they fall in anywhere behind the current one.

    Raises InvalidRequest for a position beyond the list.
    """
    must_lie_within(position, queue)
    added = _new_entries(queue, tracks)
    edited = _listed(queue, Listing((*queue.entries[:position], *added, *queue.entries[position:])), added)
    if queue.shuffled:
        edited = dealt_in(edited, [entry.id for entry in added], deal)
    return _begun(edited, added)


def inserted_next(queue: PlayQueue, tracks: Sequence[int]) -> PlayQueue:
    """Right after the current entry, in both orders and as they are given."""
    added = _new_entries(queue, tracks)
    at, rank = queue.current_index + 1, queue.rank_of(queue.current) + 1
    edited = _listed(queue, Listing((*queue.entries[:at], *added, *queue.entries[at:])), added)
    if queue.shuffled:
        ids = queue.order.ids
        order = Order((*ids[:rank], *(entry.id for entry in added), *ids[rank:]))
        edited = msgspec.structs.replace(edited, order=order)
    return _begun(edited, added)


def moved(queue: PlayQueue, ids: Sequence[int], position: int) -> PlayQueue:
    """Taken out, and put back together, in the order given, at a place of what is left; beyond that: at its end.

    The order of a shuffle stays.  Raises NotFound for an entry that is not there, InvalidRequest for one that is named
    twice and for a position beyond the list.
    """
    must_lie_within(position, queue)
    must_be_there(ids, queue)
    if len(set(ids)) < len(ids):
        raise InvalidRequest("entries must name each entry once")
    moving = frozenset(ids)
    left = [entry for entry in queue.entries if entry.id not in moving]
    taken = [queue.entries[queue.index_of(entry)] for entry in ids]
    return _listed(queue, Listing((*left[:position], *taken, *left[position:])))


def removed(queue: PlayQueue, ids: Collection[int]) -> PlayQueue:
    """Without these entries.  Raises NotFound for one that is not there."""
    must_be_there(ids, queue)
    gone = frozenset(ids)
    return relisted(queue, Listing(tuple(entry for entry in queue.entries if entry.id not in gone)))


def relisted(queue: PlayQueue, listing: Listing, deal: Deal | None = None) -> PlayQueue:
    """Another list of entries that are known: what stays keeps its place in the play order, what returns is dealt in
    (which takes a `deal`)."""
    edited = _listed(queue, listing)
    if not queue.shuffled:
        return edited
    kept = Order(tuple(entry for entry in queue.order.ids if entry in listing.places))
    returning = [entry.id for entry in listing.entries if entry.id not in queue.order.places]
    edited = msgspec.structs.replace(edited, order=kept)
    return dealt_in(edited, returning, deal) if deal and returning else edited


def must_lie_within(position: int, queue: PlayQueue) -> None:
    """Raises InvalidRequest naming the positions there are."""
    if position > len(queue.entries):
        raise InvalidRequest(f"position {position} is beyond the queue; say 0 to {len(queue.entries)}")


def must_be_there(ids: Collection[int], queue: PlayQueue) -> None:
    """Raises NotFound for an entry that is not in the queue."""
    for entry in ids:
        if entry not in queue.listing.places:
            raise NotFound(f"entry {entry} is not in the queue; List names those that are")


def _new_entries(queue: PlayQueue, tracks: Sequence[int]) -> tuple[Entry, ...]:
    return tuple(Entry(*pair) for pair in enumerate(tracks, queue.next_id))


def _listed(queue: PlayQueue, listing: Listing, added: tuple[Entry, ...] = ()) -> PlayQueue:
    if len(listing.entries) > MAX_ENTRIES:
        raise LimitExceeded(
            f"a queue holds {MAX_ENTRIES} entries at most, and this would be {len(listing.entries)}; name fewer tracks"
        )
    return msgspec.structs.replace(
        queue, listing=listing, next_id=queue.next_id + len(added), revision=queue.revision + 1
    )


def _begun(queue: PlayQueue, added: tuple[Entry, ...]) -> PlayQueue:
    """The first entries of an empty queue: the first of them is current."""
    if queue.current or not added:
        return queue
    current = added[0].id
    if queue.shuffled:  # the order begins with what is current
        current = queue.order.ids[0]
    return msgspec.structs.replace(queue, current=current)


# --- the way back -------------------------------------------------------------------------------------


class Arrangement(msgspec.Struct, frozen=True):
    """What an undo brings back: a list, and what was current in it."""

    listing: Listing
    current: int


class EditHistory(msgspec.Struct, frozen=True):
    """What the queue was before its last edits, and what it was made into by those that were taken back.

    `consumed` are entries that were played and left since: no undo brings them back.
    """

    past: tuple[Arrangement, ...] = ()
    future: tuple[Arrangement, ...] = ()
    consumed: frozenset[int] = frozenset()

    def edited(self, queue: PlayQueue) -> "EditHistory":
        """`queue` is about to be edited: what had been taken back is gone."""
        return self._with((*self.past, _arrangement(queue))[-UNDO_DEPTH:], ())

    def undone(self, queue: PlayQueue) -> "tuple[Arrangement, EditHistory]":
        """The way back.  Raises NotFound where there is none."""
        if not self.past:
            raise NotFound("there is no edit of the queue to undo")
        history = self._with(self.past[:-1], (*self.future, _arrangement(queue)))
        return self._without_consumed(self.past[-1]), history

    def redone(self, queue: PlayQueue) -> "tuple[Arrangement, EditHistory]":
        """And forth again.  Raises NotFound where nothing was taken back."""
        if not self.future:
            raise NotFound("there is no edit of the queue to redo")
        history = self._with((*self.past, _arrangement(queue))[-UNDO_DEPTH:], self.future[:-1])
        return self._without_consumed(self.future[-1]), history

    def without(self, entry: int) -> "EditHistory":
        """An entry was consumed."""
        return self._with(self.past, self.future, self.consumed | {entry}) if self.past or self.future else self

    def _with(
        self, past: tuple[Arrangement, ...], future: tuple[Arrangement, ...], consumed: frozenset[int] | None = None
    ) -> "EditHistory":
        return EditHistory(past, future, self.consumed if consumed is None else consumed)

    def _without_consumed(self, arrangement: Arrangement) -> Arrangement:
        if not self.consumed:
            return arrangement
        left = tuple(entry for entry in arrangement.listing.entries if entry.id not in self.consumed)
        return Arrangement(Listing(left), arrangement.current)


def _arrangement(queue: PlayQueue) -> Arrangement:
    return Arrangement(queue.listing, queue.current)
