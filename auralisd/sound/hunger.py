"""Hunger: whether anything comes to be heard, while something should.  Pure.

A drive that hangs gives neither frames nor an error, and whoever reads from it cannot be told to stop.
"""

from typing import Final

STARVED_S: Final = 10.0
"""So long a listener waits for a drive that wakes up or a network that is slow; then the file is passed over."""


class Hunger:
    """Times are seconds of any clock that does not jump."""

    def __init__(self) -> None:
        self._fed_at_s = 0.0
        self._told = False

    def fed(self, now_s: float) -> None:
        """Something came, or is only now waited for."""
        self._fed_at_s = now_s
        self._told = False

    def left_s(self, now_s: float) -> float:
        """How long may still be waited."""
        return max(0.0, STARVED_S - (now_s - self._fed_at_s))

    def starves(self, now_s: float) -> bool:
        """True once, when nothing came for too long."""
        if self._told or self.left_s(now_s) > 0.0:
            return False
        self._told = True
        return True
