"""Login: our inhibitors at logind.

A `delay` inhibitor holds a suspend back until the music was paused (logind waits some seconds, no longer); a `block`
inhibitor, while music plays, keeps the machine from falling asleep of itself.  Closing the lid and asking for a suspend
outright are not held up by it.
"""

from typing import Final

from auralisd.desktop.system_bus import AskRefused, SystemBus, close_descriptor

NAME: Final = "org.freedesktop.login1"
PATH: Final = "/org/freedesktop/login1"
MANAGER: Final = "org.freedesktop.login1.Manager"
PREPARE_FOR_SLEEP: Final = "PrepareForSleep"

RULES: Final = (
    f"type='signal',sender='{NAME}',path='{PATH}',interface='{MANAGER}',member='{PREPARE_FOR_SLEEP}'",
    f"type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='{NAME}'",
)
"""What is listened for: a suspend that begins or is over, and a logind that comes or goes."""


class Login:
    """Of one connection.  Each inhibitor is a descriptor of ours: closing it releases it, and so does our death."""

    def __init__(self, bus: SystemBus) -> None:
        self._bus = bus
        self._delay: int | None = None
        self._block: int | None = None

    async def delay_sleep(self) -> None:
        """From now on a suspend waits for `let_sleep`.  Raises AskRefused."""
        taken = await self._inhibit("sleep", "Pauses the music first", "delay")
        self.let_sleep()
        self._delay = taken

    def let_sleep(self) -> None:
        close_descriptor(self._delay)
        self._delay = None

    async def keep_awake(self) -> None:
        """Raises AskRefused, as logind does where the user's session is not the active one."""
        if self._block is None:
            self._block = await self._inhibit("idle:sleep", "Plays music", "block")

    def rest(self) -> None:
        close_descriptor(self._block)
        self._block = None

    def close(self) -> None:
        self.let_sleep()
        self.rest()

    async def _inhibit(self, what: str, why: str, mode: str) -> int:
        (descriptor,) = await self._bus.ask(NAME, PATH, MANAGER, "Inhibit", "ssss", what, "auralisd", why, mode)
        if not isinstance(descriptor, int):
            raise AskRefused(f"{NAME} answers no inhibitor")
        return descriptor
