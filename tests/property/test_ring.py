"""The ring against a plain list, whatever is done to it in whatever order."""

from dataclasses import dataclass

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from auralisd.dsp.block import Block
from auralisd.sound.ring import BEGINS, STOPS, FrameRing, Mark

RATE_HZ = 8_000
LARGEST = 40_000


@dataclass
class Model:
    """`frames[i]` is ring frame `start + i`."""

    start: int
    frames: list[float]
    read: int
    marks: list[Mark]


def numbered(first: int, count: int) -> Block:
    """Frames that can be told apart: left counts up, right counts down."""
    left = np.arange(first, first + count, dtype=np.float32)
    return np.stack((left, -left), axis=1)


class RingMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.rooms = 0
        self.wanted = 0
        self.counter = 0
        self.generation = 0
        self.serial = 0
        self.ring = FrameRing(on_room=self.room_found)
        self.model = Model(0, [], 0, [])
        self.ahead = 0

    def room_found(self) -> None:
        self.rooms += 1

    @property
    def write(self) -> int:
        return self.model.start + len(self.model.frames)

    def new_frames(self, count: int) -> Block:
        frames = numbered(self.counter, count)
        # Below 2**24, so that each number is exact in float32.
        self.counter = (self.counter + count) % 8_000_000
        return frames

    @initialize()
    def begin_first(self) -> None:
        self.begin()

    @rule()
    def begin(self) -> None:
        at = self.write
        self.generation += 1
        self.ring.begin(self.generation, rate_hz=RATE_HZ)
        self.ahead = 65_536
        self.wanted = 0
        self.model = Model(at, [], at, [])

    @rule(count=st.integers(1, LARGEST))
    def append_what_fits(self, count: int) -> None:
        fits = self.write - self.model.read + count <= self.ahead

        assert self.ring.ask_room(count) is fits
        if fits:
            frames = self.new_frames(count)
            self.ring.append(frames)
            self.model.frames += frames[:, 0].tolist()
        else:
            self.wanted = count

    @rule(kind=st.sampled_from((BEGINS, STOPS)))
    def mark(self, kind: str) -> None:
        self.serial += 1
        mark = Mark(self.serial, self.write, kind, self.generation)
        self.ring.mark(mark)
        self.model.marks.append(mark)

    @rule(most=st.integers(1, LARGEST))
    def read(self, most: int) -> None:
        into = np.full((most, 2), np.nan, np.float32)
        at = self.model.read - self.model.start
        expected = self.model.frames[at : at + most]
        rooms = self.rooms

        assert self.ring.read(into, self.generation) == len(expected)
        assert into[: len(expected), 0].tolist() == expected
        assert into[: len(expected), 1].tolist() == [-value for value in expected]
        self.model.read += len(expected)
        found = 0 < self.wanted <= self.ahead - (self.write - self.model.read)
        assert self.rooms == rooms + found
        if found:
            self.wanted = 0

    @rule(most=st.integers(1, 100))
    def read_for_an_older_generation(self, most: int) -> None:
        assert self.ring.read(np.empty((most, 2), np.float32), self.generation - 1) == 0

    @rule(back=st.integers(0, 4_800))
    def rewind(self, back: int) -> None:
        self.ring.rewind(self.model.read - back)
        self.model.read = max(self.model.start, self.model.read - back)

    @rule(share=st.floats(0, 1))
    def cut(self, share: float) -> None:
        at = self.model.start + round(share * len(self.model.frames))
        in_time = at >= self.model.read

        assert self.ring.cut(at) is in_time
        if in_time:
            self.keep_before(at)

    @rule(share=st.floats(0, 1), count=st.integers(1, 16_384))
    def splice(self, share: float, count: int) -> None:
        at = self.model.start + round(share * len(self.model.frames))
        if at - self.model.read + count > self.ahead:
            return
        frames = self.new_frames(count)
        self.serial += 1
        mark = Mark(self.serial, at, BEGINS, self.generation)
        in_time = at >= self.model.read

        assert self.ring.splice(at, frames, mark) is in_time
        if in_time:
            self.keep_before(at)
            self.model.marks.append(mark)
            self.model.frames += frames[:, 0].tolist()

    def keep_before(self, at: int) -> None:
        del self.model.frames[at - self.model.start :]
        self.model.marks = [mark for mark in self.model.marks if mark.at < at]

    @precondition(lambda self: self.model.frames)
    @rule(share=st.floats(0, 1), count=st.integers(0, 5_000))
    def peek(self, share: float, count: int) -> None:
        ahead = self.model.frames[self.model.read - self.model.start :]
        at = self.model.read + round(share * len(ahead))

        assert self.ring.peek(at, count)[:, 0].tolist() == ahead[at - self.model.read :][:count]

    @invariant()
    def positions_count_frames(self) -> None:
        assert (self.ring.read_at, self.ring.write_at) == (self.model.read, self.write)
        assert self.ring.readable(self.generation) == self.write - self.model.read

    @invariant()
    def every_mark_that_can_still_be_heard_is_there(self) -> None:
        position = self.model.read
        held = [mark for mark in self.model.marks if mark.at <= position]

        assert self.ring.mark_at(position) == (held[-1] if held else None)
        assert self.ring.next_mark(position) == next((m for m in self.model.marks if m.at > position), None)


RingMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestRing = RingMachine.TestCase
