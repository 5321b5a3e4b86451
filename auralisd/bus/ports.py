"""What the bus needs of others, and nothing more: their shapes."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from auralisd.config_file import Described, FileConfig
from auralisd.doors.sound import CacheRead, MetersRead
from auralisd.jobs.job import Job
from auralisd.library.asking import Library
from auralisd.playback.commands import Command
from auralisd.playback.devices import Device
from auralisd.playback.snapshot import Snapshot

__all__ = [
    "Described",
    "DevicesPort",
    "HealthPort",
    "JobsPort",
    "Library",
    "LogPort",
    "PlayerPort",
    "SettingsPort",
    "Work",
]


class PlayerPort(Protocol):
    """The player: what it is like now, and a way to ask it for something."""

    @property
    def snapshot(self) -> Snapshot: ...

    def position_us(self) -> int:
        """Where the current track is heard now; 0 while stopped."""
        ...

    def buffered_s(self) -> float:
        """How much sound is rendered ahead of the ear."""
        ...

    def sleep_left_s(self) -> float:
        """How long until the sleep timer pauses; 0 while it is off."""
        ...

    async def meters(self) -> MetersRead | None:
        """The meters at the frame that is heard; None when no sound process tells them."""
        ...

    async def cache(self, *, clear: bool = False, track: int = 0) -> CacheRead | None:
        """What of one track or (0) of all is kept rendered; `clear` forgets it first.

        None when no sound process tells; where none runs, nothing is kept.
        """
        ...

    async def ask(self, command: Command) -> tuple[int, ...]:
        """Carry out one command; returns when the new state is in force.

        Answers the new entry ids of commands that make some, else ().  Raises a RequestRefused, and then
        nothing has changed.
        """
        ...


class DevicesPort(Protocol):
    """The sound devices of this machine: implemented by `playback.devices.DeviceList`."""

    async def ask(self, in_use: str) -> tuple[Device, ...]:
        """Those there are, and the one in use in any case.  Raises Unavailable."""
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


class JobsPort(Protocol):
    """All long work: implemented by `jobs.owner.Jobs`."""

    @property
    def kinds(self) -> tuple[str, ...]: ...

    @property
    def all(self) -> tuple[Job, ...]:
        """Every job that can be read, in the order in which they came."""
        ...

    def get(self, number: int) -> Job: ...

    async def submit(self, kind: str, spec: Mapping[str, Any]) -> int:
        """Answers the new job's number.  Raises a RequestRefused, and then there is none."""
        ...

    def cancel(self, number: int) -> None: ...

    def clear(self, older_than_s: float) -> None: ...


class SettingsPort(Protocol):
    """What may be set, and what holds: implemented by `settings.owner.Settings`."""

    @property
    def now(self) -> FileConfig: ...

    @property
    def values(self) -> dict[str, Any]:
        """Key → value that holds, of every setting."""
        ...

    @property
    def described(self) -> tuple[Described, ...]: ...

    @property
    def own(self) -> frozenset[str]:
        """The keys that were set over the bus."""
        ...

    async def change(self, wanted: Mapping[str, Any]) -> None:
        """All of it, or nothing.  Raises InvalidRequest, ReadOnly, NotKept."""
        ...

    async def reset(self, keys: Iterable[str]) -> None:
        """Raises as `change`."""
        ...

    async def reload(self) -> None:
        """Read the configuration file anew.  Raises InvalidRequest, and then nothing has changed."""
        ...


class LogPort(Protocol):
    """The log: implemented by `logs.Log`.  Levels are syslog's words."""

    @property
    def level(self) -> str: ...

    def set_level(self, level: str) -> None: ...

    @property
    def target(self) -> str: ...

    def set_target(self, target: str) -> None:
        """Raises NotSupported."""
        ...


class Work(Protocol):
    """The supervisor, as far as the bus needs it: somebody who holds on to tasks."""

    def start(self, name: str, work: Any) -> Any: ...
