"""Retry: when a device that was lost is tried again.  Pure.

At once the first time, for many a loss is over before it is noticed (a suspend, a device that was renumbered); then
ever later, up to what a listener waits for without wondering.
"""

from typing import Final

LONGEST_WAIT_S: Final = 1.5
"""For ever so often: opening costs some milliseconds, and the music is back within 2 s."""

WAITS_S: Final = (0.0, 0.25, 0.5, 1.0, LONGEST_WAIT_S)
"""Before each attempt; the last one for ever."""

PROVEN_S: Final = 2.0
"""A device that was lost again sooner than this had not really come back."""


class Retry:
    """Of one output; times are seconds of any clock that does not jump."""

    def __init__(self) -> None:
        self._attempt = 0
        self._opened_at_s: float | None = None
        self._due_s: float | None = None

    @property
    def pending(self) -> bool:
        """True from a loss until the device is open again, or nobody wants it any more."""
        return self._due_s is not None

    def lost(self, now_s: float) -> None:
        """It went away, or did not open."""
        if self._opened_at_s is not None and now_s - self._opened_at_s >= PROVEN_S:
            self._attempt = 0
        self._opened_at_s = None
        self._due_s = now_s + WAITS_S[min(self._attempt, len(WAITS_S) - 1)]
        self._attempt += 1

    def opened(self, now_s: float) -> None:
        self._opened_at_s = now_s
        self._due_s = None

    def wait_s(self, now_s: float) -> float:
        """How long until it is to be tried; 0 when it is due."""
        return 0.0 if self._due_s is None else max(0.0, self._due_s - now_s)

    def give_up(self) -> None:
        """Nobody wants it now; whoever asks for it later has it tried at once."""
        self._due_s = None
