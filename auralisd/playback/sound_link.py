"""SoundLink: the sound process, started when there is something to do and ended when there is not.

Owns   the child process, its link and the clock block (which outlives the process: after a death it still says which
       frame was heard last).
Takes  orders.  Gives reports, in order, and one call when the process has died by itself.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

from auralisd.doors.async_link import AsyncLink
from auralisd.doors.child import start_child
from auralisd.doors.clock import ClockReader, Heard, make_clock
from auralisd.doors.sound import ChooseOutput, DeviceState, Order, Ping, Pong, Quit, Ready, Report, SetLogLevel
from auralisd.playback.attention import Attention
from auralisd.supervise import Supervisor

log = logging.getLogger(__name__)

READY_WITHIN_S: Final = 15.0
"""A sound process that does not say by then that it can take orders never will: it is ended, which is a death."""


class SoundChild(Protocol):
    """A sound process: a `Child`."""

    @property
    def link(self) -> AsyncLink[Any, Any]: ...

    async def wait(self) -> int: ...

    async def end(self) -> None: ...


SoundStarter = Callable[[int, str], Awaitable[SoundChild]]
"""Takes the descriptor of the clock block and the output's name."""


async def start_sound(clock_fd: int, output: str, *, cache_mb: int = 64, mixer: str = "software") -> SoundChild:
    """A sound process; `cache_mb` is its memory for finished sound, `mixer` is `software` or `hardware`.

    It logs what we do."""
    arguments = (str(clock_fd), output, str(cache_mb), mixer, str(logging.getLogger().level))
    return await start_child("auralisd.sound", Report, arguments=arguments, inherit=(clock_fd,))


class SoundLink:
    """Orders sent while no process runs start one; they reach it as soon as it listens."""

    def __init__(
        self,
        *,
        output: str,
        greeting: Callable[[], tuple[Order, ...]],
        on_report: Callable[[Report], None],
        on_death: Callable[[bool], None],
        on_replaced: Callable[[], None],
        supervisor: Supervisor,
        start: SoundStarter,
        ready_within_s: float = READY_WITHIN_S,
    ) -> None:
        """`greeting` gives the orders that every new process must hear first (volume).

        `on_death` is told whether the process had ever been ready; `on_replaced` that one was ended because it hangs.
        """
        self._output = output
        self._greeting = greeting
        self._on_report = on_report
        self._on_death = on_death
        self._on_replaced = on_replaced
        self._supervisor = supervisor
        self._start = start
        self._ready_within_s = ready_within_s
        self._clock_fd = make_clock()
        self._clock = ClockReader(self._clock_fd)
        self._child: SoundChild | None = None
        self._starting = asyncio.Lock()
        self._attention = Attention()
        self._device = DeviceState("closed", "")

    @property
    def running(self) -> bool:
        return self._child is not None

    def heard(self) -> Heard:
        """The clock, read now."""
        return self._clock.read()

    async def send(self, order: Order) -> None:
        """Hand an order over, starting the process if there is none."""
        (await self._ensure()).link.send(order)

    def send_if_running(self, order: Order) -> None:
        """Hand an order over; a process that starts later learns it from its greeting."""
        if self._child is not None:
            self._child.link.send(order)

    def choose(self, output: str) -> None:
        """Go on on another output; a process that hangs with the old one is left behind."""
        self._output = output
        if self._attention.silent:
            self._replace()
        else:
            self.send_if_running(ChooseOutput(output))

    def log_as_we_do(self) -> None:
        self.send_if_running(SetLogLevel(logging.getLogger().level))

    def attend(self) -> None:
        """See whether the process answers, and ask it anew; to be called every now and then while something plays.

        One that does not is told as a lost device, until it is there again.
        """
        if self._child is None:
            return
        now_s = asyncio.get_running_loop().time()
        if self._attention.falls_silent(now_s):
            log.warning("sound process does not answer device=%s", self._device.device)
            note = "the sound device or its server does not answer"
            self._on_report(DeviceState("lost", self._device.device, code="hung", note=note))
        if self._attention.is_hopeless(now_s):
            self._replace()
        elif (request := self._attention.question(now_s)) is not None:
            self._child.link.send(Ping(request))

    async def end(self) -> None:
        """End the process, if there is one; this is not told as a death."""
        child, self._child = self._child, None
        self._attention.begin()
        if child is not None:
            child.link.send(Quit())
            await child.end()

    def leave(self) -> None:
        """Leave a process that hangs to its end, which may take long; the next order starts another."""
        child, self._child = self._child, None
        self._attention.begin()
        if child is not None:
            log.warning("sound process is left behind")
            self._supervisor.start("sound process that hangs", child.end())

    def _replace(self) -> None:
        self.leave()
        self._on_replaced()

    async def _ensure(self) -> SoundChild:
        async with self._starting:
            if self._child is None:
                self._child = await self._start(self._clock_fd, self._output)
                for order in self._greeting():
                    self._child.link.send(order)
                self._supervisor.start("sound-reports", self._listen(self._child))
            return self._child

    async def _listen(self, child: SoundChild) -> None:
        was_ready = await self._hear_ready(child)
        while was_ready:
            try:
                report = await child.link.receive()
            except EOFError:
                break
            if child is self._child:
                self._heard(report)
        status = await child.wait()
        if child is self._child:
            self._child = None
            self._attention.begin()
            log.error("sound process died status=%d", status)
            self._on_death(was_ready)

    def _heard(self, report: Report) -> None:
        match report:
            case Pong(request):
                if self._attention.answered(request):
                    log.info("sound process answers again")
                    self._on_report(self._device)  # what it told last is true again
                return
            case Ready():
                self._attention.ready()
            case DeviceState():
                self._device = report
            case _:
                pass
        self._on_report(report)

    async def _hear_ready(self, child: SoundChild) -> bool:
        """Its first report, which is that it can take orders; False when it died, or does not say so in time."""
        try:
            async with asyncio.timeout(self._ready_within_s):
                report = await child.link.receive()
        except EOFError:
            return False
        except TimeoutError:
            log.warning("sound process is not ready within_s=%.1f", self._ready_within_s)
            await child.end()
            return False
        if child is self._child:
            self._heard(report)
        return True
