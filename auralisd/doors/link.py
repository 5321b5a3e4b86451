"""The link: frozen messages over a stream socket, each behind its length, validated by type on arrival.

`Link` is the blocking end, for sound and worker processes: they start in a hurry and do without asyncio.  Control's end
is `async_link`.  Both raise `EOFError` when the other side is gone.
"""

import socket
import struct
import threading
from typing import Any, Generic, TypeVar

import msgspec

In = TypeVar("In")
Out = TypeVar("Out")

LENGTH = struct.Struct("<I")


class Codec(Generic[In, Out]):
    """Bytes of one door: `incoming` is the union of message types this side accepts."""

    def __init__(self, incoming: Any) -> None:
        self._decoder: msgspec.msgpack.Decoder[In] = msgspec.msgpack.Decoder(incoming)
        self._encoder = msgspec.msgpack.Encoder()

    def encode(self, message: Out) -> bytes:
        body = self._encoder.encode(message)
        return LENGTH.pack(len(body)) + body

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
        (length,) = LENGTH.unpack(self._exactly(LENGTH.size))
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
