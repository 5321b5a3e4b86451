"""Live loudness of what is being rendered, cheap enough to run all the time.

Energy is K-weighted on the power spectra of 100 ms pieces instead of by filters.  Against the real meter
(`loudness`) music reads the same within 0.3 LU, momentary, short-term and integrated; a low rumble that is left alone
may read up to 1 LU high, because the edges of a piece spill part of it into frequencies that count.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from auralisd.analysis.gating import ABSOLUTE_GATE_LUFS, RELATIVE_GATE_LU, lufs
from auralisd.analysis.kweighting import power_gains
from auralisd.dsp.block import Block
from auralisd.dsp.transforms import fast_length, spectra_over_n

PIECES_A_SECOND: Final = 10
_MOMENTARY_PIECES: Final = 4
_SHORT_TERM_PIECES: Final = 30
_PIECES_KEPT: Final = 600
"""A minute: the frame that is heard lies seconds behind the frame that is rendered."""

_BINS: Final = 1_000
_BIN_LU: Final = 0.1


class Reading(NamedTuple):
    """Loudness (LUFS; silence is about −200) and the correlation (−1..1) of left and right over 400 ms, where there
    was sound.  `integrated` is gated as in ITU-R BS.1770-5, None while nothing passed the gates."""

    momentary: float | None = None
    short_term: float | None = None
    integrated: float | None = None
    correlation: float | None = None


class _Piece(NamedTuple):
    """Sums over a tenth of a second: K-weighted mean square, and what correlation is made of."""

    energy: float
    left: float = 0.0
    right: float = 0.0
    product: float = 0.0


class LiveMeter:
    """Loudness of one track at any of its recent frames, of what was fed from `first_frame` on.

    Its memory is the same however long that is.
    """

    def __init__(self, rate_hz: int, first_frame: int = 0) -> None:
        self._length = rate_hz // PIECES_A_SECOND
        self._size = fast_length(self._length)
        grid = np.arange(self._size // 2 + 1, dtype=np.float64) * (rate_hz / self._size)
        # One-sided, so all but the ends count twice; the mean square of the piece, by Parseval.
        weights = power_gains(grid, rate_hz) * (2.0 * self._size / self._length)
        self._weights = weights.astype(np.float32)
        self._left = np.empty((0, 2), np.float32)
        self._first_piece = -(-first_frame // self._length)
        self._next_frame = 0
        self._pieces: dict[int, _Piece] = {}
        self._past = _Past()

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
            self._measure(block[: count * self._length], first_frame // self._length)

    def at(self, frame: int) -> Reading:
        """What is read at `frame`.

        Shortly after a start or a jump the windows are as long as what was heard of them; None before 0.1 s.
        """
        recent: list[_Piece] = []
        piece = frame // self._length - 1
        while len(recent) < _SHORT_TERM_PIECES and (found := self._pieces.get(piece)) is not None:
            recent.append(found)
            piece -= 1
        if not recent:
            return Reading()
        momentary = recent[:_MOMENTARY_PIECES]
        return Reading(_mean_lufs(momentary), _mean_lufs(recent), self._integrated(frame), _correlation(momentary))

    def energies(self, first_frame: int, end_frame: int) -> dict[int, float]:
        """What was read of the pieces that end behind `first_frame` and not behind `end_frame`, by their number."""
        pieces = range(first_frame // self._length, end_frame // self._length)
        return {piece: found.energy for piece in pieces if (found := self._pieces.get(piece)) is not None}

    def keep_energies(self, energies: Mapping[int, float]) -> None:
        """What `energies` gave of these frames when they were fed before."""
        for piece, energy in energies.items():
            if piece not in self._pieces:
                self._keep(piece, _Piece(energy))

    def _integrated(self, frame: int) -> float | None:
        end = frame // self._length
        blocks = [self._block(piece) for piece in self._pieces if piece + _MOMENTARY_PIECES <= end]
        return self._past.integrated([block for block in blocks if block is not None])

    def _block(self, piece: int) -> float | None:
        """The mean square of the gating block of 400 ms that begins with this piece; None where one is missing."""
        total = 0.0
        for number in range(piece, piece + _MOMENTARY_PIECES):
            found = self._pieces.get(number)
            if found is None:
                return None
            total += found.energy
        return total / _MOMENTARY_PIECES

    def _measure(self, block: Block, first_piece: int) -> None:
        pieces = block.reshape(-1, self._length, 2).transpose(0, 2, 1)
        count = len(pieces)
        padded = np.zeros((count, 2, self._size), np.float32)
        padded[:, :, : self._length] = pieces
        spectra = spectra_over_n(padded)
        power: NDArray[np.float32] = (spectra.real**2 + spectra.imag**2).sum(axis=1)
        left, right = padded[:, 0], padded[:, 1]
        pairs = (left, left), (right, right), (left, right)
        sums = [np.einsum("pf,pf->p", one, other).tolist() for one, other in pairs]
        for number, piece in enumerate(zip((power @ self._weights).tolist(), *sums, strict=True), start=first_piece):
            self._keep(number, _Piece(*piece))

    def _keep(self, number: int, piece: _Piece) -> None:
        if number < self._first_piece:
            return
        self._pieces.pop(number, None)
        self._pieces[number] = piece
        if len(self._pieces) > _PIECES_KEPT:
            oldest = next(iter(self._pieces))
            block = self._block(oldest)
            if block is not None:
                self._past.add(block)
            del self._pieces[oldest]


class _Past:
    """Gating blocks that are too old to be heard again: their energy by their loudness, in steps of 0.1 LU."""

    def __init__(self) -> None:
        self._energies = np.zeros(_BINS)
        self._counts = np.zeros(_BINS)

    def add(self, block: float) -> None:
        loudness = float(lufs(np.array([block]))[0])
        if loudness > ABSOLUTE_GATE_LUFS:
            step = min(_BINS - 1, int((loudness - ABSOLUTE_GATE_LUFS) / _BIN_LU))
            self._energies[step] += block
            self._counts[step] += 1

    def integrated(self, recent: list[float]) -> float | None:
        """Of these and the `recent` blocks, through both gates."""
        energies = np.array(recent)
        energies = energies[lufs(energies) > ABSOLUTE_GATE_LUFS]
        count = len(energies) + self._counts.sum()
        if not count:
            return None
        gate = float(lufs(np.array([(energies.sum() + self._energies.sum()) / count]))[0]) + RELATIVE_GATE_LU
        energies = energies[lufs(energies) > gate]
        passed = ABSOLUTE_GATE_LUFS + _BIN_LU * np.arange(_BINS) > gate
        total = energies.sum() + self._energies[passed].sum()
        return float(lufs(np.array([total / (len(energies) + self._counts[passed].sum())]))[0])


def _mean_lufs(pieces: list[_Piece]) -> float:
    return float(lufs(np.array([sum(piece.energy for piece in pieces) / len(pieces)]))[0])


def _correlation(pieces: list[_Piece]) -> float | None:
    left, right = sum(piece.left for piece in pieces), sum(piece.right for piece in pieces)
    product = sum(piece.product for piece in pieces)
    return product / float(np.sqrt(left * right)) if left > 0.0 and right > 0.0 else None
