"""The system bus, from which we ask and at which we listen.  We own no name there and answer nobody."""

import asyncio
import contextlib
import os
from collections.abc import Callable
from typing import Any, Final

from auralisd.bus.opening import ConnectionFailed, close_bus, load_library, open_bus

ANSWER_WITHIN_S: Final = 5.0
"""Who does not answer by then will not."""

OnSignal = Callable[[str, str, list[Any]], None]
"""Takes interface, member and arguments of a signal."""


class AskRefused(Exception):
    """There is nobody by that name, or it does not want to; the text says which."""


class SystemBus:
    """One connection, from `connect` until `wait_closed`."""

    def __init__(self, library: Any, bus: Any, on_signal: OnSignal) -> None:
        self._library = library
        self._bus = bus
        self._on_signal = on_signal
        bus.add_message_handler(self._take)

    async def ask(
        self, name: str, path: str, interface: str, member: str, signature: str = "", *arguments: Any
    ) -> list[Any]:
        """What a service answers; a descriptor in it is ours to close.  Raises AskRefused."""
        message = self._library.Message(
            destination=name,
            path=path,
            interface=interface,
            member=member,
            signature=signature,
            body=list(arguments),
        )
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                reply = await self._bus.call(message)
        except TimeoutError:
            raise AskRefused(f"{name} does not answer") from None
        except Exception as failure:  # the border: whatever a library raises, there is no answer
            raise AskRefused(f"{name} cannot be asked ({type(failure).__name__})") from failure
        if reply is None:  # the connection was closed meanwhile
            raise AskRefused("the system bus is gone")
        if reply.message_type is self._library.MessageType.ERROR:
            raise AskRefused(f"{name} refuses ({reply.error_name.rpartition('.')[2]})")
        return [self._plain(value, reply.unix_fds) for value in reply.body]

    async def listen(self, rule: str) -> None:
        """Have the signals of that match rule handed to `on_signal`.  Raises AskRefused."""
        bus = "org.freedesktop.DBus"
        await self.ask(bus, "/org/freedesktop/DBus", bus, "AddMatch", "s", rule)

    async def wait_closed(self) -> None:
        """Return when the connection has ended."""
        # The border: whatever a library raises, the connection is gone.
        with contextlib.suppress(Exception):
            await self._bus.wait_for_disconnect()

    def close(self) -> None:
        close_bus(self._bus)

    def _take(self, message: Any) -> bool:
        if message.message_type is self._library.MessageType.SIGNAL:
            self._on_signal(message.interface or "", message.member or "", list(message.body))
        return False

    def _plain(self, value: Any, descriptors: list[int]) -> Any:
        """Without the library's variants; an index into the descriptors that came along is what it stands for."""
        value = getattr(value, "value", value)
        return value if not descriptors or not isinstance(value, int) else descriptors[value]


async def connect(address: str, dbus_library: str, on_signal: OnSignal) -> SystemBus:
    """Connect to the bus at that address.  Raises ConnectionFailed."""
    library = load_library(dbus_library)
    return SystemBus(library, await open_bus(library, address, with_descriptors=True), on_signal)


def close_descriptor(descriptor: int | None) -> None:
    if descriptor is not None:
        with contextlib.suppress(OSError):
            os.close(descriptor)


__all__ = ["AskRefused", "ConnectionFailed", "OnSignal", "SystemBus", "close_descriptor", "connect"]
