"""RealtimeKit: asked to give threads of ours priority, where the kernel did not let it take it by itself."""

from collections.abc import Iterable
from typing import Final

from auralisd.desktop.system_bus import SystemBus
from auralisd.doors.sound import NICENESS, REALTIME_PRIORITY

NAME: Final = "org.freedesktop.RealtimeKit1"
PATH: Final = "/org/freedesktop/RealtimeKit1"


async def ask_for_realtime(bus: SystemBus, process: int, writer: int, others: Iterable[int]) -> None:
    """Realtime priority for the writer thread, and precedence for those it may have to wait for.  Raises AskRefused."""
    priority = max(1, min(REALTIME_PRIORITY, await _bound(bus, "MaxRealtimePriority")))
    await bus.ask(NAME, PATH, NAME, "MakeThreadRealtimeWithPID", "ttu", process, writer, priority)
    niceness = max(NICENESS, await _bound(bus, "MinNiceLevel"))
    for thread in others:
        await bus.ask(NAME, PATH, NAME, "MakeThreadHighPriorityWithPID", "tti", process, thread, niceness)


async def _bound(bus: SystemBus, of_what: str) -> int:
    (bound,) = await bus.ask(NAME, PATH, "org.freedesktop.DBus.Properties", "Get", "ss", NAME, of_what)
    return int(bound)
