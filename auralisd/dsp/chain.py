"""The chain: stages that turn a track into what is heard, the same to the last bit however it is cut.

Every stage always works on a *quantum* of `QUANTUM_FRAMES`, and quanta are anchored at frame 0 of the track.
What a request asks for therefore never reaches a filter, a matrix product or a transform: the sound is
byte-identical for every block size, and after a seek it is byte-identical to continuous play, because each
stage forgets within `PREROLL_S`.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from auralisd.dsp.block import Block, Planes, make_sane

QUANTUM_FRAMES: Final = 16_384
"""Large enough that Python's call overhead vanishes, small enough for 0.4 s of answer time at 44.1 kHz."""

PREROLL_S: Final = 1.0
"""No stage remembers longer: dynamics let go within 0.82 s, the limiter within 0.6, the longest filter lasts 43 ms."""

READING_FRAMES: Final = 2_048
"""One telemetry reading covers so many frames."""

_READINGS_KEPT: Final = 2_048


class Telemetry(NamedTuple):
    """What the limiter did to the output frames `first_frame` ≤ f < `end_frame` of the track.

    `gain_db` is its lowest gain (0 = untouched); `peak_dbtp` the highest true peak behind it, −inf in silence.
    Stretches far below the ceiling are read from their samples alone.
    """

    first_frame: int
    end_frame: int
    gain_db: float
    peak_dbtp: float


class Gains(NamedTuple):
    """A stage's by-product for one quantum of its output: linear, one value each `READING_FRAMES`."""

    lowest_gain: NDArray[np.float64]
    highest_peak: NDArray[np.float64]


class Stage(Protocol):
    """One step of the chain, with the memory of what went before."""

    @property
    def latency_frames(self) -> int:
        """Its output is so many frames behind its input."""

    def process(self, quantum: Planes) -> Planes:
        """Take and give exactly (2, QUANTUM_FRAMES); the argument may be overwritten and given back."""

    def gains(self) -> Gains | None:
        """The by-product of the last quantum, for stages that have one."""


def preroll_start(frame: int, rate_hz: int) -> int:
    """The source frame from which a new chain must be fed so that `frame` and all after it come out as in
    continuous play.  The first `frame - preroll_start(frame, rate_hz)` frames of output are to be dropped."""
    return max(0, frame - round(PREROLL_S * rate_hz)) // QUANTUM_FRAMES * QUANTUM_FRAMES


class Chain:
    """Runs stages over one track, from `start_frame` (a multiple of `QUANTUM_FRAMES`) on.

    In all it gives as many frames as it takes, and its first frame out is its first frame in.  Without stages
    the samples pass bit for bit.
    """

    def __init__(self, stages: Sequence[Stage], rate_hz: int, *, start_frame: int = 0) -> None:
        if start_frame % QUANTUM_FRAMES:
            raise ValueError(f"a chain starts on a multiple of {QUANTUM_FRAMES} frames, not at {start_frame}")
        self.rate_hz = rate_hz
        self._stages = tuple(stages)
        self._quantum = np.zeros((2, QUANTUM_FRAMES), np.float32)
        self._filled = 0
        self._ahead = sum(stage.latency_frames for stage in self._stages)
        self._taken = start_frame
        self._given = start_frame
        self._readings: deque[Telemetry] = deque(maxlen=_READINGS_KEPT)

    def process(self, block: Block) -> Block:
        """Take any number of frames, shape (frames, 2); give those that are finished, perhaps none."""
        if block.ndim != 2 or block.shape[1] != 2:
            raise ValueError(f"a chain takes stereo blocks of shape (frames, 2), not {block.shape}")
        self._taken += len(block)
        if not self._stages:
            return self._pass(block)
        finished = []
        while len(block):
            part = block[: QUANTUM_FRAMES - self._filled]
            self._quantum[:, self._filled : self._filled + len(part)] = part.T
            self._filled += len(part)
            block = block[len(part) :]
            if self._filled == QUANTUM_FRAMES:
                finished.append(self._run())
        return _joined(finished)

    def flush(self) -> Block:
        """The track has ended: give all that is still owed."""
        finished = []
        while self._given < self._taken:
            self._quantum[:, self._filled :] = 0.0
            finished.append(self._run())
        return _joined(finished)

    def take_telemetry(self) -> list[Telemetry]:
        """The readings of all frames given since the last call, in their order."""
        readings = list(self._readings)
        self._readings.clear()
        return readings

    def _run(self) -> Block:
        """One whole quantum through every stage, cut to the frames that exist."""
        self._filled = 0
        quantum = self._quantum
        make_sane(quantum)
        measured = None
        for stage in self._stages:
            quantum = stage.process(quantum)
            measured = stage.gains() or measured
        skipped = min(self._ahead, QUANTUM_FRAMES)
        self._ahead -= skipped
        frames = min(QUANTUM_FRAMES - skipped, self._taken - self._given)
        output = np.ascontiguousarray(quantum[:, skipped : skipped + frames].T)
        self._note(measured, output, skipped)
        self._given += frames
        return output

    def _pass(self, block: Block) -> Block:
        self._note(None, block, 0)
        self._given += len(block)
        return block

    def _note(self, measured: Gains | None, output: Block, skipped: int) -> None:
        """Keep readings for `output`, which lies `skipped` frames into its quantum."""
        first = 0
        while first < len(output):
            reading, within = divmod(skipped + first, READING_FRAMES)
            end = min(first + READING_FRAMES - within, len(output))
            if measured is None:
                gain, peak = 1.0, float(np.abs(output[first:end]).max())
            else:
                gain, peak = float(measured.lowest_gain[reading]), float(measured.highest_peak[reading])
            with np.errstate(divide="ignore"):
                levels = 20.0 * np.log10([gain, peak])
            self._readings.append(Telemetry(self._given + first, self._given + end, float(levels[0]), float(levels[1])))
            first = end


def _joined(blocks: list[Block]) -> Block:
    if len(blocks) == 1:
        return blocks[0]
    return np.concatenate(blocks) if blocks else np.empty((0, 2), np.float32)
