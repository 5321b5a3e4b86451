"""Control's end of the link, on the event loop."""

import asyncio
import socket
from typing import Any, Generic

from auralisd.doors.link import LENGTH, Codec, In, Out

_MAX_MESSAGE_BYTES = 64 * 1024 * 1024


class AsyncLink(Generic[In, Out]):
    """Control's end.  One task receives; sending never waits (the kernel and asyncio buffer it)."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, incoming: Any) -> None:
        self._reader = reader
        self._writer = writer
        self._codec: Codec[In, Out] = Codec(incoming)

    def send(self, message: Out) -> None:
        self._writer.write(self._codec.encode(message))

    async def receive(self) -> In:
        try:
            (length,) = LENGTH.unpack(await self._reader.readexactly(LENGTH.size))
            return self._codec.decode(await self._reader.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError) as gone:
            raise EOFError("the other side of the link is gone") from gone

    async def drain(self) -> None:
        """Wait until the other side has taken most of what was sent."""
        await self._writer.drain()

    def close(self) -> None:
        self._writer.close()


async def connect(connection: socket.socket, incoming: Any) -> AsyncLink[Any, Any]:
    """Wrap control's end of a socket pair."""
    connection.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=connection, limit=_MAX_MESSAGE_BYTES)
    return AsyncLink(reader, writer, incoming)
