"""Bus names: which we own, on one connection."""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

log = logging.getLogger(__name__)

MPRIS_NAME = "org.mpris.MediaPlayer2.auralis"
OUR_NAME = "org.auralis.Auralis1"


class Registry(Protocol):
    """Who gives names out: a `wire.Connection`."""

    async def request_name(self, name: str) -> bool: ...

    async def release_name(self, name: str) -> None: ...


class Names:
    """Owns `org.auralis.Auralis1`, and one MPRIS name while we are to be seen as a player.

    Another instance keeps what it has: then our MPRIS name ends in `.instance<pid>`, as MPRIS 2.2 wants it, and
    `org.auralis.Auralis1` stays with the other.
    """

    def __init__(self, registry: Registry, pid: int) -> None:
        self._registry = registry
        self._pid = pid
        self._mpris = ""
        self._ours = False
        self._one_at_a_time = asyncio.Lock()

    async def settle(self, as_player: Callable[[], bool]) -> None:
        """Own what is to be owned; `as_player` says whether that includes an MPRIS name."""
        async with self._one_at_a_time:
            if not as_player():
                await self._release_mpris()
            elif not self._mpris:
                self._mpris = await self._first_free((MPRIS_NAME, f"{MPRIS_NAME}.instance{self._pid}"))
            if not self._ours:
                self._ours = await self._first_free((OUR_NAME,)) == OUR_NAME

    async def release(self) -> None:
        """Give everything back, the MPRIS name first: a client's stray call shall not start us again."""
        async with self._one_at_a_time:
            await self._release_mpris()
            if self._ours:
                self._ours = False
                await self._registry.release_name(OUR_NAME)

    def lost(self, name: str) -> bool:
        """The bus took a name away; True when it was not we who gave it back."""
        if name == self._mpris:
            self._mpris = ""
        elif name == OUR_NAME and self._ours:
            self._ours = False
        else:
            return False
        log.warning("bus name lost name=%s", name)
        return True

    async def _release_mpris(self) -> None:
        if self._mpris:
            name, self._mpris = self._mpris, ""
            await self._registry.release_name(name)

    async def _first_free(self, names: tuple[str, ...]) -> str:
        for name in names:
            if await self._registry.request_name(name):
                log.info("bus name owned name=%s", name)
                return name
            log.warning("bus name belongs to another instance name=%s", name)
        return ""
