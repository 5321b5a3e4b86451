"""Fairness: who may make a costly call now, and when a sender is forgotten."""

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

from auralisd.bus.budget import Budgets
from auralisd.bus.calls import Call
from auralisd.bus.contract import Method
from auralisd.config_file import Limits


class Departures(Protocol):
    """Who tells that a name has left the bus: a `wire.Connection`."""

    def watch_departures(self, *, on: bool) -> None: ...


class Fairness:
    """The budgets of the senders of one connection after the other.

    Departures are listened for only while there is somebody to forget: an idle daemon is not woken by others.
    """

    def __init__(self, limits: Limits) -> None:
        self._budgets = Budgets(per_second=limits.costly_per_second, burst=limits.costly_burst)
        self._departures: Departures | None = None
        self._watching = False

    def attach(self, departures: Departures | None) -> None:
        """Another connection, where the names are others; None: there is none."""
        self._budgets.clear()
        self._departures, self._watching = departures, False

    def pay(self, call: Call, method: Method, arguments: Sequence[Any]) -> None:
        """Raises LimitExceeded."""
        if not method.is_costly(arguments):
            return
        self._budgets.spend(call.sender, _now_s())
        self._watch()

    def left(self, name: str) -> None:
        """A name has left the bus; of all the others those who have rested are forgotten with it."""
        self._budgets.forget(name)
        self._budgets.forget_the_rested(_now_s())
        self._watch()

    @property
    def senders(self) -> frozenset[str]:
        """Of whom something is remembered."""
        return self._budgets.senders

    def _watch(self) -> None:
        wanted = bool(self._budgets.senders)
        if self._departures is not None and wanted != self._watching:
            self._watching = wanted
            self._departures.watch_departures(on=wanted)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
