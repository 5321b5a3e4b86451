"""Measuring: a whole track through the decoder and the meters, block by block."""

import os

from auralisd.model.profile import SoundProfile
from auralisd.model.track import FileFacts
from auralisd.tags.opening import facts_of, open_regular

_BLOCK_FRAMES = 65_536


def measure(path: bytes) -> tuple[FileFacts, SoundProfile]:
    """The full profile of a file and the facts of the file that was measured.  Raises TrackUnreadable."""
    # Imported here because only some workers measure, and scanning must not wait for scipy.
    from auralisd.analysis.measure import Measuring
    from auralisd.decode.decoder import open_track, refuse_break_off

    with open_regular(path) as file:
        facts = facts_of(os.fstat(file.fileno()))
    decoder = open_track(path, refuse_break_off)
    try:
        measuring = Measuring(decoder.format.rate_hz, decoder.format.channels)
        while len(block := decoder.read(_BLOCK_FRAMES)):
            measuring.feed(block)
    finally:
        decoder.close()
    return facts, measuring.result()
