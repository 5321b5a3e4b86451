"""Shuffle: the orders in which a queue is played otherwise than as a list.  Pure.

An order is a permutation of the queue that begins with what was played and the current entry; what comes stands behind
it.  By tracks, everything comes at random; by albums, albums come at random, and each is played whole, by disc and
track.  What is added falls in among what comes and leaves the rest as it is.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import msgspec

from auralisd.model.knowledge import AlbumPlace
from auralisd.playback.queue import Listing, Order, PlayQueue

Run = tuple[int, ...]
"""Entries of one album that follow one another; or one entry that belongs to none."""


class Deal(msgspec.Struct, frozen=True):
    """What an order is made with: randomness, and where tracks stand in their albums (only asked for by albums)."""

    dice: random.Random
    albums: Mapping[int, AlbumPlace] = msgspec.field(default_factory=dict)


def shuffled(queue: PlayQueue, mode: str, deal: Deal) -> PlayQueue:
    """Shuffled anew from the current entry on; `off` goes on in list order."""
    if mode == "off":
        return msgspec.structs.replace(queue, shuffle="off", order=Order())
    ids = tuple(entry.id for entry in queue.entries)
    if mode == "tracks":
        others = [entry for entry in ids if entry != queue.current]
        deal.dice.shuffle(others)
        head = (queue.current,) if queue.current else ()
        return _ordered(queue, mode, (*head, *others))
    runs = _albums_of(ids, queue.listing, deal)
    deal.dice.shuffle(runs)
    runs.sort(key=lambda run: queue.current not in run)  # whole, what lies before the current entry included
    return _ordered(queue, mode, _joined(runs))


def dealt_in(queue: PlayQueue, added: Sequence[int], deal: Deal) -> PlayQueue:
    """New entries, which the listing holds already, among what comes."""
    rank = queue.order.places.get(queue.current, -1) + 1
    heard, coming = queue.order.ids[:rank], queue.order.ids[rank:]
    if queue.shuffle == "albums":
        return _ordered(queue, "albums", (*heard, *_albums_dealt_in(queue, heard, coming, added, deal)))
    fresh = list(added)
    deal.dice.shuffle(fresh)
    return _ordered(queue, queue.shuffle, (*heard, *_merged([(e,) for e in coming], [(e,) for e in fresh], deal)))


def brought_forward(queue: PlayQueue, entry: int, deal: Deal) -> PlayQueue:
    """Shuffled, an entry that is gone to directly comes right behind the current one, and by albums its album with it:
    nothing that was not played yet is passed over, and Previous leads back to where one was."""
    ids = queue.order.ids
    run: Run = (entry,)
    if queue.shuffle == "albums":
        run = next(run for run in _runs(ids, queue.listing, deal) if entry in run)
    if not queue.shuffled or queue.current in run:
        return queue
    moving = frozenset(run)
    others = [each for each in ids if each not in moving]
    place = others.index(queue.current) + 1 if queue.current else 0
    return _ordered(queue, queue.shuffle, (*others[:place], *run, *others[place:]))


def _ordered(queue: PlayQueue, mode: str, ids: Iterable[int]) -> PlayQueue:
    return msgspec.structs.replace(queue, shuffle=mode, order=Order(tuple(ids)))


# --- by albums ----------------------------------------------------------------------------------------


def _albums_dealt_in(queue: PlayQueue, heard: Run, coming: Run, added: Sequence[int], deal: Deal) -> Iterator[int]:
    """What comes, with the new entries: each in its album where that comes yet, else in a new one somewhere."""
    listing, under_way = queue.listing, _album(queue.listing, heard[-1], deal) if heard else ""
    runs = _runs(coming, listing, deal)
    where = {_album(listing, runs[place][0], deal): place for place in reversed(range(len(runs)))}
    fresh, rest = list[Run](), Run()
    for run in _albums_of(added, listing, deal):
        album = _album(listing, run[0], deal)
        if album and album in where:
            (runs[where[album]],) = _albums_of((*runs[where[album]], *run), listing, deal)
        elif album and album == under_way:
            rest = run
        else:
            fresh.append(run)
    deal.dice.shuffle(fresh)
    goes_on = 1 if under_way and where.get(under_way) == 0 else 0
    yield from (*rest, *_joined(runs[:goes_on]))
    yield from _merged(runs[goes_on:], fresh, deal)


def _albums_of(ids: Iterable[int], listing: Listing, deal: Deal) -> list[Run]:
    """Entries as whole albums, each in its own order."""
    albums: dict[str, list[int]] = {}
    for entry in ids:
        albums.setdefault(_album(listing, entry, deal) or f"#{entry}", []).append(entry)
    return [tuple(sorted(album, key=lambda entry: _standing(listing, entry, deal))) for album in albums.values()]


def _runs(ids: Sequence[int], listing: Listing, deal: Deal) -> list[Run]:
    """An order, cut wherever another album begins."""
    return [tuple(run) for _, run in groupby(ids, lambda entry: _album(listing, entry, deal) or f"#{entry}")]


def _album(listing: Listing, entry: int, deal: Deal) -> str:
    place = deal.albums.get(listing.entries[listing.places[entry]].track)
    return place.album if place else ""


def _standing(listing: Listing, entry: int, deal: Deal) -> tuple[AlbumPlace, int]:
    """By disc, track and name; a track that is there twice in list order."""
    index = listing.places[entry]
    return deal.albums.get(listing.entries[index].track, AlbumPlace("")), index


# --- merging ------------------------------------------------------------------------------------------


def _joined(runs: Iterable[Run]) -> Run:
    return tuple(entry for run in runs for entry in run)


def _merged(coming: Sequence[Run], fresh: Sequence[Run], deal: Deal) -> Iterator[int]:
    """Both in their own orders; every way to lay them into one another is as likely."""
    total = len(coming) + len(fresh)
    places = set(deal.dice.sample(range(total), len(fresh)))
    old, new = iter(coming), iter(fresh)
    for place in range(total):
        yield from next(new if place in places else old)
