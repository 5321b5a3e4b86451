"""org.auralis.Auralis1.Library."""

from typing import Any

from auralisd.bus import properties
from auralisd.bus.calls import Export
from auralisd.bus.library_browsing import DEFAULT_LIMIT, LibraryBrowsing, Row, known_track
from auralisd.bus.library_numbers import LibraryNumbers
from auralisd.bus.library_scans import LibraryScans
from auralisd.bus.library_upkeep import LibraryUpkeep
from auralisd.bus.metadata import track_row
from auralisd.bus.ports import JobsPort, Library, PlayerPort
from auralisd.bus.uris import uri_of
from auralisd.library.events import LibraryChanged
from auralisd.store.ids import MAX_ID

INTERFACE = "org.auralis.Auralis1.Library"


class LibraryFace:
    """Questions about the music there is."""

    def __init__(self, library: Library, player: PlayerPort, jobs: JobsPort) -> None:
        self._library = library
        self._browsing = LibraryBrowsing(library)
        self._scans = LibraryScans(jobs)
        self._upkeep = LibraryUpkeep(library, player, jobs)
        self._numbers = LibraryNumbers(library)

    def export(self) -> Export:
        return Export(
            INTERFACE,
            methods={
                "Query": self.query,
                "GetLocation": self.get_location,
                **self._browsing.methods(),
                **self._scans.methods(),
                **self._upkeep.methods(),
                **self._numbers.methods(),
            },
            read=self.read,
            signals=("Changed", "ScanFailed"),
        )

    def read(self) -> properties.Values:
        return {**properties.library(self._library.track_count), "Scanning": self._library.scanning}

    async def query(
        self, expression: str, fields: list[str], cursor: str, limit: int, options: dict[str, Any]
    ) -> tuple[list[Row], str, int, int]:
        page = await self._library.query(
            expression,
            cursor=cursor,
            limit=limit or DEFAULT_LIMIT,
            sort=options.get("sort", ""),
            descending=options.get("descending", False),
            offset=min(options.get("offset", 0), MAX_ID),
        )
        rows = [track_row(track, fields) for track in page.rows]
        return rows, page.next_cursor, page.total, page.revision

    async def get_location(self, track: int) -> str:
        return uri_of((await known_track(self._library, track)).path)


def news(change: LibraryChanged) -> tuple[int, dict[str, int]]:
    """What the signal Changed carries."""
    counts = {
        "added": change.added,
        "changed": change.changed,
        "moved": change.moved,
        "removed": change.removed,
        "unavailable": change.unavailable,
    }
    return change.revision, counts


def together(older: tuple[int, dict[str, int]], newer: tuple[int, dict[str, int]]) -> tuple[int, dict[str, int]]:
    """Two Changed signals as one: the newer revision, the counts added up."""
    return newer[0], {key: older[1][key] + count for key, count in newer[1].items()}
