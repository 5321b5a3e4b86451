"""Alarms: what the clock reminds the player of: keeping the place, ending an idle sound process, the sleep timer."""

import asyncio
from collections.abc import Callable

from auralisd.playback.machine import Input
from auralisd.playback.notes import Note, Rest, Tick
from auralisd.playback.state import SleepPassed

KEEP_PLACE_EVERY_S = 1.5
"""While playing, the position is made durable this often: with what a slow disk takes, at most 2 s are lost."""


class Alarms:
    """At most one of each is wound; `put` takes the note when it rings."""

    def __init__(self, put: Callable[[Input | Note], None], *, sound_idle_s: Callable[[], float]) -> None:
        self._put = put
        self._sound_idle_s = sound_idle_s
        self._place: asyncio.TimerHandle | None = None
        self._sleep: asyncio.TimerHandle | None = None

    @property
    def wound(self) -> bool:
        """True while the place is to be kept, or the sound process to be ended."""
        return self._place is not None

    def wind(self, *, playing: bool, running: bool) -> None:
        """Playing, or waiting for the device to: keep the place every so often, and see whether sound answers.

        Silent, with a sound process: let it end after its rest.
        """
        self.unwind()
        loop = asyncio.get_running_loop()
        if playing:
            self._place = loop.call_later(KEEP_PLACE_EVERY_S, self._put, Tick())
        elif running:
            self._place = loop.call_later(self._sound_idle_s(), self._put, Rest())

    def unwind(self) -> None:
        if self._place is not None:
            self._place.cancel()
            self._place = None

    def wind_sleep(self, due_in_s: float | None) -> None:
        """None: there is no sleep timer.  One that rings earlier stays: however often it is wound, it rings."""
        loop = asyncio.get_running_loop()
        if self._sleep is not None:
            if due_in_s is not None and self._sleep.when() <= loop.time() + due_in_s:
                return
            self._sleep.cancel()
            self._sleep = None
        if due_in_s is not None:
            self._sleep = loop.call_later(due_in_s, self._ring_sleep)

    def _ring_sleep(self) -> None:
        self._sleep = None
        self._put(SleepPassed())

    def close(self) -> None:
        self.unwind()
        self.wind_sleep(None)
