"""Where settings are kept, in memory, with the shape that their owner asks for."""

from collections.abc import Iterable, Mapping
from typing import Any

from auralisd.config_file import FileConfig
from auralisd.errors import NotKept


class MemoryKept:
    """What was set, and the configuration file that a reload finds; `full`: the disk takes no more."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.file = FileConfig()
        self.full = False

    async def load(self) -> dict[str, Any]:
        return dict(self.values)

    async def save(self, values: Mapping[str, Any]) -> None:
        self._must_have_room()
        self.values |= values

    async def forget(self, keys: Iterable[str]) -> None:
        self._must_have_room()
        for key in keys:
            self.values.pop(key, None)

    def _must_have_room(self) -> None:
        if self.full:
            raise NotKept("the state folder takes no more; make room on its disk")
