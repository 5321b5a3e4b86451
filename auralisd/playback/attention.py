"""Attention: whether the sound process answers.  Pure.

Opening a device, or writing to it, may hang for as long as a driver or a sound server likes, and with it the whole
sound process.  So its writer thread is asked now and then whether it is there; nobody waits for the answer.
"""

from typing import Final

ANSWERS_WITHIN_S: Final = 4.0
"""Then it hangs, and the listener is told that the device is lost."""

HOPELESS_AFTER_S: Final = 30.0
"""Most hang because the sound server does, and go on with it; then another process is tried, and each time later."""

MOST_HOPE_S: Final = 480.0


class Attention:
    """Of one sound process after the other; times are seconds of any clock that does not jump."""

    def __init__(self) -> None:
        self.silent = False
        self._hope_s = HOPELESS_AFTER_S
        self._ready = False
        self._request = 0
        self._asked_at_s: float | None = None

    def begin(self) -> None:
        """There is another process, or none."""
        self.silent = False
        self._ready = False
        self._asked_at_s = None

    def ready(self) -> None:
        """It can be asked from now on."""
        self._ready = True

    def question(self, now_s: float) -> int | None:
        """The number to ask it by, when it is ready and owes no answer."""
        if not self._ready or self._asked_at_s is not None:
            return None
        self._asked_at_s = now_s
        self._request += 1
        return self._request

    def answered(self, request: int) -> bool:
        """True when it had been silent, and is there again."""
        if request != self._request:
            return False
        was_silent, self.silent = self.silent, False
        self._asked_at_s = None
        self._hope_s = HOPELESS_AFTER_S
        return was_silent

    def falls_silent(self, now_s: float) -> bool:
        """True once, when it has owed an answer for too long."""
        if self.silent or self._asked_at_s is None or now_s - self._asked_at_s < ANSWERS_WITHIN_S:
            return False
        self.silent = True
        return True

    def is_hopeless(self, now_s: float) -> bool:
        """True once, when another process should be tried."""
        if not self.silent or self._asked_at_s is None or now_s - self._asked_at_s < self._hope_s:
            return False
        self._hope_s = min(MOST_HOPE_S, 2 * self._hope_s)
        return True
