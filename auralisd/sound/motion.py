"""Motion: whether a device plays on what it was given.  Pure.

A sound server that was stopped takes nothing and refuses nothing: its figures stand still, and that is all there is to
see of it.
"""

from typing import Final

STALLED_S: Final = 3.0
"""A device that stands so long is as good as lost; some take two seconds to begin."""

WEDGED_S: Final = 15.0
"""After so long it is opened anew."""

LOOK_EVERY_S: Final = 0.1
"""How often a stalled device is looked at."""


class Motion:
    """Times are seconds of any clock that does not jump."""

    def __init__(self) -> None:
        self.stalled = False
        self._seen: tuple[int, int] | None = None
        self._since_s = 0.0

    def begin(self, now_s: float) -> None:
        """It begins, or goes on after a pause."""
        self._seen = None
        self._since_s = now_s

    def saw(self, heard_at: int, unheard: int, now_s: float) -> None:
        """What the device says that it has played, and has yet to."""
        if (heard_at, unheard) != self._seen:
            self._seen = (heard_at, unheard)
            self._since_s = now_s

    def stands_s(self, now_s: float) -> float:
        return now_s - self._since_s
