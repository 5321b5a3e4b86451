"""The keeper of the system bus: connects, serves what comes up in order, and connects anew when it was lost."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import Final

import msgspec

from auralisd.desktop.login import MANAGER, PREPARE_FOR_SLEEP, RULES, Login
from auralisd.desktop.realtime import ask_for_realtime
from auralisd.desktop.system_bus import AskRefused, ConnectionFailed, SystemBus, connect
from auralisd.errors import RequestRefused

log = logging.getLogger(__name__)

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 300.0

PAUSED_WITHIN_S: Final = 3.0
"""logind waits five seconds at the most; whoever takes longer sleeps with the music on."""


class Around(msgspec.Struct, frozen=True):
    """What is to be done around a suspend: `before` holds it up for a moment, `after` does not hurry."""

    before: Callable[[], Awaitable[None]]
    after: Callable[[], Awaitable[None]]


# --- what comes up ----------------------------------------------------------------------------------------


class _Sleep(msgspec.Struct, frozen=True):
    begins: bool


class _Awake(msgspec.Struct, frozen=True):
    """Music begins, or has ended: see whether we want to be kept awake."""


class _Wishes(msgspec.Struct, frozen=True):
    """What is wanted of the machine is another than before."""


class _Threads(msgspec.Struct, frozen=True):
    process: int
    writer: int
    others: tuple[int, ...]
    refusal: str


class _LoginAgain(msgspec.Struct, frozen=True):
    """logind was started (anew)."""


class _Gone(msgspec.Struct, frozen=True):
    """The connection has ended."""


_News = _Sleep | _Awake | _Wishes | _Threads | _LoginAgain | _Gone


class Keeper:
    """`run` is its task.  `know` hears of capabilities: part → "", else why not.

    `naps` and `keeps_awake` are asked whenever it matters.  Without the first a suspend does not wait for us; what is
    to be done after it is done all the same.
    """

    def __init__(
        self,
        *,
        address: str,
        dbus_library: str,
        around: Around,
        naps: Callable[[], bool],
        keeps_awake: Callable[[], bool],
        know: Callable[[dict[str, str]], None],
    ) -> None:
        self._address = address
        self._dbus_library = dbus_library
        self._around = around
        self._naps = naps
        self._keeps_awake = keeps_awake
        self._know = know
        self._news: asyncio.Queue[_News] = asyncio.Queue()
        self._plays = False
        self._threads: _Threads | None = None
        self._login: Login | None = None

    def plays(self, playing: bool) -> None:
        """Music plays, or does not any more."""
        if playing != self._plays:
            self._plays = playing
            self._news.put_nowait(_Awake())

    def wishes_changed(self) -> None:
        """`naps` or `keeps_awake` answers otherwise than before."""
        if self._login is not None:  # a later connection asks anew
            self._news.put_nowait(_Wishes())

    def sound_runs(self, process: int, writer: int, others: tuple[int, ...], refusal: str) -> None:
        """Threads that want realtime priority, and precedence: the kernel gave it, or refused for this reason."""
        self._threads = _Threads(process, writer, others, refusal) if refusal else None
        if self._threads is None:
            self._know({"realtime": ""})
        else:
            self._know({"realtime": refusal})
            self._news.put_nowait(self._threads)

    async def run(self) -> None:
        """For ever; cancelled at shutdown."""
        for wait_s in _waits():
            try:
                bus = await connect(self._address, self._dbus_library, self._on_signal)
            except ConnectionFailed as failure:
                self._without(f"there is no system bus ({failure})")
                await asyncio.sleep(wait_s)
                continue
            log.info("system bus is there")
            try:
                await self._serve(bus)
            finally:
                if self._login is not None:
                    self._login.close()
                    self._login = None
                bus.close()
            await asyncio.sleep(FIRST_WAIT_S)

    # --- one connection ---------------------------------------------------------------------------

    async def _serve(self, bus: SystemBus) -> None:
        login = self._login = Login(bus)
        watching = asyncio.create_task(self._tell_end(bus), name="system bus end")
        try:
            with contextlib.suppress(AskRefused):
                for rule in RULES:
                    await bus.listen(rule)
            await self._take_inhibitors(login)
            if self._threads is not None:
                await self._ask_for_realtime(bus, self._threads)
            while not isinstance(news := await self._news.get(), _Gone):
                await self._answer(news, bus, login)
        finally:
            watching.cancel()
        log.warning("system bus lost, waiting for its return")

    async def _answer(self, news: _News, bus: SystemBus, login: Login) -> None:
        match news:
            case _Sleep(begins=True):
                if self._naps():
                    await self._fall_asleep(login)
            case _Sleep():
                await self._take_inhibitors(login)
                await self._wake_up()
            case _Awake():
                await self._settle_awake(login)
            case _Wishes() | _LoginAgain():
                await self._take_inhibitors(login)
            case _Threads():
                await self._ask_for_realtime(bus, news)
            case _Gone():
                pass

    async def _fall_asleep(self, login: Login) -> None:
        log.info("the machine falls asleep")
        try:
            async with asyncio.timeout(PAUSED_WITHIN_S):
                await self._around.before()
        except TimeoutError:
            log.warning("not paused in time for the machine to fall asleep")
        except RequestRefused as refusal:
            log.warning("not paused before the machine falls asleep reason=%s", refusal)
        finally:
            login.let_sleep()

    async def _wake_up(self) -> None:
        try:
            await self._around.after()
        except RequestRefused as refusal:
            log.warning("not played on after the machine slept reason=%s", refusal)

    async def _take_inhibitors(self, login: Login) -> None:
        refusal = "" if self._naps() else "switched off by pause_for_sleep"
        if refusal:
            login.let_sleep()
        else:
            try:
                await login.delay_sleep()
            except AskRefused as why:
                refusal = str(why)
                self._know({"keep-awake": refusal})
        self._know({"pause-for-sleep": refusal})
        await self._settle_awake(login)

    async def _settle_awake(self, login: Login) -> None:
        if not self._keeps_awake():
            login.rest()
            self._know({"keep-awake": "switched off by keep_awake"})
            return
        if not self._plays:
            login.rest()
            return
        try:
            await login.keep_awake()
        except AskRefused as why:
            self._know({"keep-awake": str(why)})
        else:
            self._know({"keep-awake": ""})

    async def _ask_for_realtime(self, bus: SystemBus, asking: _Threads) -> None:
        try:
            await ask_for_realtime(bus, asking.process, asking.writer, asking.others)
        except AskRefused as why:
            self._know({"realtime": f"{asking.refusal}; {why}"})
        else:
            self._know({"realtime": ""})

    # --- news -------------------------------------------------------------------------------------

    def _on_signal(self, interface: str, member: str, arguments: list[object]) -> None:
        if (interface, member) == (MANAGER, PREPARE_FOR_SLEEP):
            self._news.put_nowait(_Sleep(bool(arguments[0])))
        elif member == "NameOwnerChanged" and arguments[2]:
            self._news.put_nowait(_LoginAgain())

    async def _tell_end(self, bus: SystemBus) -> None:
        await bus.wait_closed()
        self._news.put_nowait(_Gone())

    def _without(self, reason: str) -> None:
        missing = {"pause-for-sleep": reason, "keep-awake": reason}
        if self._threads is not None:
            missing["realtime"] = f"{self._threads.refusal}; {reason}"
        self._know(missing)


def _waits() -> Iterator[float]:
    """Longer and longer: where there is no system bus, there will hardly be one soon."""
    wait_s = FIRST_WAIT_S
    while True:
        yield wait_s
        wait_s = min(2 * wait_s, LONGEST_WAIT_S)
