import asyncio
import socket
from collections.abc import Iterator

import pytest

from auralisd.bus.outbox import HIGH_WATER_BYTES, LOW_WATER_BYTES, Outbox


class Packet:
    """A message of the D-Bus libraries, as far as their writers use it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def _marshall(self, negotiate_unix_fd: bool) -> bytes:
        assert not negotiate_unix_fd
        return self._content


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
    yield ours, theirs
    ours.close()
    theirs.close()


async def read_all(theirs: socket.socket, count: int) -> bytes:
    read = bytearray()
    async with asyncio.timeout(10):
        while len(read) < count:
            read += await asyncio.get_running_loop().sock_recv(theirs, 65536)
    return bytes(read)


def unexpected(failure: Exception) -> None:
    raise AssertionError(failure)


async def test_a_reader_that_sleeps_loses_nothing_and_keeps_the_order(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    relieved = asyncio.Event()
    outbox = Outbox(pair[0], on_relief=relieved.set, on_broken=unexpected)
    packets = [n.to_bytes(4, "big") * 64 for n in range(5000)]
    for packet in packets:
        outbox.schedule_write(Packet(packet))

    assert outbox.congested
    assert outbox.queued_bytes > HIGH_WATER_BYTES
    assert await read_all(pair[1], 256 * 5000) == b"".join(packets)
    await relieved.wait()
    assert (outbox.congested, outbox.queued_bytes) == (False, 0)


async def test_relief_comes_only_once_it_is_nearly_empty(pair: tuple[socket.socket, socket.socket]) -> None:
    left: list[int] = []
    outbox = Outbox(pair[0], on_relief=lambda: left.append(outbox.queued_bytes), on_broken=unexpected)
    outbox.schedule_write(Packet(bytes(4 * HIGH_WATER_BYTES)))
    await read_all(pair[1], 4 * HIGH_WATER_BYTES)
    await asyncio.sleep(0.01)

    assert len(left) == 1
    assert left[0] < LOW_WATER_BYTES


async def test_an_idle_outbox_does_not_watch_its_socket(pair: tuple[socket.socket, socket.socket]) -> None:
    outbox = Outbox(pair[0], on_relief=lambda: None, on_broken=unexpected)
    outbox.schedule_write(Packet(bytes(HIGH_WATER_BYTES)))
    await read_all(pair[1], HIGH_WATER_BYTES)
    await asyncio.sleep(0.01)

    assert not asyncio.get_running_loop().remove_writer(pair[0].fileno())


async def test_a_broken_socket_is_told_once_and_swallows_the_rest(pair: tuple[socket.socket, socket.socket]) -> None:
    broken: list[Exception] = []
    outbox = Outbox(pair[0], on_relief=lambda: None, on_broken=broken.append)
    pair[1].close()
    outbox.schedule_write(Packet(b"one"))
    outbox.schedule_write(Packet(b"two"))

    assert [type(failure) for failure in broken] == [BrokenPipeError]


async def test_the_future_of_a_message_is_done_when_it_is_sent(pair: tuple[socket.socket, socket.socket]) -> None:
    outbox = Outbox(pair[0], on_relief=lambda: None, on_broken=unexpected)
    sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    outbox.schedule_write(Packet(b"x"), sent)

    await asyncio.wait_for(sent, 1)
