"""The outbox: bytes on their way to the bus daemon.

Both D-Bus libraries end the connection when the daemon is slow to read (EAGAIN taken for a failure), so
neither writes for us: this takes the place of their writer.  It also counts, so that whoever speaks unasked
can fall silent before memory grows.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from typing import Any

HIGH_WATER_BYTES = 256 * 1024
LOW_WATER_BYTES = 16 * 1024


Packet = bytes
"""One message as it goes over the wire."""


class Outbox:
    """`on_relief` is called when a congested outbox has emptied; `on_broken` once, when the socket fails."""

    def __init__(
        self, connection: socket.socket, *, on_relief: Callable[[], None], on_broken: Callable[[Exception], None]
    ) -> None:
        self._socket = connection
        self._on_relief = on_relief
        self._on_broken = on_broken
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[memoryview, asyncio.Future[None] | None]] = deque()
        self._armed = False
        self._closed = False
        self.queued_bytes = 0
        self.congested = False

    def schedule_write(self, msg: Any = None, future: asyncio.Future[None] | None = None) -> None:
        """Queue one message of the library; its name and shape are those of the writer it replaces.

        Raises what the library raises for a message it cannot marshal; then nothing was queued.
        """
        if msg is not None:
            self.put(Packet(msg._marshall(False)), future)

    def put(self, packet: Packet, future: asyncio.Future[None] | None = None) -> None:
        """Queue one message; a closed outbox forgets it."""
        if self._closed:
            return
        self._waiting.append((memoryview(packet), future))
        self.queued_bytes += len(packet)
        self.congested = self.congested or self.queued_bytes > HIGH_WATER_BYTES
        if not self._armed:
            self._write()

    def close(self) -> None:
        """Forget what was not sent."""
        self._closed = True
        self._disarm()
        self._waiting.clear()

    def _write(self) -> None:
        try:
            while self._waiting:
                self._write_some()
        except BlockingIOError:
            self._arm()
        except OSError as failure:
            self.close()
            self._on_broken(failure)
        else:
            self._disarm()

    def _write_some(self) -> None:
        packet, future = self._waiting[0]
        sent = self._socket.send(packet)
        self.queued_bytes -= sent
        if sent < len(packet):
            self._waiting[0] = packet[sent:], future
        else:
            self._waiting.popleft()
            if future is not None and not future.done():
                future.set_result(None)
        if self.congested and self.queued_bytes < LOW_WATER_BYTES:
            self.congested = False
            self._loop.call_soon(self._on_relief)

    def _arm(self) -> None:
        if not self._armed:
            self._armed = True
            self._loop.add_writer(self._socket.fileno(), self._write)

    def _disarm(self) -> None:
        if self._armed:
            self._armed = False
            self._loop.remove_writer(self._socket.fileno())
