"""Telling: how many tracks there are, the number of the library's state, and who hears that it is another one."""

import asyncio
import logging
from collections.abc import Callable

from auralisd.library.counts import Counts
from auralisd.library.events import LibraryChanged, LibraryEvent, NumbersChanged
from auralisd.store.database import Database
from auralisd.store.revision import begin_revisions
from auralisd.store.tracks import count_available

log = logging.getLogger(__name__)

MEASURED_EVERY_S = 10.0
"""A library is measured track by track, for hours: whoever holds rows of it is not to read them anew at each."""


class Teller:
    """Owns the revision: it grows with everything that is told.  `on_changed` hears of other tracks, before others."""

    def __init__(
        self, database: Database, publish: Callable[[LibraryEvent], None], on_changed: Callable[[], None]
    ) -> None:
        self._database = database
        self._publish = publish
        self._on_changed = on_changed
        self.track_count = 0
        self.revision = 0
        self._measured = 0

    async def open(self) -> None:
        """Begin with a revision that was never told.  Raises NotKept."""
        self.revision = await self._database.run(begin_revisions)

    async def count(self) -> None:
        """Count the tracks that there are."""
        self.track_count = await self._database.ask(count_available)

    async def changed(self, counts: Counts) -> None:
        """A settled batch is in the database."""
        await self.count()
        self.revision += 1
        log.info(
            "library changed tracks=%d added=%d changed=%d moved=%d removed=%d unavailable=%d returned=%d",
            self.track_count,
            counts.added,
            counts.changed,
            counts.moved,
            counts.removed,
            counts.unavailable,
            counts.returned,
        )
        self._publish(
            LibraryChanged(
                revision=self.revision,
                added=counts.added + counts.returned,
                changed=counts.changed,
                moved=counts.moved,
                removed=counts.removed,
                unavailable=counts.unavailable,
            )
        )
        self._on_changed()

    def numbers_changed(self, tracks: int) -> None:
        """So many tracks have other numbers: what a client has read of them is out of date."""
        self.revision += 1
        self._publish(NumbersChanged(self.revision, tracks))

    def measured(self) -> None:
        """A track was measured: told with all others of the next seconds."""
        self._measured += 1
        if self._measured == 1:
            asyncio.get_running_loop().call_later(MEASURED_EVERY_S, self._tell_measured)

    def _tell_measured(self) -> None:
        tracks, self._measured = self._measured, 0
        self.numbers_changed(tracks)
