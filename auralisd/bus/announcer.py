"""The announcer: what clients have yet to be told.

It keeps states, not messages: the properties last told, and the newest of each signal.  So a burst becomes one
PropertiesChanged, and while the bus is away or too slow nothing piles up; what is true then is told later.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from auralisd.bus.calls import Export
from auralisd.bus.contract import Contract, Signal
from auralisd.bus.pace import Pace
from auralisd.bus.properties import Values, changed
from auralisd.bus.standard import PROPERTIES, PROPERTIES_CHANGED, typed_values
from auralisd.bus.values import Spec

log = logging.getLogger(__name__)

MOST_EACH: Final = 256
"""Signals of which each counts that may wait for a slow bus."""

HOLD_S: Final = 0.1
"""So long, at the most, news of an object waits for the follower that lies there too, and is to be told first."""

Merge = Callable[[tuple[Any, ...], tuple[Any, ...]], tuple[Any, ...]]
_Place = tuple[str, str]
"""A path and one of its interfaces."""


class Channel(Protocol):
    """Where signals go: a `wire.Connection`."""

    @property
    def congested(self) -> bool: ...

    def signal(
        self, path: str, interface: str, member: str, specs: tuple[Spec, ...], values: tuple[Any, ...]
    ) -> None: ...


News = tuple[str, tuple[Any, ...]]
"""A signal's name, and what it carries."""


class Follower(Protocol):
    """One interface whose changes are told by signals of its own, in their order, and by an invalidation."""

    @property
    def interface(self) -> str: ...

    @property
    def behind(self) -> bool:
        """True when there may be something to tell."""
        ...

    def reset(self, *, anew: bool) -> None:
        """A connection begins; what is true now needs no telling, unless to listeners of a lost one (`anew`)."""
        ...

    def news(self) -> Sequence[News]:
        """What is to be told now; it counts as told."""
        ...


@dataclass(slots=True)
class _Told:
    """One interface: where it lies, what was last told of it, and how often it may speak."""

    path: str
    export: Export
    values: Values
    pace: Pace


def newest(_older: tuple[Any, ...], newer: tuple[Any, ...]) -> tuple[Any, ...]:
    """The merge of signals of which only the last counts."""
    return newer


class Announcer:
    """Tells what changed, in one place and in one order: properties first, then signals."""

    def __init__(self, contract: Contract, faces: Mapping[str, tuple[Export, ...]]) -> None:
        self._contract = contract
        self._told: dict[_Place, _Told] = {}
        self._untold: dict[tuple[str, str, str], tuple[Any, ...]] = {}
        self._each: deque[tuple[str, str, str, tuple[Any, ...]]] = deque(maxlen=MOST_EACH)
        self._channel: Channel | None = None
        self._turn: asyncio.Handle | None = None
        self._later: asyncio.TimerHandle | None = None
        self._follower: tuple[Follower, Pace] | None = None
        self._behind_since_s: float | None = None
        for path, exports in faces.items():
            self.appear(path, exports)

    def appear(self, path: str, exports: Sequence[Export]) -> None:
        """There is an object at `path`: what it is like now needs no telling, what changes does."""
        for export in exports:
            self._told[path, export.interface] = _Told(path, export, export.read(), Pace())

    def follow(self, follower: Follower) -> None:
        """Tell what it has to say, before all else."""
        self._follower = (follower, Pace())

    def vanish(self, path: str) -> None:
        """The object at `path` is gone, and with it what was untold of it."""
        self._told = {place: told for place, told in self._told.items() if place[0] != path}
        self._untold = {key: values for key, values in self._untold.items() if key[0] != path}

    def attach(self, channel: Channel, *, anew: bool) -> None:
        """Speak through this connection; `anew` tells every property once, for listeners of a lost one."""
        self._channel = channel
        self._behind_since_s = None
        for told in self._told.values():
            told.values = {} if anew else told.export.read()
        if self._follower is not None:
            self._follower[0].reset(anew=anew)
        self.note()

    def detach(self) -> None:
        """Keep silent until the next `attach`; whoever listens then knows nothing of what was untold."""
        self._channel = None
        self._untold.clear()
        self._each.clear()
        for handle in (self._turn, self._later):
            if handle is not None:
                handle.cancel()
        self._turn = self._later = None

    def note(self) -> None:
        """Something may have changed: look once, when this turn of the loop is over."""
        if self._turn is None and self._channel is not None:
            self._turn = asyncio.get_running_loop().call_soon(self._speak)

    def tell(
        self, interface: str, member: str, values: tuple[Any, ...], merge: Merge = newest, *, path: str = ""
    ) -> None:
        """Send a signal with the next look; one that is still untold is merged with it.

        `path` is for interfaces that several objects have.  Raises KeyError for a signal that the contract does not
        have.
        """
        self._declared(interface, member)
        key = (path or self._path_of(interface), interface, member)
        self._untold[key] = merge(self._untold[key], values) if key in self._untold else values
        self.note()

    def tell_each(self, interface: str, member: str, values: tuple[Any, ...]) -> None:
        """Send a signal of which each counts, in the order in which they come.

        Of those that a slow bus leaves untold the oldest are forgotten, should there be too many.
        """
        self._declared(interface, member)
        self._each.append((self._path_of(interface), interface, member, values))
        self.note()

    def _speak(self) -> None:
        self._turn = None
        if self._channel is None or self._channel.congested:
            return  # told on relief, or by the next connection
        waits = [self._speak_for_follower(self._channel)]
        held, hold_s = self._held()
        waits += [hold_s]
        waits += [
            self._speak_of(name, told, self._channel) for (path, name), told in self._told.items() if path != held
        ]
        while self._each:
            path, interface, member, values = self._each.popleft()
            specs = self._declared(interface, member).carries
            self._channel.signal(path, interface, member, specs, values)
        untold = {key: values for key, values in self._untold.items() if key[0] != held}
        # One that cannot be sent must not be tried for ever.
        self._untold = {key: values for key, values in self._untold.items() if key[0] == held}
        for (path, interface, member), values in untold.items():
            specs = self._declared(interface, member).carries
            self._channel.signal(path, interface, member, specs, values)
        if waiting := [wait_s for wait_s in waits if wait_s > 0]:
            self._speak_again(min(waiting))

    def _speak_for_follower(self, channel: Channel) -> float:
        """As `_speak_of`; every property that is signalled without its value is read anew by whoever wants it."""
        if self._follower is None or not self._follower[0].behind:
            return 0.0
        follower, pace = self._follower
        now_s = asyncio.get_running_loop().time()
        if (wait_s := pace.wait_s(now_s)) > 0:
            return wait_s
        if not (news := follower.news()):
            return 0.0
        pace.spend(now_s)
        name, path = follower.interface, self._path_of(follower.interface)
        for member, values in news:
            channel.signal(path, name, member, self._declared(name, member).carries, values)
        invalid = [prop.name for prop in self._contract[name].properties.values() if prop.emits == "invalidates"]
        specs = self._contract[PROPERTIES].signals[PROPERTIES_CHANGED].carries
        channel.signal(path, PROPERTIES, PROPERTIES_CHANGED, specs, (name, {}, invalid))
        return 0.0

    def _held(self) -> tuple[str, float]:
        """The path of which properties are not told yet, because the follower does not know all that it has to say
        first, and for how long at the most; none when it has said everything, or has had its time."""
        if self._follower is None or not self._follower[0].behind:
            self._behind_since_s = None
            return "", 0.0
        now_s = asyncio.get_running_loop().time()
        self._behind_since_s = self._behind_since_s or now_s
        left_s = self._behind_since_s + HOLD_S - now_s
        return (self._path_of(self._follower[0].interface), left_s) if left_s > 0 else ("", 0.0)

    def _speak_of(self, name: str, told: _Told, channel: Channel) -> float:
        """Tell one interface's changes; answers how long they have to wait, 0 when nothing is left to tell."""
        values = told.export.read()
        if not (news := changed(self._contract[name], told.values, values)):
            return 0.0
        now_s = asyncio.get_running_loop().time()
        if (wait_s := told.pace.wait_s(now_s)) > 0:
            return wait_s
        told.pace.spend(now_s)
        told.values = values
        specs = self._contract[PROPERTIES].signals[PROPERTIES_CHANGED].carries
        typed = typed_values(self._contract, name, news)
        channel.signal(told.path, PROPERTIES, PROPERTIES_CHANGED, specs, (name, typed, []))
        return 0.0

    def _speak_again(self, wait_s: float) -> None:
        if self._later is not None:
            self._later.cancel()
        self._later = asyncio.get_running_loop().call_later(wait_s, self.note)

    def _path_of(self, interface: str) -> str:
        """Where the one object with that interface lies.  Raises KeyError when there is none."""
        for path, name in self._told:
            if name == interface:
                return path
        raise KeyError(interface)

    def _declared(self, interface: str, member: str) -> Signal:
        return self._contract[interface].signals[member]
