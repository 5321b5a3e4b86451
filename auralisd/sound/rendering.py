"""Rendering: a track from one of its frames on, decoded, folded to stereo and through the chain."""

import numpy as np

from auralisd.decode.decoder import Decoder
from auralisd.dsp.block import Block, decibels
from auralisd.dsp.chain import QUANTUM_FRAMES, Telemetry, preroll_start
from auralisd.dsp.channels import to_stereo
from auralisd.errors import TrackUnreadable
from auralisd.mastering.build import build_chain
from auralisd.model.plan import MasteringPlan
from auralisd.sound.meters import Meters
from auralisd.sound.shelf import Stretch

_NOTHING = np.empty((0, 2), np.float32)


class Rendering:
    """Gives the same bytes wherever it begins; the decoded frames before `frame` only warm the chain.

    `failure` is why it ended, when it is not the file's own end.
    """

    def __init__(self, decoder: Decoder, plan: MasteringPlan, meters: Meters, *, frame: int) -> None:
        rate_hz = decoder.format.rate_hz
        feed_from = frame if plan.transparent else preroll_start(frame, rate_hz)
        self.failure: TrackUnreadable | None = None
        self.ended = False
        self.position = feed_from  # how far the source was decoded
        self._decoder = decoder
        self._meters = meters
        self._frame = frame
        self._treated_to = feed_from
        self._chain = None if plan.transparent else build_chain(plan, rate_hz, start_frame=feed_from)
        try:
            decoder.seek(feed_from)
        except TrackUnreadable as failure:
            self.failure, self.ended = failure, True

    def next(self) -> Stretch:
        """The frames that are finished next, perhaps none."""
        source = to_stereo(self._decoded())
        self._meters.feed_source(source, self.position)
        self.position += len(source)
        treated = self._treated(source)
        self._treated_to = treated.end
        return treated.part(self._frame, treated.end)

    def _treated(self, source: Block) -> Stretch:
        first = self._treated_to
        if self._chain is None:
            return Stretch(first, source, _plain_readings(source, first))
        sound = self._chain.flush() if self.ended else self._chain.process(source)
        return Stretch(first, sound, tuple(self._chain.take_telemetry()))

    def _decoded(self) -> Block:
        if self.ended:
            return _NOTHING
        try:
            block = self._decoder.read(QUANTUM_FRAMES)
        except TrackUnreadable as failure:
            self.failure = failure
            block = _NOTHING
        self.ended = len(block) == 0
        return block if len(block) else _NOTHING


def _plain_readings(block: Block, first: int) -> tuple[Telemetry, ...]:
    """What the limiter would have told of samples that pass untouched: their own peak."""
    if not len(block):
        return ()
    return (Telemetry(first, first + len(block), 0.0, decibels(float(np.abs(block).max()))),)
