"""The link and the clock: what crosses a process border arrives whole, typed and in order."""

import asyncio
import os
import socket
import threading

import msgspec
import pytest

from auralisd.doors import sound
from auralisd.doors.async_link import connect
from auralisd.doors.clock import NOTHING_HEARD, ClockReader, ClockWriter, Heard, frame_now, make_clock
from auralisd.doors.link import Link


def a_pair() -> tuple[Link[sound.Order, sound.Report], socket.socket]:
    ours, theirs = socket.socketpair()
    return Link(theirs, sound.Order), ours


async def test_messages_arrive_in_order_and_equal() -> None:
    child, connection = a_pair()
    control = await connect(connection, sound.Report)
    orders = [sound.Start(1, sound.Stream(1, 2, b"\xff\n.flac", start_frame=7), True), sound.Hold(), sound.Quit()]
    for order in orders:
        control.send(order)

    received = [await asyncio.to_thread(child.receive) for _ in orders]

    assert received == orders
    control.close()
    child.close()


async def test_a_message_larger_than_a_socket_buffer_arrives_whole() -> None:
    child, connection = a_pair()
    control = await connect(connection, sound.Report)
    told = sound.Ready({f"part-{number}": "x" * 1000 for number in range(2000)})
    sender = threading.Thread(target=child.send, args=(told,))
    sender.start()

    assert await control.receive() == told
    sender.join()
    control.close()
    child.close()


async def test_the_end_of_the_other_side_is_an_end_of_file() -> None:
    child, connection = a_pair()
    control = await connect(connection, sound.Report)
    child.close()

    with pytest.raises(EOFError):
        await control.receive()
    control.close()


async def test_a_word_of_another_door_is_refused() -> None:
    child, connection = a_pair()
    control = await connect(connection, sound.Report)
    control.send(sound.Ready({}))  # a report, where orders are expected

    with pytest.raises(msgspec.ValidationError):
        await asyncio.to_thread(child.receive)
    control.close()
    child.close()


@pytest.fixture
def clock() -> tuple[ClockWriter, ClockReader]:
    fd = make_clock()
    pair = ClockWriter(fd), ClockReader(fd)
    os.close(fd)
    return pair


def test_the_clock_says_nothing_before_the_first_frame(clock: tuple[ClockWriter, ClockReader]) -> None:
    assert clock[1].read() == NOTHING_HEARD


def test_the_clock_reads_what_was_published(clock: tuple[ClockWriter, ClockReader]) -> None:
    heard = Heard(3, 7, 96_000, 2**40, 123, 2**40 + 9, True)
    clock[0].publish(heard)

    assert clock[1].read() == heard


def test_a_reader_never_sees_half_of_two_entries(clock: tuple[ClockWriter, ClockReader]) -> None:
    writer, reader = clock
    done = threading.Event()

    def publish() -> None:
        for number in range(20_000):
            writer.publish(Heard(number, number, number, number, number, number, True))
        done.set()

    thread = threading.Thread(target=publish)
    thread.start()
    while not done.is_set():
        heard = reader.read()
        assert len(set(heard[:6])) == 1
    thread.join()


@pytest.mark.parametrize(
    ("running", "passed_ns", "frame"),
    [
        (True, 0, 100),
        (True, 500_000_000, 150),
        (True, 5_000_000_000, 200),
        (False, 5_000_000_000, 100),
        (True, -9, 100),
    ],
)
def test_the_position_moves_only_while_running_and_never_past_what_the_device_was_given(
    running: bool, passed_ns: int, frame: int
) -> None:
    heard = Heard(1, 1, 100, 100, 10**9, 200, running)

    assert frame_now(heard, 10**9 + passed_ns) == frame
