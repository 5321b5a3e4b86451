"""What org.auralis.Auralis1.Library says of the music folders, and how one comes or goes."""

import os
from collections.abc import Mapping
from typing import Any

from auralisd.bus.calls import Handler
from auralisd.bus.ports import Library
from auralisd.bus.uris import path_of, uri_of
from auralisd.errors import NotFound
from auralisd.store.ids import MAX_ID


class LibraryFolders:
    """Part of the Library's face: `methods` are merged into it."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def methods(self) -> Mapping[str, Handler]:
        return {"ListFolders": self.list_folders, "AddFolder": self.add, "RemoveFolder": self.remove}

    async def list_folders(self) -> list[dict[str, Any]]:
        return [
            {
                "id": folder.id,
                "name": folder.name,
                "location": uri_of(folder.path),
                "available": folder.available,
                "watched": folder.watched,
                "removable": folder.removable,
                "tracks": folder.tracks,
            }
            for folder in await self._library.list_folders()
        ]

    async def add(self, folder: str) -> int:
        path = os.fsencode(folder) if folder.startswith("/") else path_of(folder)
        return await self._library.housing.add(path)

    async def remove(self, folder: int) -> None:
        if folder > MAX_ID:
            raise NotFound(f"there is no music folder {folder}; ListFolders tells which there are")
        await self._library.housing.remove(folder)
