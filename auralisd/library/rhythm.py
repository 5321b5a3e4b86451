"""Rhythm: when music folders are compared with the library although nobody has said that anything changed.

Events are hints, and hints get lost: in a suspended machine, on a drive that others write to, where the kernel gives no
watches.  So everything is compared every hour and after a suspend, and what cannot be watched every five minutes.
"""

import time
from collections.abc import Callable, Iterable

LOOK_EVERY_S = 60.0
"""So often the clocks are read, and nothing else is done."""
ALL_EVERY_S = 3600.0
UNWATCHED_EVERY_S = 300.0
_SUSPENDED_S = 2.0
"""The clock that counts a suspended machine's time gains so much on the one that does not: it has slept."""


def boot_s() -> float:
    """Seconds since the machine started, those in which it was suspended included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Rhythm:
    """Says which folders are due.  `boot` goes on while the machine is suspended, `awake` does not."""

    def __init__(self, *, boot: Callable[[], float] = boot_s, awake: Callable[[], float] = time.monotonic) -> None:
        self._boot = boot
        self._awake = awake
        self._slept_s = boot() - awake()
        self._compared_s: dict[int, float] = {}

    def compared(self, folder: int) -> None:
        """All of a folder was looked at."""
        self._compared_s[folder] = self._boot()

    def forget(self, folder: int) -> None:
        """It is no music folder any more."""
        self._compared_s.pop(folder, None)

    def resumed(self, folders: Iterable[int]) -> list[int]:
        """Somebody says that the machine was suspended, which the clocks need not say too: all of `folders` are due."""
        self._slept_s = self._boot() - self._awake()
        return list(folders)

    def due(self, folders: Iterable[int], unwatched: Iterable[int]) -> list[int]:
        """Those of `folders` that are to be compared now; `unwatched` are those of them that tell nothing."""
        now_s, unwatched = self._boot(), frozenset(unwatched)
        suspended = now_s - self._awake() - self._slept_s > _SUSPENDED_S
        self._slept_s = now_s - self._awake()
        return [
            folder
            for folder in folders
            if suspended or now_s - self._compared_s.get(folder, now_s) >= _every_s(folder in unwatched)
        ]


def _every_s(unwatched: bool) -> float:
    return UNWATCHED_EVERY_S if unwatched else ALL_EVERY_S
