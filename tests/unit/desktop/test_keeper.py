"""The keeper of the system bus, where no bus is needed to see what it does."""

import asyncio

import pytest

from auralisd.desktop import keeper
from auralisd.desktop.keeper import Around, Keeper
from auralisd.desktop.nap import Nap
from auralisd.errors import Busy
from auralisd.playback.commands import Command, Pause, Play
from auralisd.playback.snapshot import PAUSED, PLAYING, STOPPED, Snapshot


class Inhibitors:
    """logind, as far as a suspend needs it."""

    def __init__(self) -> None:
        self.delays = True

    def let_sleep(self) -> None:
        self.delays = False


async def test_a_pause_that_takes_too_long_does_not_hold_up_a_suspend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "PAUSED_WITHIN_S", 0.05)
    never = asyncio.Event()

    async def before() -> None:
        await never.wait()

    around = Around(before=before, after=before)
    keeps = Keeper(
        address="",
        dbus_library="",
        around=around,
        naps=lambda: True,
        keeps_awake=lambda: False,
        know=lambda _capabilities: None,
    )
    inhibitors = Inhibitors()
    async with asyncio.timeout(5):
        await keeps._fall_asleep(inhibitors)  # type: ignore[arg-type]

    assert not inhibitors.delays


class Listener:
    """A player with the state that a test gives it."""

    def __init__(self, status: str, entry: int = 5) -> None:
        self.snapshot = Snapshot(status=status, current_entry=entry)
        self.asked: list[Command] = []

    async def ask(self, command: Command) -> tuple[int, ...]:
        self.asked.append(command)
        return ()


@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [
        ((PLAYING, 5), (PAUSED, 5), [Pause(), Play()]),
        ((PAUSED, 5), (PAUSED, 5), []),
        ((STOPPED, 5), (STOPPED, 5), []),
        ((PLAYING, 5), (STOPPED, 5), [Pause()]),
        ((PLAYING, 5), (PAUSED, 6), [Pause()]),
    ],
)
async def test_after_a_nap_plays_what_played_before_unless_somebody_wished_otherwise(
    before: tuple[str, int], after: tuple[str, int], asked: list[Command]
) -> None:
    player = Listener(*before)
    nap = Nap(player)
    await nap.begin()
    player.snapshot = Listener(*after).snapshot
    await nap.end()
    await nap.end()

    assert player.asked == asked


async def test_a_player_that_takes_no_more_commands_does_not_end_who_keeps_the_system_bus() -> None:
    async def refuse() -> None:
        raise Busy("the player has too many commands waiting; ask again")

    keeps = Keeper(
        address="",
        dbus_library="",
        around=Around(before=refuse, after=refuse),
        naps=lambda: True,
        keeps_awake=lambda: False,
        know=lambda _capabilities: None,
    )
    inhibitors = Inhibitors()
    await keeps._fall_asleep(inhibitors)  # type: ignore[arg-type]
    await keeps._wake_up()

    assert not inhibitors.delays
