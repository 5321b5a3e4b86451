"""Hops: 10 ms of a track, the grain of every loudness figure.

Hop k begins at frame floor(k · rate / 100), so that rates that are no multiple of 100 Hz stay exact in the long
run.  10 ms and not 100: the loudest moment of a short sound is otherwise read up to half a LU low.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

HOPS_A_SECOND: Final = 100


def hop_starts(first: int, last: int, rate_hz: int) -> NDArray[np.int64]:
    """The first frames of hops `first` ≤ k < `last`."""
    return np.arange(first, last, dtype=np.int64) * rate_hz // HOPS_A_SECOND


def hop_of(frame: int, rate_hz: int) -> int:
    """The hop in which a frame lies."""
    return ((frame + 1) * HOPS_A_SECOND - 1) // rate_hz


class Hops:
    """Gathers values that come in any portions into one for each hop.

    `combine` is how values of one hop become one (np.add, np.maximum); each value stands for `step` frames and
    belongs to the hop of its first.
    """

    def __init__(self, rate_hz: int, combine: np.ufunc, *, step: int = 1) -> None:
        self._rate_hz = rate_hz
        self._combine = combine
        self._step = step
        self._frame = 0
        self._open: np.floating[Any] | None = None
        self._finished: list[NDArray[np.float64]] = []

    def feed(self, values: NDArray[np.floating[Any]]) -> None:
        if not len(values):
            return
        first = hop_of(self._frame if self._open is None else self._frame - self._step, self._rate_hz)
        last = hop_of(self._frame + (len(values) - 1) * self._step, self._rate_hz)
        starts = -((self._frame - hop_starts(first, last + 1, self._rate_hz)) // self._step)
        starts[0] = 0
        if self._open is not None:
            # One more value in front: what its hop held so far.
            values = np.concatenate(((self._open,), values))
            starts[1:] += 1
        gathered = self._combine.reduceat(values, starts)
        self._frame += (len(values) - (self._open is not None)) * self._step
        self._finished.append(gathered[:-1].astype(np.float64))
        self._open = gathered[-1]

    def gathered(self) -> NDArray[np.float64]:
        """The values of all hops so far, with that of the last, which may still grow."""
        tail = [] if self._open is None else [np.array([self._open], np.float64)]
        return np.concatenate((np.empty(0), *self._finished, *tail))

    def whole(self, frames: int) -> NDArray[np.float64]:
        """The values of those hops that lie wholly within the first `frames` frames."""
        return self.gathered()[: frames * HOPS_A_SECOND // self._rate_hz]
