"""A tape that is recorded and read without threads and without a clock: what would be heard, frame by frame."""

import os
from pathlib import Path

import numpy as np
import soundfile

from auralisd.doors.sound import Finished, Report, Stream, Unreadable
from auralisd.dsp.block import Block
from auralisd.model.preset import PRESETS
from auralisd.model.taste import ENHANCED, OFF, Treatment
from auralisd.sound.cache import ChunkCache
from auralisd.sound.orders import RateGiven
from auralisd.sound.programme import Programme
from auralisd.sound.reel import Reel
from auralisd.sound.ring import BEGINS, FrameRing, Mark

UNTOUCHED = Treatment(mode=OFF)
ADAPTIVE = Treatment(mode=ENHANCED, preset=PRESETS["adaptive"])


class Studio:
    """`reports` is what the programme told, `heard` all frames that were read, from ring position `origin` on."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.ring = FrameRing(on_room=lambda: None)
        self.cache = ChunkCache()
        self.reel = Reel(self.ring, self.cache)
        self.reports: list[Report] = []
        self.programme = Programme(self.reel, report=self.reports.append, to_writer=lambda order: None)
        self.origin = 0
        self._heard: list[Block] = []
        self._marks: dict[int, Mark] = {}

    def start(self, stream: Stream, following: Stream | None = None, *, generation: int = 1) -> None:
        self.programme.start(generation, stream)
        if following is not None:
            self.programme.follow(following)
        self.programme.rate_given(RateGiven(generation, self.rate_hz))
        self.origin = self.ring.read_at
        self._heard.clear()

    def render(self) -> None:
        """As far as there is room."""
        while self.programme.may_go_on():
            self.programme.go_on()
            self._note_marks()

    def listen(self, frames: int | None = None, *, block: int = 1_000) -> None:
        """So many frames, or all there are."""
        left = 2**40 if frames is None else frames
        into = np.empty((block, 2), np.float32)
        while left:
            self.render()
            count = self.ring.read(into[: min(block, left)], self.programme.generation)
            self._heard.append(into[:count].copy())
            left -= count
            if not count:
                break

    @property
    def heard(self) -> Block:
        return np.concatenate((np.empty((0, 2), np.float32), *self._heard))

    def begins(self, entry: int) -> Mark:
        """The mark of the newest beginning of an entry."""
        return [mark for mark in self._marks.values() if mark.kind == BEGINS and mark.entry == entry][-1]

    def told(self) -> list[tuple[int, str, int]]:
        """What the writer would tell, in order: frame of what was heard, what, and of which entry."""
        told = []
        for mark in sorted(self._marks.values(), key=lambda mark: mark.serial):
            if mark.at > self.ring.read_at:
                continue
            if isinstance(mark.ended, Finished | Unreadable):
                told.append((mark.at - self.origin, type(mark.ended).__name__, mark.ended.entry))
            if mark.kind == BEGINS:
                told.append((mark.at - self.origin, "Audible", mark.entry))
        return told

    def _note_marks(self) -> None:
        """Marks that were cut before they were passed are forgotten."""
        kept = {serial: mark for serial, mark in self._marks.items() if mark.at < self.ring.read_at}
        self._marks = kept | {mark.serial: mark for mark in self.ring.marks}


def stream(
    path: Path, entry: int, *, frame: int = 0, overlap_s: float = 0.0, treatment: Treatment = UNTOUCHED
) -> Stream:
    return Stream(entry, entry + 1000, os.fsencode(path), start_frame=frame, overlap_s=overlap_s, treatment=treatment)


def noise(seconds: float, *, seed: int, rate_hz: int, peak: float = 0.25, channels: int = 2) -> Block:
    """Noise of which no two stretches are alike, exact in 16 bits."""
    values = np.random.default_rng(seed).uniform(-peak, peak, (round(seconds * rate_hz), channels))
    return (np.rint(values * 32_768) / 32_768).astype(np.float32)


def written(path: Path, sound: Block, *, rate_hz: int, subtype: str = "PCM_16") -> Path:
    soundfile.write(path, sound, rate_hz, subtype=subtype)
    return path
