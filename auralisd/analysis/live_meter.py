"""Live loudness of what is being rendered, cheap enough to run all the time.

Energy is K-weighted on the power spectra of 100 ms pieces instead of by filters.  Against the real meter
(`loudness`) music reads the same within 0.3 LU, momentary and short-term; a low rumble that is left alone may read
up to 1 LU high, because the edges of a piece spill part of it into frequencies that count.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from auralisd.analysis.gating import lufs
from auralisd.analysis.kweighting import power_gains
from auralisd.dsp.block import Block
from auralisd.dsp.transforms import fast_length, spectra_over_n

PIECES_A_SECOND: Final = 10
_MOMENTARY_PIECES: Final = 4
_SHORT_TERM_PIECES: Final = 30
_PIECES_KEPT: Final = 600
"""A minute: the frame that is heard lies seconds behind the frame that is rendered."""


class LiveMeter:
    """Loudness of one track at any of its recent frames.

    One thread feeds; another may read, as pieces are only ever added whole.
    """

    def __init__(self, rate_hz: int) -> None:
        self._length = rate_hz // PIECES_A_SECOND
        self._size = fast_length(self._length)
        grid = np.arange(self._size // 2 + 1, dtype=np.float64) * (rate_hz / self._size)
        # One-sided, so all but the ends count twice; the mean square of the piece, by Parseval.
        weights = power_gains(grid, rate_hz) * (2.0 * self._size / self._length)
        self._weights = weights.astype(np.float32)
        self._left = np.empty((0, 2), np.float32)
        self._next_frame = 0
        self._pieces: dict[int, float] = {}

    def feed(self, block: Block, first_frame: int) -> None:
        """Take stereo frames; `first_frame` may jump either way, and what is rendered anew replaces the old."""
        if first_frame != self._next_frame:
            # A piece whose beginning was not seen is left out.
            skipped = -first_frame % self._length
            self._next_frame = first_frame + len(block)
            self._left = np.empty((0, 2), np.float32)
            block, first_frame = block[skipped:], first_frame + skipped
        else:
            self._next_frame += len(block)
            first_frame -= len(self._left)
            block = np.concatenate((self._left, block))
        count = len(block) // self._length
        self._left = block[count * self._length :].copy()
        if count:
            self._keep(block[: count * self._length], first_frame // self._length)

    def at(self, frame: int) -> tuple[float | None, float | None]:
        """Momentary and short-term loudness (LUFS) heard at `frame`; silence is about −200.

        Shortly after a start or a jump the windows are as long as what was heard of them; None before 0.1 s.
        """
        recent: list[float] = []
        piece = frame // self._length - 1
        while len(recent) < _SHORT_TERM_PIECES and (energy := self._pieces.get(piece)) is not None:
            recent.append(energy)
            piece -= 1
        if not recent:
            return None, None
        return _mean_lufs(recent[:_MOMENTARY_PIECES]), _mean_lufs(recent)

    def _keep(self, block: Block, first_piece: int) -> None:
        pieces = block.reshape(-1, self._length, 2).transpose(0, 2, 1)
        count = len(pieces)
        padded = np.zeros((count, 2, self._size), np.float32)
        padded[:, :, : self._length] = pieces
        spectra = spectra_over_n(padded)
        power: NDArray[np.float32] = (spectra.real**2 + spectra.imag**2).sum(axis=1)
        for piece, energy in enumerate((power @ self._weights).tolist(), start=first_piece):
            self._pieces.pop(piece, None)
            self._pieces[piece] = energy
        while len(self._pieces) > _PIECES_KEPT:
            del self._pieces[next(iter(self._pieces))]


def _mean_lufs(energies: list[float]) -> float:
    return float(lufs(np.array([sum(energies) / len(energies)]))[0])
