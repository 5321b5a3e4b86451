"""What the bus needs of others, and nothing more: their shapes."""

from typing import Any, Protocol

from auralisd.doors.sound import MetersRead
from auralisd.library.asking import Library
from auralisd.playback.commands import Command
from auralisd.playback.snapshot import Snapshot

__all__ = ["HealthPort", "Library", "PlayerPort", "Work"]


class PlayerPort(Protocol):
    """The player: what it is like now, and a way to ask it for something."""

    @property
    def snapshot(self) -> Snapshot: ...

    def position_us(self) -> int:
        """Where the current track is heard now; 0 while stopped."""
        ...

    async def meters(self) -> MetersRead | None:
        """The meters at the frame that is heard; None when no sound process tells them."""
        ...

    async def ask(self, command: Command) -> tuple[int, ...]:
        """Carry out one command; returns when the new state is in force.

        Answers the new entry ids of commands that make some, else ().  Raises a RequestRefused, and then
        nothing has changed.
        """
        ...


class HealthPort(Protocol):
    """How the daemon is."""

    @property
    def faults(self) -> tuple[str, ...]:
        """Codes of what is wrong now."""
        ...

    @property
    def capabilities(self) -> dict[str, str]:
        """Optional part -> "" when it is available, else why it is not."""
        ...


class Work(Protocol):
    """The supervisor, as far as the bus needs it: somebody who holds on to tasks."""

    def start(self, name: str, work: Any) -> Any: ...
