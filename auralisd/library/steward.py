"""The steward: duplicates, and the library forgotten and read anew."""

import binascii
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial

from auralisd.errors import InvalidRequest, NotKept
from auralisd.library.upkeep import DuplicatesPage
from auralisd.store.database import Database
from auralisd.store.duplicates import find_duplicates, holding_sound
from auralisd.store.forgetting import forget_everything
from auralisd.store.tombstones import forget_gone, forget_outside

log = logging.getLogger(__name__)

_CURSOR_CHARACTERS = 64


class Steward:
    """Implements `upkeep.Upkeep`.  `on_forgotten` is told how many tracks are gone, and has the folders read anew."""

    def __init__(
        self, database: Database, on_forgotten: Callable[[int], Awaitable[None]], revision: Callable[[], int]
    ) -> None:
        self._database = database
        self._on_forgotten = on_forgotten
        self._revision = revision

    async def find_duplicates(self, cursor: str, limit: int) -> DuplicatesPage:
        after, revision = _signature_of(cursor), self._revision()
        found = await self._database.ask(lambda connection: find_duplicates(connection, after, limit))
        return DuplicatesPage(found.groups, found.after.hex(), found.total, revision)

    async def holding_sound(self, signature: bytes) -> tuple[int, ...]:
        return await self._database.ask(lambda connection: holding_sound(connection, signature))

    async def forget_everything(self) -> None:
        listed = await self._database.run(forget_everything)
        log.warning("everything is forgotten tracks=%d; the music folders are read anew", listed)
        await self._on_forgotten(listed)


async def forget_long_gone(database: Database) -> None:
    """Forget tracks whose files have been gone for so long that they will not return, and files from outside that were
    heard and have left the queue."""
    now_unix_s = int(time.time())
    try:
        for forget in (forget_gone, forget_outside):
            while await database.run(partial(forget, now_unix_s=now_unix_s)):
                pass
    except NotKept as refusal:
        log.warning("tracks that are gone are not forgotten yet reason=%s", refusal)


def _signature_of(cursor: str) -> bytes:
    if len(cursor) <= _CURSOR_CHARACTERS:
        with contextlib.suppress(ValueError):
            return binascii.unhexlify(cursor)
    raise InvalidRequest('cursor must be "" or the next_cursor of the page before')
