"""Voice: one stream on its way from its file to the ring: decoder, fold to stereo, chain, resampler."""

from math import gcd
from typing import Final

import numpy as np

from auralisd.decode.decoder import Decoder
from auralisd.dsp.block import Block, decibels
from auralisd.dsp.chain import QUANTUM_FRAMES, Telemetry, preroll_start
from auralisd.dsp.channels import to_stereo
from auralisd.dsp.resampler import Resampler
from auralisd.errors import TrackUnreadable
from auralisd.mastering.build import build_chain
from auralisd.model.plan import MasteringPlan
from auralisd.sound.meters import Meters

_RUN_IN_S: Final = 0.1
"""A resampler that begins in the middle of a stream has forgotten its start by then."""

SILENCE: Final = np.empty((0, 2), np.float32)


class Voice:
    """Gives the stream from `start_frame` on, at the ring's rate; the frames before it only warm the chain.

    The first `skip_ring_frames` of its output are left out (see `entry_point`).
    """

    def __init__(
        self,
        decoder: Decoder,
        plan: MasteringPlan,
        meters: Meters,
        *,
        start_frame: int,
        ring_rate_hz: int,
        skip_ring_frames: int = 0,
    ) -> None:
        self.decoder = decoder
        self.failure: TrackUnreadable | None = None
        self._meters = meters
        source_hz = decoder.format.rate_hz
        feed_from = start_frame if plan.transparent else preroll_start(start_frame, source_hz)
        self._position = feed_from
        self._treated_to = feed_from
        self._warming = start_frame - feed_from
        self._chain = None if plan.transparent else build_chain(plan, source_hz, start_frame=feed_from)
        self._resampler = None if source_hz == ring_rate_hz else Resampler(source_hz, ring_rate_hz)
        self._skip = skip_ring_frames
        self._ended = False
        try:
            decoder.seek(feed_from)
        except TrackUnreadable as failure:
            self.failure, self._ended = failure, True

    @property
    def position(self) -> int:
        """How far the source was decoded."""
        return self._position

    def render(self) -> Block:
        """The next frames; none at the end, of which `failure` tells the reason when it is not the file's own."""
        while not self._ended:
            block = self._resampled(self._warmed(self._treated()))
            if self._skip:
                skipped = min(self._skip, len(block))
                self._skip -= skipped
                block = block[skipped:]
            if len(block):
                return block
        return SILENCE

    def close(self) -> None:
        self.decoder.close()

    def _treated(self) -> Block:
        """The next frames behind the chain, at the source's rate."""
        source = to_stereo(self._decoded())
        self._meters.feed_source(source, self._position)
        self._position += len(source)
        first = self._treated_to
        if self._chain is None:
            treated, readings = source, _plain_reading(source, first)
        else:
            treated = self._chain.flush() if self._ended else self._chain.process(source)
            readings = self._chain.take_telemetry()
        self._treated_to += len(treated)
        self._meters.feed_result(treated, first, readings)
        return treated

    def _decoded(self) -> Block:
        try:
            block = self.decoder.read(QUANTUM_FRAMES)
        except TrackUnreadable as failure:
            self.failure = failure
            block = SILENCE
        self._ended = len(block) == 0
        return block if len(block) else SILENCE

    def _warmed(self, block: Block) -> Block:
        """Without the frames before the start."""
        warming = min(self._warming, len(block))
        self._warming -= warming
        return block[warming:]

    def _resampled(self, block: Block) -> Block:
        if self._resampler is None:
            return block
        block = self._resampler.process(block)
        return np.concatenate((block, self._resampler.flush())) if self._ended else block


def _plain_reading(block: Block, first: int) -> list[Telemetry]:
    """What the limiter would have told of samples that pass untouched: their own peak."""
    if not len(block):
        return []
    return [Telemetry(first, first + len(block), 0.0, decibels(float(np.abs(block).max())))]


def entry_point(*, frame: int, ring_frames: int, source_hz: int, ring_hz: int) -> tuple[int, int]:
    """Where to take up a stream of which source frame `frame` lies `ring_frames` behind: (source frame, ring frames).

    The voice begins at that source frame and skips so many ring frames of its output.  Both are on the grid on which
    source and ring frames coincide, so that a second render joins the first within a fraction of a sample.
    """
    if source_hz == ring_hz:
        return frame + ring_frames, 0
    common = gcd(source_hz, ring_hz)
    step = ring_hz // common
    steps = max(0, ring_frames - round(_RUN_IN_S * ring_hz)) // step
    return frame + steps * (source_hz // common), ring_frames - steps * step
