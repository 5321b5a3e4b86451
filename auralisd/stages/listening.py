"""One file, measured whole: what `analyse` and `render` begin with."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from auralisd.analysis.measure import Measuring
from auralisd.decode.decoder import Decoder, open_track, refuse_damage
from auralisd.dsp.block import Block
from auralisd.dsp.chain import QUANTUM_FRAMES
from auralisd.model.profile import SoundProfile


def blocks(decoder: Decoder) -> Iterator[Block]:
    """The rest of a track, in blocks of at most one quantum.  Raises TrackUnreadable where it is damaged."""
    while len(block := decoder.read(QUANTUM_FRAMES)):
        yield block


def opened(file: Path) -> Decoder:
    """A file that somebody named, through whatever links.  Raises TrackUnreadable."""
    return open_track(os.path.realpath(os.fsencode(file)), refuse_damage)


def measured(file: Path) -> SoundProfile:
    """The full measurement.  Raises TrackUnreadable."""
    with closing(opened(file)) as decoder:
        measuring = Measuring(decoder.format.rate_hz, decoder.format.channels)
        for block in blocks(decoder):
            measuring.feed(block)
    return measuring.result()
