"""Dither: float samples to the integers of a device, with triangular noise of ±1 step wherever something is lost.

The noise comes from a table addressed by the absolute frame: the same frame always gets the same noise, whatever
the block size, and after a seek.  A block in which nothing is lost passes exactly.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from auralisd.dsp.block import Block

_TABLE_VALUES: Final = 1 << 18
"""1 MB; as stereo it comes round every 3 s at 44.1 kHz, which no ear finds in noise at −98 dBFS."""

_SEED: Final = 20_260


class Dither:
    """Writes blocks as integers of `bits`: 16, 24 (in the low bytes of 32) or 32.

    For the thread that feeds the device: it allocates nothing in proportion to the block.  `longest` is the
    largest block, in frames, that it will be given.
    """

    def __init__(self, bits: int, *, channels: int, longest: int) -> None:
        if bits not in (16, 24, 32):
            raise ValueError(f"a device takes 16, 24 or 32 bits, not {bits}")
        self._channels = channels
        self._steps = float(1 << (bits - 1))
        # float32 carries 24 bits: rounding it to 32 loses less than −186 dBFS, which needs no noise.
        self._table = _triangular().astype(np.float64) if bits < 32 else np.zeros(0)
        self._scaled = np.empty(longest * channels)
        self._rounded = np.empty(longest * channels)
        self._same = np.empty(longest * channels, np.bool_)

    def write(self, block: Block, out: NDArray[Any], *, frame: int) -> None:
        """Write `block` (frames, channels), whose first frame is number `frame`, to integers of the same shape.

        What is no number becomes 0; what passes full scale is held there.
        """
        count = block.size
        scaled, rounded, same = self._scaled[:count], self._rounded[:count], self._same[:count]
        # Copied first, for a ufunc that has to convert allocates room to do it in; the table is wide for that reason.
        np.copyto(scaled, block.reshape(-1))
        np.multiply(scaled, self._steps, out=scaled)
        if count and np.isnan(scaled.max()):
            np.nan_to_num(scaled, copy=False, nan=0.0)
        self._hold(scaled)
        np.rint(scaled, out=rounded)
        np.equal(scaled, rounded, out=same)
        if self._table.size and not same.all():
            self._add_noise(scaled, frame * self._channels)
            np.rint(scaled, out=rounded)
            self._hold(rounded)
        np.copyto(out.reshape(-1), rounded, casting="unsafe")

    def _hold(self, values: NDArray[np.float64]) -> None:
        np.clip(values, -self._steps, self._steps - 1.0, out=values)

    def _add_noise(self, scaled: NDArray[np.float64], position: int) -> None:
        done = 0
        while done < len(scaled):
            at = (position + done) % _TABLE_VALUES
            part = scaled[done : done + _TABLE_VALUES - at]
            np.add(part, self._table[at : at + len(part)], out=part)
            done += len(part)


def _triangular() -> NDArray[np.float32]:
    """The sum of two even distributions: the noise that leaves the mean and the power of the error alone."""
    random = np.random.Generator(np.random.PCG64(_SEED))
    noise = random.random(_TABLE_VALUES, np.float32) - random.random(_TABLE_VALUES, np.float32)
    return noise
