"""What org.auralis.Auralis1.Library says of single tracks, of what they belong to, and of the music folders."""

from collections.abc import Mapping
from typing import Any

import msgspec

from auralisd.bus.calls import Handler
from auralisd.bus.metadata import track_row
from auralisd.bus.ports import Library
from auralisd.bus.uris import uri_of
from auralisd.errors import NotFound
from auralisd.model.track import Track
from auralisd.store.ids import MAX_ID, must_be_ids

DEFAULT_LIMIT = 50

Row = dict[str, Any]


class LibraryBrowsing:
    """Part of the Library's face: `methods` are merged into it."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def methods(self) -> Mapping[str, Handler]:
        return {"Get": self.get, "Browse": self.browse, "ListFolders": self.list_folders}

    async def get(self, track: int) -> Row:
        return track_row(await known_track(self._library, track), ())

    async def browse(
        self, kind: str, expression: str, cursor: str, limit: int, options: dict[str, Any]
    ) -> tuple[list[Row], str, int, int]:
        page = await self._library.browse(
            kind,
            expression,
            cursor=cursor,
            limit=limit or DEFAULT_LIMIT,
            descending=options.get("descending", False),
            offset=min(options.get("offset", 0), MAX_ID),
        )
        rows = [
            {key: value for key, value in msgspec.structs.asdict(row).items() if value is not None} for row in page.rows
        ]
        return rows, page.next_cursor, page.total, page.revision

    async def list_folders(self) -> list[Row]:
        return [
            {
                "id": folder.id,
                "name": folder.name,
                "location": uri_of(folder.path),
                "available": folder.available,
                "watched": folder.watched,
                "tracks": folder.tracks,
            }
            for folder in await self._library.list_folders()
        ]


async def known_track(library: Library, track: int) -> Track:
    """Raises NotFound."""
    must_be_ids((track,))
    if (found := (await library.tracks((track,))).get(track)) is None:
        raise NotFound(f"there is no track {track}")
    return found
