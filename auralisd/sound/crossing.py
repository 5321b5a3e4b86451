"""Crossing: a voice that comes in over the end of another song, and goes on alone."""

import numpy as np

from auralisd.decode.decoder import Decoder
from auralisd.dsp.blend import QUANTUM_FRAMES, Blend, quantum_before, reach_frames
from auralisd.dsp.block import Block
from auralisd.dsp.resampler import Resampler
from auralisd.errors import TrackUnreadable
from auralisd.sound.lap import Lap
from auralisd.sound.voice import SILENCE, Voice


def needed_from(lap: Lap, position: int) -> int:
    """From which ring position on both songs must be given, so that the sound from `position` on is that of any other
    way to get there."""
    place = position - lap.begins_at
    return lap.begins_at + quantum_before(min(place, max(place - reach_frames(lap.rate_hz), -QUANTUM_FRAMES)))


class Crossing:
    """Gives the sound from ring position `position` on.  It stands in the place of the voice that comes.

    `leaving` is what is left of the other song from `needed_from(lap, position)` on, to its end; `voice` gives the one
    that comes from there on, or from the lap's beginning, whichever is later.
    """

    def __init__(self, lap: Lap, leaving: Block, voice: Voice, *, position: int, ceiling_dbtp: float) -> None:
        first = needed_from(lap, position)
        self._lap = lap
        self._leaving = leaving
        self._voice = voice
        self._at = first
        self._given = first
        self._position = position
        self._blend = Blend(lap.rate_hz, lap.frames, ceiling_dbtp=ceiling_dbtp, first=first - lap.begins_at)
        self._coming = SILENCE
        self._is_over = False

    @property
    def failure(self) -> TrackUnreadable | None:
        return self._voice.failure

    @property
    def position(self) -> int:
        return self._voice.position

    @property
    def resampler(self) -> Resampler:
        return self._voice.resampler

    @property
    def at(self) -> int:
        return self._voice.at

    def render(self) -> Block:
        while not self._is_over:
            block = self._blended()
            if len(block):
                return block
        return self._voice.render()

    def lend_decoder(self) -> Decoder:
        return self._voice.lend_decoder()

    def is_of(self, decoder: Decoder) -> bool:
        return self._voice.is_of(decoder)

    def close(self) -> None:
        self._voice.close()

    def _blended(self) -> Block:
        """One quantum further; once the overlap lies behind, what was taken of the voice already."""
        if self._given >= self._lap.touches_to:
            self._is_over = True
            self._leaving = SILENCE
            return SILENCE
        done = self._blend.process(self._next_leaving(), self._next_coming())
        self._at += QUANTUM_FRAMES
        skipped = min(len(done), max(0, self._position - self._given))
        self._given += len(done)
        if self._given < self._lap.touches_to:
            return done[skipped:]
        return np.concatenate((done[skipped:], self._blend.rest(), self._coming))

    def _next_leaving(self) -> Block:
        quantum, self._leaving = self._leaving[:QUANTUM_FRAMES], self._leaving[QUANTUM_FRAMES:]
        return _filled_up(quantum, before=0)

    def _next_coming(self) -> Block:
        before = min(QUANTUM_FRAMES, max(0, self._lap.begins_at - self._at))
        while len(self._coming) < QUANTUM_FRAMES - before and len(block := self._voice.render()):
            self._coming = np.concatenate((self._coming, block))
        quantum, self._coming = self._coming[: QUANTUM_FRAMES - before], self._coming[QUANTUM_FRAMES - before :]
        return _filled_up(quantum, before=before)


def _filled_up(block: Block, *, before: int) -> Block:
    if len(block) == QUANTUM_FRAMES:
        return block
    whole = np.zeros((QUANTUM_FRAMES, 2), np.float32)
    whole[before : before + len(block)] = block
    return whole
