"""Replacing: better files for tracks are offered, and take their places when somebody says so."""

import logging
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec

from auralisd.errors import Conflict, InvalidRequest, NotFound
from auralisd.store.database import Database
from auralisd.store.hits import data_version
from auralisd.store.replacing import Offer, Offers, offer_of, replace, settle, stands_in_queue

log = logging.getLogger(__name__)


class OffersPage(msgspec.Struct, frozen=True):
    """One page of offers, as `asking.Page` is one of tracks."""

    rows: tuple[Offer, ...]
    next_cursor: str
    total: int
    revision: int


class Replacing(Protocol):
    """Implemented by `Replacer`.  Pairs are those of an offer: of a track, and of one whose file might be its own."""

    async def find_offers(self, cursor: str, limit: int) -> OffersPage:
        """Raises InvalidRequest for a cursor that is none of ours."""
        ...

    async def replace(self, old: int, new: int) -> None:
        """Let `old` have the file of `new`, durably.  Raises NotFound for what is not offered, Conflict, NotKept."""
        ...

    async def keep_both(self, old: int, new: int) -> None:
        """Offer it no more.  Raises NotFound for what is not offered, NotKept."""
        ...


class Replacer:
    """Implements `Replacing`.  `on_replaced` is told the two tracks that have other files now.  No scan is at work
    while they get them (`resting`): what it has found out of a track would be written into the other one's row.

    Offers are looked for when somebody asks, and kept until anything is written.
    """

    def __init__(
        self,
        database: Database,
        resting: Callable[[], AbstractAsyncContextManager[None]],
        on_replaced: Callable[[int, int], Awaitable[None]],
        revision: Callable[[], int],
    ) -> None:
        self._database = database
        self._resting = resting
        self._on_replaced = on_replaced
        self._revision = revision
        self._kept: tuple[int, tuple[Offer, ...]] | None = None

    async def find_offers(self, cursor: str, limit: int) -> OffersPage:
        after, revision = _pair_of(cursor), self._revision()
        offers = await self._offers()
        coming = [offer for offer in offers if (offer.old, offer.new) > after]
        page = tuple(coming[:limit])
        onward = f"{page[-1].old}-{page[-1].new}" if len(coming) > limit else ""
        return OffersPage(page, onward, len(offers), revision)

    async def replace(self, old: int, new: int) -> None:
        await self._database.ask(lambda connection: _must_be_free(connection, old, new))
        async with self._resting():
            await self._database.run(lambda connection: replace(connection, _must_be_free(connection, old, new)))
        log.info("track has another file now track=%d before=%d", old, new)
        await self._on_replaced(old, new)

    async def keep_both(self, old: int, new: int) -> None:
        def do(connection: sqlite3.Connection) -> None:
            _must_be_offered(connection, old, new)
            settle(connection, old, new)

        await self._database.run(do)

    async def _offers(self) -> tuple[Offer, ...]:
        written = await self._database.ask(data_version)
        if self._kept is not None and self._kept[0] == written:
            return self._kept[1]
        offers = Offers()
        while await self._database.ask(offers.go_on):
            pass  # whoever asked meanwhile was answered between two strides
        self._kept = (written, offers.found)
        return offers.found


def _must_be_offered(connection: sqlite3.Connection, old: int, new: int) -> Offer:
    if (offer := offer_of(connection, old, new)) is None:
        raise NotFound(f"track {new} is not offered for {old}; Replacements tells what is")
    return offer


def _must_be_free(connection: sqlite3.Connection, old: int, new: int) -> Offer:
    offer = _must_be_offered(connection, old, new)
    if stands_in_queue(connection, new):
        raise Conflict(f"track {new}: it stands in the queue; take it out of there, or put {old} in its place")
    return offer


def _pair_of(cursor: str) -> tuple[int, int]:
    if not cursor:
        return (0, 0)
    old, dash, new = cursor.partition("-")
    if not dash or not all(part.isascii() and part.isdecimal() and len(part) < 19 for part in (old, new)):
        raise InvalidRequest('cursor must be "" or the next_cursor of the page before')
    return (int(old), int(new))
