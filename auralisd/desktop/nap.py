"""Nap: what a suspend means for the music."""

from typing import Protocol

from auralisd.playback.commands import Command, Pause, Play
from auralisd.playback.snapshot import PAUSED, PLAYING, Snapshot


class Listener(Protocol):
    """The player, as far as a suspend needs it."""

    @property
    def snapshot(self) -> Snapshot: ...

    async def ask(self, command: Command) -> tuple[int, ...]: ...


class Nap:
    """Pauses what plays, and has it play again afterwards, unless somebody wished otherwise meanwhile."""

    def __init__(self, player: Listener) -> None:
        self._player = player
        self._paused_entry = 0

    async def begin(self) -> None:
        playing = self._player.snapshot.status == PLAYING
        self._paused_entry = self._player.snapshot.current_entry if playing else 0
        if playing:
            await self._player.ask(Pause())

    async def end(self) -> None:
        entry, self._paused_entry = self._paused_entry, 0
        now = self._player.snapshot
        if entry and (now.status, now.current_entry) == (PAUSED, entry):
            await self._player.ask(Play())
