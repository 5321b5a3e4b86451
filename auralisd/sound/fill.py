"""Fill: how much sound the writer keeps in the device.  Pure.

Little, so that volume and another plan are heard soon; more once the machine has shown that it needs more.
"""

LEAST_S = 0.080
MOST_S = 0.400

_GROWTH = 1.5
_PUNCTUAL_S = 60.0
"""After so long without trouble the fill goes back by one step."""


class Fill:
    def __init__(self) -> None:
        self.seconds = LEAST_S
        self._changed_at_s = 0.0

    def grow(self, now_s: float) -> bool:
        """The device ran dry, or we woke late; True when the fill changed."""
        return self._set(min(MOST_S, self.seconds * _GROWTH), now_s)

    def settle(self, now_s: float) -> bool:
        """All went well; True when the fill changed."""
        if now_s - self._changed_at_s < _PUNCTUAL_S:
            return False
        return self._set(max(LEAST_S, self.seconds / _GROWTH), now_s)

    def _set(self, seconds: float, now_s: float) -> bool:
        changed = seconds != self.seconds
        self.seconds = seconds
        self._changed_at_s = now_s
        return changed
