"""RealtimeKit: asked to give a thread of ours realtime priority, where the kernel did not let it take it by itself."""

from typing import Final

from auralisd.desktop.system_bus import SystemBus

NAME: Final = "org.freedesktop.RealtimeKit1"
PATH: Final = "/org/freedesktop/RealtimeKit1"

WANTED_PRIORITY: Final = 10
"""Above what is not realtime is all that is needed."""


async def ask_for_realtime(bus: SystemBus, process: int, thread: int) -> None:
    """Raises AskRefused."""
    (most,) = await bus.ask(NAME, PATH, "org.freedesktop.DBus.Properties", "Get", "ss", NAME, "MaxRealtimePriority")
    priority = max(1, min(WANTED_PRIORITY, int(most)))
    await bus.ask(NAME, PATH, NAME, "MakeThreadRealtimeWithPID", "ttu", process, thread, priority)
