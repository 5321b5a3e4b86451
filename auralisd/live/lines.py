"""The view without a terminal: one line for each track, when it is known what is done to it."""

import asyncio
import logging
import os
import sys
from typing import Protocol

from auralisd.live.words import track_name, what_the_plan_does
from auralisd.model.taste import OFF
from auralisd.playback.snapshot import PLAYING, Snapshot

log = logging.getLogger(__name__)


class Watched(Protocol):
    """The player, seen by the lines."""

    @property
    def snapshot(self) -> Snapshot: ...


class Lines:
    """Prints until cancelled, or until nobody reads."""

    def __init__(self, player: Watched) -> None:
        self._player = player
        self._changed = asyncio.Event()

    def changed(self) -> None:
        """Something may read differently now."""
        self._changed.set()

    async def run(self) -> None:
        told = ""
        while True:
            await self._changed.wait()
            self._changed.clear()
            line = one_line(self._player.snapshot)
            if line and line != told:
                told = line
                try:
                    print(line, file=sys.stdout, flush=True)
                except OSError as gone:  # whoever read has left, and the music goes on without him
                    log.info("nobody reads the lines any more reason=%s", gone.strerror)
                    _lead_nowhere(sys.stdout.fileno())
                    return


def one_line(snapshot: Snapshot) -> str:
    """`playing Title · Artist · Album — what the plan does`; "" until both are known."""
    planned = snapshot.taste.mode == OFF or snapshot.mastering.entry == snapshot.current_entry
    if snapshot.status != PLAYING or snapshot.current is None or not planned:
        return ""
    note = f" [{snapshot.device.note}]" if snapshot.device.note else ""
    return f"playing {track_name(snapshot.current)} — {what_the_plan_does(snapshot)}{note}"


def _lead_nowhere(fd: int) -> None:
    """What is left in the stream's buffer would be tried again at the end of the process."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, fd)
    os.close(nowhere)
