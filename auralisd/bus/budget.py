"""Budgets: how many costly calls each sender has, so that one script cannot make the others wait.  Pure; time is given.

A sender's budget is a bucket of tokens that is full after a rest.  A full bucket says nothing, so it is not kept: what
is kept is bounded by who has asked of late, even where nobody tells that a sender is gone.
"""

from auralisd.errors import LimitExceeded


class Budgets:
    """One bucket for each sender: `burst` calls after a rest, `per_second` in the long run (0 lifts the bound)."""

    def __init__(self, *, per_second: float, burst: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._buckets: dict[str, tuple[float, float]] = {}
        """Sender → tokens left, and when they were counted."""

    @property
    def senders(self) -> frozenset[str]:
        """Of whom something is remembered."""
        return frozenset(self._buckets)

    def spend(self, sender: str, now_s: float) -> None:
        """One costly call.  Raises LimitExceeded, and then nothing is spent."""
        if not self._per_second:
            return
        tokens = self._left(sender, now_s)
        if tokens < 1.0:
            wait_s = (1.0 - tokens) / self._per_second
            raise LimitExceeded(
                f"this call is costly, and you have {self._per_second:g} of that kind a second, {self._burst} after a "
                f"rest; ask again in {wait_s:.1f} s"
            )
        self._buckets[sender] = (tokens - 1.0, now_s)
        self.forget_the_rested(now_s)

    def forget(self, sender: str) -> None:
        """It has left the bus, and its name is never used again."""
        self._buckets.pop(sender, None)

    def forget_the_rested(self, now_s: float) -> None:
        """Those whose buckets are full again."""
        for sender in [each for each in self._buckets if self._left(each, now_s) >= self._burst]:
            del self._buckets[sender]

    def clear(self) -> None:
        """Another bus, with other names."""
        self._buckets.clear()

    def _left(self, sender: str, now_s: float) -> float:
        tokens, counted_s = self._buckets.get(sender, (float(self._burst), now_s))
        return min(float(self._burst), tokens + (now_s - counted_s) * self._per_second)
