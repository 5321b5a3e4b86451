"""Where settings are kept, in memory, with the shape that their owner asks for."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from auralisd.config_file import FileConfig
from auralisd.errors import NotKept


class MemoryKept:
    """What was set, and the configuration file that a reload finds.

    `full`: the disk takes no more.  `hangs`: it does not answer before this is set.
    """

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.file = FileConfig()
        self.full = False
        self.hangs: asyncio.Event | None = None

    async def load(self) -> dict[str, Any]:
        return dict(self.values)

    async def save(self, values: Mapping[str, Any]) -> None:
        await self._must_have_room()
        self.values |= values

    async def forget(self, keys: Iterable[str]) -> None:
        await self._must_have_room()
        for key in keys:
            self.values.pop(key, None)

    async def _must_have_room(self) -> None:
        if self.hangs is not None:
            await self.hangs.wait()
        if self.full:
            raise NotKept("the state folder takes no more; make room on its disk")
