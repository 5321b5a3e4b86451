"""Voice: one stream on its way to the ring: from the cache or rendered from its file, then resampled."""

from math import gcd
from typing import Final

import numpy as np

from auralisd.decode.decoder import Decoder
from auralisd.dsp.block import Block
from auralisd.dsp.resampler import Resampler
from auralisd.errors import TrackUnreadable
from auralisd.model.plan import MasteringPlan
from auralisd.sound.meters import Meters
from auralisd.sound.rendering import Rendering
from auralisd.sound.shelf import Shelf, Stretch

_RUN_IN_S: Final = 0.1
"""A resampler that begins in the middle of a stream has forgotten its start by then."""

_SILENT_FRAMES: Final = 16_384

SILENCE: Final = np.empty((0, 2), np.float32)


class Voice:
    """Gives the stream from `start_frame` on, at the ring's rate, byte by byte the same whether it was kept or not.

    The first `skip_ring_frames` of its output are left out (see `entry_point`); before it come `wait_ring_frames` of
    silence.  Without a shelf, and where the samples pass untouched, nothing is kept.  A `resampler` of the source's
    rate is that of the stream before, which this one continues; at the end it is as it was left, not flushed.
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
        wait_ring_frames: int = 0,
        resampler: Resampler | None = None,
        shelf: Shelf | None = None,
    ) -> None:
        self.failure: TrackUnreadable | None = None
        self.position = start_frame
        """How far the source was decoded, once it has ended."""
        self._decoder = decoder
        self._plan = plan
        self._meters = meters
        self._shelf = None if plan.transparent else shelf
        self._at = start_frame
        self._rendering: Rendering | None = None
        source_hz = decoder.format.rate_hz
        self.resampler = resampler or Resampler(source_hz, ring_rate_hz)
        self._skip = skip_ring_frames
        self._wait = wait_ring_frames
        self._ended = False

    @property
    def at(self) -> int:
        """The source frame up to which it was rendered."""
        return self._at

    def render(self) -> Block:
        """The next frames; none at the end, of which `failure` tells the reason when it is not the file's own."""
        if self._wait:
            silence = np.zeros((min(self._wait, _SILENT_FRAMES), 2), np.float32)
            self._wait -= len(silence)
            return silence
        while not self._ended:
            block = self.resampler.process(self._finished())
            if self._skip:
                skipped = min(self._skip, len(block))
                self._skip -= skipped
                block = block[skipped:]
            if len(block):
                return block
        return SILENCE

    def lend_decoder(self) -> Decoder:
        """For another voice, or for a look; should this one go on, it begins to render anew where it is."""
        self._rest()
        return self._decoder

    def is_of(self, decoder: Decoder) -> bool:
        return decoder is self._decoder

    def close(self) -> None:
        self._rest()
        self._decoder.close()

    def _finished(self) -> Block:
        """The next frames behind the chain, at the source's rate."""
        stretch = self._taken() or self._rendered()
        self._at += len(stretch.sound)
        self._meters.feed_result(stretch.sound, stretch.first, stretch.readings)
        return stretch.sound

    def _taken(self) -> Stretch | None:
        stretch = None if self._shelf is None else self._shelf.take(self._at, self._meters)
        if stretch is not None:
            self._rest()
        return stretch

    def _rendered(self) -> Stretch:
        rendering = self._rendering
        if rendering is None:
            rendering = self._rendering = Rendering(self._decoder, self._plan, self._meters, frame=self._at)
        stretch = rendering.next()
        self._ended, self.failure, self.position = rendering.ended, rendering.failure, rendering.position
        if self._shelf is not None:
            self._shelf.add(stretch, self._meters)
        return stretch

    def _rest(self) -> None:
        """Rendering stops for now: what it gave of an unfinished chunk is kept."""
        if self._rendering is not None and self._shelf is not None:
            self._shelf.keep(self._meters)
        self._rendering = None


def entry_point(*, frame: int, ring_frames: int, source_hz: int, ring_hz: int) -> tuple[int, int]:
    """Where to take up a stream of which source frame `frame` lies `ring_frames` behind: (source frame, ring frames).

    The voice begins at that source frame and skips so many ring frames of its output.  Both are on the grid on which
    source and ring frames coincide, so that a second render is the first again, and a seek is continuous play: the
    resampler has run in over what lies before, be that earlier in the track than where the stream was begun.
    """
    if source_hz == ring_hz:
        return frame + ring_frames, 0
    common = gcd(source_hz, ring_hz)
    step, source_step = ring_hz // common, source_hz // common
    steps = max(-(frame // source_step), (ring_frames - round(_RUN_IN_S * ring_hz)) // step)
    return frame + steps * source_step, ring_frames - steps * step
