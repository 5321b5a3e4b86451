"""Pace: how often one interface may speak.  Pure; time is an argument."""

from dataclasses import dataclass

BURST = 2
"""So many signals may follow each other at once: a click and its consequence."""
RATE_HZ = 8.0
"""And so many a second from then on; together never more than ten in any second."""


@dataclass(slots=True)
class Pace:
    """A bucket of permissions that fills with time."""

    _permits: float = BURST
    _filled_at_s: float = float("-inf")

    def wait_s(self, now_s: float) -> float:
        """How long the next signal has to wait; 0 when it may go now."""
        return max(0.0, (1.0 - self._permits_at(now_s)) / RATE_HZ)

    def spend(self, now_s: float) -> None:
        """A signal goes out."""
        self._permits = self._permits_at(now_s) - 1.0
        self._filled_at_s = now_s

    def _permits_at(self, now_s: float) -> float:
        return min(float(BURST), self._permits + (now_s - self._filled_at_s) * RATE_HZ)
