"""Rehearsal: tracks rendered once for nobody, to hear how loud they really come out.

A forecast is off by some tenths of a LU: how tone moves peaks depends on phases that nobody measured.  By how much it
is off hardly depends on the gain, and so a plan that is made anew with it lands where it says.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from auralisd.analysis import gating
from auralisd.analysis.loudness import LoudnessMeter
from auralisd.decode.decoder import open_track, refuse_break_off
from auralisd.dsp.block import planes_of
from auralisd.dsp.chain import QUANTUM_FRAMES
from auralisd.dsp.channels import to_stereo
from auralisd.mastering.build import build_chain
from auralisd.mastering.planner import plan
from auralisd.model.plan import MasteringPlan
from auralisd.model.profile import SoundProfile
from auralisd.model.taste import ENHANCED, Treatment

CLOSE_LU: Final = 0.1
"""A forecast that was off by more is rehearsed once more as it was mended: another gain meets other caps and peaks."""

_MOST_ROUNDS: Final = 2


class Piece(NamedTuple):
    path: bytes
    profile: SoundProfile


def rehearsed(
    pieces: Sequence[Piece], treatment: Treatment, album: SoundProfile | None = None
) -> Generator[tuple[int, int], None, Treatment]:
    """Gives the treatment with the trim under which these come out as loud as their plan says, all together.

    Without `album`, their common profile, there is one piece.  What nothing is done to is not rehearsed.  Yields the
    place of the piece at hand and how many of its frames are done, in each of up to two rounds.  Memory grows by 800
    bytes for each second of music.  Raises TrackUnreadable.
    """
    for _ in range(_MOST_ROUNDS):
        whole = plan(album or pieces[0].profile, treatment)
        if treatment.mode != ENHANCED or whole.expected_lufs is None or _is_at_rest(whole):
            break
        hearings = [_Hearing(piece.path, plan(piece.profile, treatment, album)) for piece in pieces]
        for place, hearing in enumerate(hearings):
            for done in hearing.run():
                yield place, done
        heard_lufs = gating.integrated(np.concatenate([hearing.blocks for hearing in hearings]))
        if heard_lufs is None:
            break
        off_lu = heard_lufs - whole.expected_lufs
        treatment = msgspec.structs.replace(treatment, trim_lu=treatment.trim_lu + off_lu)
        if abs(off_lu) <= CLOSE_LU:
            break
    return treatment


def to_the_end(rehearsing: Generator[tuple[int, int], None, Treatment]) -> Treatment:
    """What it gives, for whom nobody waits."""
    while True:
        try:
            next(rehearsing)
        except StopIteration as end:
            treatment: Treatment = end.value
            return treatment


class _Hearing:
    """One track behind its chain, of which only the loudness is kept: `blocks` are its gating blocks, once it ran."""

    def __init__(self, path: bytes, made: MasteringPlan) -> None:
        self._path = path
        self._plan = made
        self.blocks: NDArray[np.float64] = np.empty(0)

    def run(self) -> Iterator[int]:
        """Yields how many frames are done.  Raises TrackUnreadable."""
        with closing(open_track(self._path, refuse_break_off)) as decoder:
            rate_hz = decoder.format.rate_hz
            chain, meter, done = build_chain(self._plan, rate_hz), LoudnessMeter(rate_hz), 0
            while len(block := decoder.read(QUANTUM_FRAMES)):
                meter.feed(planes_of(chain.process(to_stereo(block))))
                done += len(block)
                yield done
            meter.feed(planes_of(chain.flush()))
        self.blocks = meter.blocks()


def _is_at_rest(made: MasteringPlan) -> bool:
    """True when the samples pass as they are, and the loudness with them."""
    return made.transparent or (made.gain_db == 0.0 and not made.limited)
