"""The live view: track, progress, loudness in and out, gain reduction, and what the plan does.

It redraws four times a second while something plays, and only on changes else.
"""

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from auralisd.doors.sound import MetersRead
from auralisd.live.words import bar, clock_text, track_name, what_the_plan_does
from auralisd.playback.snapshot import PLAYING, Snapshot

log = logging.getLogger(__name__)

REDRAW_EVERY_S = 0.25
BAR_CELLS = 32
LOUDNESS_RANGE_LUFS = (-40.0, -5.0)
REDUCTION_RANGE_DB = (0.0, 12.0)


class Watched(Protocol):
    """The player, seen by the view."""

    @property
    def snapshot(self) -> Snapshot: ...

    def position_us(self) -> int: ...

    async def meters(self) -> MetersRead | None: ...


class LiveView:
    """Draws until cancelled, or until the terminal is gone.

    `track_count` and `scanning` are asked for anew at each drawing.
    """

    def __init__(self, player: Watched, *, track_count: Callable[[], int], scanning: Callable[[], bool]) -> None:
        self._player = player
        self._track_count = track_count
        self._scanning = scanning
        self._changed = asyncio.Event()

    def changed(self) -> None:
        """Something may read differently now."""
        self._changed.set()

    async def run(self) -> None:
        try:
            await self._draw_on()
        except OSError as gone:  # the terminal went away, and the music goes on without it
            log.info("the terminal is gone reason=%s", gone.strerror)

    async def _draw_on(self) -> None:
        # Log lines would tear the view apart, so they are printed above it, unless they go elsewhere.
        above = sys.stderr.isatty()
        with Live(console=Console(), auto_refresh=False, redirect_stdout=False, redirect_stderr=above) as live:
            while True:
                self._changed.clear()
                live.update(await self.picture(), refresh=True)
                if self._player.snapshot.status == PLAYING:
                    await asyncio.sleep(REDRAW_EVERY_S)
                else:
                    await self._changed.wait()

    async def picture(self) -> Group:
        """The view at this moment."""
        snapshot = self._player.snapshot
        meters = await self._player.meters() if snapshot.status == PLAYING else None
        return Group(
            self._heading(snapshot),
            _progress(snapshot, self._player.position_us()),
            _meters(meters),
            Text(what_the_plan_does(snapshot), style="cyan"),
            Text(_output(snapshot), style="dim"),
        )

    def _heading(self, snapshot: Snapshot) -> Text:
        if snapshot.current is None:
            what = "scanning …" if self._scanning() else f"nothing queued ({self._track_count()} tracks)"
            return Text(what, style="bold")
        place = f"  {snapshot.current_index + 1} of {len(snapshot.entries)} · {snapshot.status.lower()}"
        return Text.assemble((track_name(snapshot.current), "bold"), (place, "dim"))


def _progress(snapshot: Snapshot, position_us: int) -> Text:
    if snapshot.length_us is None:
        return Text(clock_text(position_us))
    drawn = bar(position_us, 0, max(1, snapshot.length_us), 2 * BAR_CELLS)
    return Text.assemble((drawn, "green on grey23"), f" {clock_text(position_us)} / {clock_text(snapshot.length_us)}")


def _meters(meters: MetersRead | None) -> Table:
    rows = meters or MetersRead(0)
    table = Table.grid(padding=(0, 1))
    table.add_row("in ", *_loudness(rows.short_in_lufs))
    table.add_row("out", *_loudness(rows.short_out_lufs))
    reduction = bar(rows.gain_reduction_db, *REDUCTION_RANGE_DB, BAR_CELLS)
    table.add_row("cut", Text(reduction, "yellow on grey23"), f"{rows.gain_reduction_db:6.1f} dB")
    return table


def _loudness(lufs: float | None) -> tuple[Text, str]:
    figure = "" if lufs is None else f"{lufs:6.1f} LUFS"
    return Text(bar(lufs, *LOUDNESS_RANGE_LUFS, BAR_CELLS), "blue on grey23"), figure


def _output(snapshot: Snapshot) -> str:
    device = snapshot.device
    if device.state == "closed":
        return "output closed"
    run = f"{device.device}, {device.rate_hz} Hz, {device.sample_format}, fill {device.fill_ms:.0f} ms"
    dropouts = f", {snapshot.underruns} dropouts" if snapshot.underruns else ""
    return f"output {run}{dropouts}" + (f" — {device.note}" if device.note else "")
