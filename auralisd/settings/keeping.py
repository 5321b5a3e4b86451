"""What was set, kept in the store."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from auralisd.store.database import Database
from auralisd.store.settings import forget_settings, load_settings, save_settings


class StoredSettings:
    """Each call is one transaction.  Raises NotKept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> dict[str, Any]:
        return await self._database.ask(load_settings)

    async def save(self, values: Mapping[str, Any]) -> None:
        await self._database.run(partial(save_settings, dict(values)))

    async def forget(self, keys: Iterable[str]) -> None:
        await self._database.run(partial(forget_settings, tuple(keys)))
