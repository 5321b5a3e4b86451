"""Leisure: whether the machine has time and power to spare for what nobody waits for.

Read when there is such work, and only where the configuration sets a bound.
"""

import contextlib
import math
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

AGAIN_S = 30.0
"""While the work pauses, the machine is looked at so often."""

_LOAD_MEMORY_S = 60.0
"""The kernel's one-minute load forgets with this time constant."""

POWER_SUPPLIES = Path("/sys/class/power_supply")


class Leisure:
    """Asked whenever it matters: `on_battery` False pauses while no mains feeds the machine; `max_load` is the highest
    one-minute load for each core (0: any), not counting what this work adds to it: it would otherwise stop itself."""

    def __init__(
        self,
        *,
        on_battery: Callable[[], bool] = lambda: True,
        max_load: Callable[[], float] = lambda: 0.0,
        supplies: Path = POWER_SUPPLIES,
        load: Callable[[], float] = lambda: os.getloadavg()[0],
        clock: Callable[[], float] = time.monotonic,
        cores: int | None = None,
    ) -> None:
        self._on_battery = on_battery
        self._max_load = max_load
        self._supplies = supplies
        self._load = load
        self._clock = clock
        self._cores = cores or os.cpu_count() or 1
        self._own_load = 0.0
        self._noted_s = clock()

    @property
    def always(self) -> bool:
        """True when nothing ever pauses the work, and `pause` need not be asked."""
        return self._on_battery() and not self._max_load()

    def pause(self) -> str:
        """Why to pause now, "" to go on.  Reads files of the kernel that may take their time: not for the loop."""
        if not self._on_battery() and runs_on_battery(self._supplies):
            return "battery"
        self._note(working=False)
        bound = self._max_load()
        if bound and (self._load() - self._own_load) / self._cores > bound:
            return "load"
        return ""

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Around the work: what it adds to the load is known from how long it runs."""
        self._note(working=False)
        try:
            yield
        finally:
            self._note(working=True)

    def _note(self, *, working: bool) -> None:
        now_s = self._clock()
        kept = math.exp((self._noted_s - now_s) / _LOAD_MEMORY_S)
        self._own_load = self._own_load * kept + (1.0 - kept if working else 0.0)
        self._noted_s = now_s


def runs_on_battery(supplies: Path) -> bool:
    """True when a battery of the machine is being emptied and no mains is connected.

    Batteries of mice and headsets (`scope` Device) are none of the machine's.
    """
    emptied = False
    for supply in sorted(supplies.iterdir()) if supplies.is_dir() else ():
        match _word(supply / "type"):
            case "Mains" | "USB" | "Wireless" if _word(supply / "online") not in {"", "0"}:
                return False
            case "Battery" if _word(supply / "scope") != "Device":
                emptied = emptied or _word(supply / "status") == "Discharging"
    return emptied


def _word(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""  # no such attribute, or the firmware does not answer
