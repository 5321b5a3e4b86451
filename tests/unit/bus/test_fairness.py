"""Fairness: which calls are paid for, and when departures are listened for."""

import asyncio

import pytest

from auralisd.bus import contract as contracts
from auralisd.bus.calls import Call
from auralisd.bus.fairness import Fairness
from auralisd.config_file import Limits
from auralisd.errors import LimitExceeded

CONTRACT = contracts.load()
WORDS = "Scan Analyse Submit FindDuplicates Statistics SetBatch Import Export Similar Browse Query"
"""As far as they are there."""


class Bus:
    """Who would tell of departures."""

    def __init__(self) -> None:
        self.watched: list[bool] = []

    def watch_departures(self, *, on: bool) -> None:
        self.watched.append(on)


def scan_of(sender: str) -> tuple[Call, contracts.Method, list[object]]:
    library = "org.auralis.Auralis1.Library"
    call = Call("/", library, "Scan", "ata{sv}", ([], {}), sender, 1, wants_reply=True)
    return call, CONTRACT[library].methods["Scan"], [[], {}]


def test_what_is_costly_is_said_in_the_contract() -> None:
    said = {method.name for each in CONTRACT.values() for method in each.methods.values() if method.costly}
    there = {method for each in CONTRACT.values() for method in each.methods}

    assert said == set(WORDS.split()) & there
    assert not any(method.costly for name in CONTRACT if "mpris" in name for method in CONTRACT[name].methods.values())


@pytest.mark.parametrize(("limit", "costly"), [(0, False), (100, False), (101, True), (500, True)])
def test_a_query_is_costly_when_it_is_long(limit: int, costly: bool) -> None:
    query = CONTRACT["org.auralis.Auralis1.Library"].methods["Query"]

    assert query.is_costly(["", [], "", limit, {}]) is costly


async def test_departures_are_listened_for_while_there_is_somebody_to_forget() -> None:
    bus, fairness = Bus(), Fairness(Limits(costly_per_second=0.001, costly_burst=2))
    fairness.attach(bus)
    fairness.pay(*scan_of(":1.1"))
    fairness.pay(*scan_of(":1.1"))
    fairness.pay(*scan_of(":1.2"))
    with pytest.raises(LimitExceeded):
        fairness.pay(*scan_of(":1.1"))
    fairness.left(":1.1")
    assert (bus.watched, fairness.senders) == ([True], frozenset({":1.2"}))
    fairness.left(":1.2")

    assert bus.watched == [True, False]


async def test_whoever_has_rested_is_forgotten_with_the_next_that_leaves() -> None:
    bus, fairness = Bus(), Fairness(Limits(costly_per_second=10_000, costly_burst=2))
    fairness.attach(bus)
    fairness.pay(*scan_of(":1.1"))
    await asyncio.sleep(0.001)
    fairness.left(":1.2")

    assert (bus.watched, fairness.senders) == ([True, False], frozenset())


async def test_on_another_bus_everybody_is_new() -> None:
    bus, fairness = Bus(), Fairness(Limits(costly_per_second=0.001, costly_burst=1))
    fairness.attach(Bus())
    fairness.pay(*scan_of(":1.1"))
    fairness.attach(None)
    fairness.attach(bus)
    fairness.pay(*scan_of(":1.1"))

    assert bus.watched == [True]
