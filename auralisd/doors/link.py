"""The link: frozen messages over a stream socket, each behind its length, validated by type on arrival.

`Link` is the blocking end (sound and worker processes); `AsyncLink` is control's end, on the event loop.
Both raise `EOFError` when the other side is gone.
"""

import asyncio
import socket
import struct
import threading
from typing import Any, Generic, TypeVar

import msgspec

In = TypeVar("In")
Out = TypeVar("Out")

_LENGTH = struct.Struct("<I")
_MAX_MESSAGE_BYTES = 64 * 1024 * 1024


class Codec(Generic[In, Out]):
    """Bytes of one door: `incoming` is the union of message types this side accepts."""

    def __init__(self, incoming: Any) -> None:
        self._decoder: msgspec.msgpack.Decoder[In] = msgspec.msgpack.Decoder(incoming)
        self._encoder = msgspec.msgpack.Encoder()

    def encode(self, message: Out) -> bytes:
        body = self._encoder.encode(message)
        return _LENGTH.pack(len(body)) + body

    def decode(self, body: bytes) -> In:
        return self._decoder.decode(body)


class Link(Generic[In, Out]):
    """The blocking end.  One thread receives; any thread may send."""

    def __init__(self, connection: socket.socket, incoming: Any) -> None:
        self._socket = connection
        self._codec: Codec[In, Out] = Codec(incoming)
        self._sending = threading.Lock()

    def send(self, message: Out) -> None:
        """Hand one message over; blocks only while the other side does not read."""
        packet = self._codec.encode(message)
        with self._sending:
            self._socket.sendall(packet)

    def receive(self) -> In:
        """The next message; blocks until there is one."""
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size))
        return self._codec.decode(self._exactly(length))

    def close(self) -> None:
        self._socket.close()

    def _exactly(self, count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            part = self._socket.recv(count - len(parts))
            if not part:
                raise EOFError("the other side of the link is gone")
            parts += part
        return bytes(parts)


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
            (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
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
