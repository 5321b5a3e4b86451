"""What clients are told, and when."""

import asyncio
import math
import time
from typing import Any

import pytest

from auralisd.bus import contract as contracts
from auralisd.bus.announcer import HOLD_S, MOST_EACH, Announcer, News
from auralisd.bus.calls import Export
from auralisd.bus.values import Spec

OUTPUT = "org.auralis.Auralis1.Output"
LIBRARY = "org.auralis.Auralis1.Library"
PLAYER = "org.mpris.MediaPlayer2.Player"
TRACK_LIST = "org.mpris.MediaPlayer2.TrackList"


class Tape:
    """A channel that records."""

    def __init__(self) -> None:
        self.congested = False
        self.signals: list[tuple[str, Any]] = []

    def signal(self, path: str, interface: str, member: str, specs: tuple[Spec, ...], values: tuple[Any, ...]) -> None:
        if member == "PropertiesChanged":
            name, changed, invalidated = values
            assert invalidated == ([] if name != TRACK_LIST else ["Tracks"])
            self.signals.append((name, {key: value.value for key, value in changed.items()}))
        else:
            self.signals.append((member, values))


class Rig:
    """Two interfaces whose properties a test sets."""

    def __init__(self) -> None:
        self.output = {"State": "closed", "Underruns": 0}
        self.player = {"Position": 0, "Volume": 1.0}
        self.tape = Tape()
        faces = {
            "/o": (
                Export(OUTPUT, read=lambda: dict(self.output), signals=("DeviceLost",)),
                Export(PLAYER, read=lambda: dict(self.player), signals=("Seeked",)),
                Export(LIBRARY, signals=("Changed",)),
            )
        }
        self.announcer = Announcer(contracts.load(), faces)

    async def a_while(self, seconds: float = 0.0) -> list[tuple[str, Any]]:
        await asyncio.sleep(seconds)
        await asyncio.sleep(0)
        return self.tape.signals


@pytest.fixture
async def rig() -> Rig:
    rig = Rig()
    rig.announcer.attach(rig.tape, anew=False)
    await rig.a_while()
    return rig


async def test_nothing_is_said_when_nothing_changed(rig: Rig) -> None:
    rig.announcer.note()

    assert await rig.a_while() == []


async def test_all_changes_of_one_turn_go_in_one_signal(rig: Rig) -> None:
    rig.output["State"] = "running"
    rig.announcer.note()
    rig.output["Underruns"] = 3
    rig.announcer.note()

    assert await rig.a_while() == [(OUTPUT, {"State": "running", "Underruns": 3})]


async def test_only_what_changed_is_said(rig: Rig) -> None:
    rig.output["Underruns"] = 1
    rig.announcer.note()

    assert await rig.a_while() == [(OUTPUT, {"Underruns": 1})]


async def test_there_and_back_within_a_turn_is_no_change(rig: Rig) -> None:
    rig.output["State"] = "running"
    rig.announcer.note()
    rig.output["State"] = "closed"

    assert await rig.a_while() == []


async def test_position_is_never_said(rig: Rig) -> None:
    rig.player["Position"] = 5
    rig.announcer.note()

    assert await rig.a_while() == []


async def test_properties_come_before_the_signals_of_the_same_turn(rig: Rig) -> None:
    rig.announcer.tell(PLAYER, "Seeked", (7,))
    rig.player["Volume"] = 0.5
    rig.announcer.note()

    assert await rig.a_while() == [(PLAYER, {"Volume": 0.5}), ("Seeked", (7,))]


async def test_a_slider_is_told_at_most_ten_times_a_second_and_ends_at_its_last_value(rig: Rig) -> None:
    began_s = time.monotonic()
    for step in range(100):
        rig.player["Volume"] = step / 100
        rig.announcer.note()
        await asyncio.sleep(0.005)
    whole_seconds = math.ceil(time.monotonic() - began_s)
    said = [changed["Volume"] for name, changed in await rig.a_while(0.3) if name == PLAYER]

    assert 3 <= len(said) <= 10 * whole_seconds
    assert said[-1] == 0.99


async def test_a_signal_that_cannot_be_sent_is_not_tried_for_ever(rig: Rig) -> None:
    failures: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context["exception"]))

    class Strict(Tape):
        def signal(self, *arguments: Any) -> None:
            if arguments[-1] == (2**64,):
                raise ValueError("no number of the bus")
            super().signal(*arguments)

    rig.announcer.detach()
    rig.announcer.attach(tape := Strict(), anew=False)
    rig.announcer.tell(PLAYER, "Seeked", (2**64,))
    await rig.a_while()
    rig.announcer.tell(LIBRARY, "Changed", (2, {}))
    await rig.a_while()

    assert tape.signals == [("Changed", (2, {}))]
    assert len(failures) == 1


async def test_one_interface_does_not_wait_for_another(rig: Rig) -> None:
    for step in range(5):
        rig.player["Volume"] = step / 10
        rig.announcer.note()
        await rig.a_while()
    rig.output["State"] = "lost"
    rig.announcer.note()

    assert (OUTPUT, {"State": "lost"}) in await rig.a_while()


async def test_a_congested_bus_is_told_the_outcome_when_it_is_relieved(rig: Rig) -> None:
    rig.tape.congested = True
    for step in range(1000):
        rig.output["Underruns"] = step
        rig.announcer.tell(PLAYER, "Seeked", (step,))
        await asyncio.sleep(0)
    assert await rig.a_while() == []
    rig.tape.congested = False
    rig.announcer.note()

    assert await rig.a_while() == [(OUTPUT, {"Underruns": 999}), ("Seeked", (999,))]


async def test_signals_that_could_not_be_told_apart_are_merged(rig: Rig) -> None:
    for count in (1, 2, 3):
        rig.announcer.tell(LIBRARY, "Changed", (count,), lambda older, newer: (older[0] + newer[0],))

    assert await rig.a_while() == [("Changed", (6,))]


async def test_a_new_connection_is_told_everything_once(rig: Rig) -> None:
    rig.announcer.detach()
    rig.output["State"] = "running"
    rig.announcer.note()
    assert await rig.a_while() == []
    rig.announcer.attach(rig.tape, anew=True)

    assert await rig.a_while() == [(OUTPUT, {"State": "running", "Underruns": 0}), (PLAYER, {"Volume": 1.0})]


async def test_nothing_is_said_after_the_connection_is_gone(rig: Rig) -> None:
    rig.output["State"] = "running"
    rig.announcer.tell(PLAYER, "Seeked", (1,))
    rig.announcer.detach()

    assert await rig.a_while(0.05) == []


def test_a_signal_that_the_contract_does_not_have_cannot_be_sent() -> None:
    with pytest.raises(KeyError):
        Rig().announcer.tell(PLAYER, "Paused", ())


async def test_a_value_travels_with_its_type_and_keys(rig: Rig) -> None:
    sent: list[Any] = []

    class Wire(Tape):
        def signal(
            self, path: str, interface: str, member: str, specs: tuple[Spec, ...], values: tuple[Any, ...]
        ) -> None:
            sent.append(values[1]["Underruns"])

    rig.announcer.attach(Wire(), anew=True)
    await rig.a_while()

    assert (sent[0].spec.signature, sent[0].value) == ("t", 0)


async def test_an_object_that_appears_is_told_of_when_it_changes_and_not_before(rig: Rig) -> None:
    second = {"State": "closed"}
    rig.announcer.appear("/o/2", (Export(OUTPUT, read=lambda: dict(second)),))
    rig.announcer.note()
    before = list(await rig.a_while())
    second["State"] = "running"
    rig.announcer.note()

    assert before == []
    assert await rig.a_while() == [(OUTPUT, {"State": "running"})]


async def test_of_an_object_that_is_gone_nothing_more_is_told(rig: Rig) -> None:
    second = {"State": "closed"}
    rig.announcer.appear("/o/2", (Export(PLAYER, read=lambda: dict(second)),))
    rig.announcer.tell(PLAYER, "Seeked", (7,), path="/o/2")
    second["State"] = "running"
    rig.announcer.vanish("/o/2")
    rig.announcer.note()

    assert await rig.a_while() == []


async def test_signals_of_which_each_counts_are_not_merged_and_wait_for_a_slow_bus(rig: Rig) -> None:
    rig.tape.congested = True
    rig.announcer.tell_each(OUTPUT, "DeviceLost", ("lost",))
    rig.announcer.tell_each(OUTPUT, "DeviceLost", ("no-device",))
    assert await rig.a_while() == []
    rig.tape.congested = False
    rig.announcer.note()

    assert await rig.a_while() == [("DeviceLost", ("lost",)), ("DeviceLost", ("no-device",))]


async def test_of_signals_that_pile_up_the_oldest_are_forgotten(rig: Rig) -> None:
    rig.tape.congested = True
    for number in range(MOST_EACH + 10):
        rig.announcer.tell_each(OUTPUT, "DeviceLost", (str(number),))
    rig.tape.congested = False
    rig.announcer.note()
    told = await rig.a_while()

    assert len(told) == MOST_EACH
    assert told[-1] == ("DeviceLost", (str(MOST_EACH + 9),))


class Learning:
    """A follower that has something to say, and says it once it knows enough."""

    interface = TRACK_LIST

    def __init__(self) -> None:
        self.behind = False
        self.knows = False

    def reset(self, *, anew: bool) -> None:
        self.behind = False

    def news(self) -> list[News]:
        if not self.knows:
            return []
        self.behind = False
        return [("TrackRemoved", ("/a/1",))]


@pytest.fixture
async def learning(rig: Rig) -> Learning:
    """It lies where the rig's interfaces do, and has something to say that it does not know yet."""
    follower = Learning()
    rig.announcer.appear("/o", (Export(TRACK_LIST, signals=("TrackRemoved",)),))
    rig.announcer.follow(follower)
    follower.behind = True
    return follower


async def test_the_list_is_told_before_the_properties_that_changed_with_it(rig: Rig, learning: Learning) -> None:
    rig.player["Volume"] = 0.5
    rig.announcer.tell(PLAYER, "Seeked", (5,))
    assert await rig.a_while() == []
    learning.knows = True
    rig.announcer.note()

    assert [name for name, _ in await rig.a_while()] == ["TrackRemoved", TRACK_LIST, PLAYER, "Seeked"]


async def test_on_another_connection_the_list_has_its_time_anew(rig: Rig, learning: Learning) -> None:
    rig.announcer.note()
    await rig.a_while(1.5 * HOLD_S)
    rig.announcer.detach()
    rig.announcer.attach(rig.tape, anew=True)
    learning.behind = True

    assert await rig.a_while() == []


async def test_properties_wait_for_the_list_no_longer_than_their_time(rig: Rig, learning: Learning) -> None:
    for volume in (0.5, 0.25):
        rig.player["Volume"] = volume
        rig.announcer.note()
        async with asyncio.timeout(10):
            while (PLAYER, {"Volume": volume}) not in rig.tape.signals:  # noqa: ASYNC110 time passes
                await asyncio.sleep(HOLD_S / 10)

    assert [name for name, _ in rig.tape.signals] == [PLAYER, PLAYER]
