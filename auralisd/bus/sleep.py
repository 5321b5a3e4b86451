"""Sleep: logind says on the system bus when the machine is about to be suspended, and when it is awake again."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from auralisd.bus.wire import ConnectionFailed, connect

log = logging.getLogger(__name__)

AGAIN_S = 30.0
_MANAGER = "org.freedesktop.login1.Manager"
_MEMBER = "PrepareForSleep"
_RULE = f"type='signal',sender='org.freedesktop.login1',interface='{_MANAGER}',member='{_MEMBER}'"


class Sleep:
    """`on_sleep` hears True before the machine sleeps, and False once it is awake.

    `address` is that of the system bus, None where there is none: then nobody says so, and the clocks must tell.
    """

    def __init__(self, address: str | None, on_sleep: Callable[[bool], None], *, dbus_library: str = "") -> None:
        self._address = address
        self._on_sleep = on_sleep
        self._dbus_library = dbus_library

    async def run(self) -> None:
        """Listen until cancelled; a bus that went away is waited for."""
        while self._address is not None:
            try:
                await self._listen(self._address)
            except ConnectionFailed as failure:
                log.debug("nobody says when the machine sleeps reason=%s", failure)
            await asyncio.sleep(AGAIN_S)

    async def _listen(self, address: str) -> None:
        """Until the connection ends.  Raises ConnectionFailed."""
        connection = await connect(
            address,
            self._dbus_library,
            on_call=lambda _: None,
            on_name_lost=lambda _: None,
            on_relief=lambda: None,
            on_signal=self._hear,
        )
        try:
            await connection.add_match(_RULE)
            await connection.wait_closed()
        finally:
            connection.close()

    def _hear(self, interface: str, member: str, body: list[Any]) -> None:
        if (interface, member) == (_MANAGER, _MEMBER) and body and isinstance(body[0], bool):
            self._on_sleep(body[0])
