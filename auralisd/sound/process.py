"""The sound process: its threads, and the orders of control handed to the one they concern."""

import contextlib
import logging
import os
import threading
from functools import partial
from typing import Final, NoReturn

from auralisd.doors.clock import ClockWriter
from auralisd.doors.link import Link
from auralisd.doors.sound import (
    AskCache,
    AskMeters,
    ChooseOutput,
    Halt,
    Hold,
    Order,
    Ping,
    QueueNext,
    Quit,
    Ready,
    Release,
    Report,
    Revise,
    SetLogLevel,
    SetVolume,
    Start,
    ThreadsRun,
)
from auralisd.output.choose import choose_output
from auralisd.sound.cache import DEFAULT_BUDGET_BYTES, ChunkCache
from auralisd.sound.orders import Announced, RoomFound
from auralisd.sound.realtime import take_priority
from auralisd.sound.renderer import Renderer
from auralisd.sound.ring import FrameRing
from auralisd.sound.teller import Teller
from auralisd.sound.writer import Writer
from auralisd.threads import NamedThread

log = logging.getLogger(__name__)

DEAD_THREAD_STATUS: Final = 70
"""EX_SOFTWARE: a thread died of a fault of ours; control starts the process again."""

LEAVING_S: Final = 0.2


class SoundProcess:
    """One link, one clock, one output by its spec; `cache_bytes` is the memory for sound that may be heard again."""

    def __init__(
        self,
        link: Link[Order, Report],
        clock: ClockWriter,
        output: str,
        *,
        mixer: str = "software",
        cache_bytes: int = DEFAULT_BUDGET_BYTES,
    ) -> None:
        self._link = link
        choose = partial(choose_output, mixer=mixer)
        ring = FrameRing(on_room=lambda: self._renderer.inbox.put(RoomFound()))
        self._teller = Teller(self._send)
        self._writer = Writer(
            choose(output),
            ring,
            clock=clock,
            report=self._teller.tell,
            on_rate=lambda given: self._renderer.inbox.put(given),
            choose=choose,
        )
        self._renderer = Renderer(
            ring,
            cache=ChunkCache(cache_bytes),
            report=self._teller.tell,
            to_writer=self._writer.inbox.put,
            heard=lambda: self._writer.heard,
        )

    def run(self, capabilities: dict[str, str]) -> NoReturn:
        """Until Quit, or until control is gone; ends the process."""
        threads = (
            NamedThread("render", self._renderer.run, _die),
            NamedThread("writer", self._writer.run, _die),
            NamedThread("teller", self._teller.run, _die),
        )
        self._teller.tell(Ready(capabilities))  # before any other report
        for thread in threads:
            thread.start()
        self._take_priority(*(thread.native_id for thread in threads))
        order: Order = Quit()
        with contextlib.suppress(EOFError, ConnectionError):  # control is gone: the same as Quit
            while not isinstance(order := self._link.receive(), Quit):
                self._hand_on(order)
        self._renderer.inbox.put(Quit())
        self._writer.inbox.put(Quit())
        # The device is dropped and closed by its own thread; one that hangs is not waited for.
        threads[1].join(LEAVING_S)
        self._teller.stop()
        threads[2].join(LEAVING_S)
        leave(0)

    def _take_priority(self, render: int, writer: int, teller: int) -> None:
        others = (threading.get_native_id(), render, teller)
        self._teller.tell(ThreadsRun(os.getpid(), writer, others, take_priority(writer, others)))

    def _hand_on(self, order: Order) -> None:
        match order:
            case Start(stream=stream) if stream.overlap_s > 0.0:
                # What sounds is not dropped: the render thread tells the writer what becomes of it.
                self._writer.inbox.put(Announced(order.playing))
                self._renderer.inbox.put(order)
            case Start() | Halt():
                # The writer first: it is silent at once, whatever the render thread is busy with.
                self._writer.inbox.put(order)
                self._renderer.inbox.put(order)
            case Hold() | Release() | SetVolume() | ChooseOutput() | Ping():
                self._writer.inbox.put(order)
            case QueueNext() | Revise() | AskMeters() | AskCache():
                self._renderer.inbox.put(order)
            case SetLogLevel(level):
                logging.getLogger().setLevel(level)
            case Quit():
                pass

    def _send(self, report: Report) -> None:
        with contextlib.suppress(OSError):  # control is gone: `run` meets the end of the link and leaves
            self._link.send(report)


def _die(_name: str, _death: BaseException) -> None:
    """A process that lost a thread would play on half dead: it ends, and control starts another."""
    leave(DEAD_THREAD_STATUS)


def leave(status: int) -> NoReturn:
    """End now.  The interpreter's own end would pull the ground from under a thread that is still in a decoder or a
    transform, which aborts the process."""
    logging.shutdown()
    os._exit(status)
