"""The ring: rendered stereo frames between the render thread, which writes, and the writer thread, which reads.

Positions are absolute ring frames: they grow for as long as the process lives and are never used again.  Marks lie at
positions and say what the frames from there on are.  Frames that were read stay for a while, so that the reader can go
back to what was heard when the device lost what it had been given.  The lock guards indexes only: no copy of sound, no
allocation of sound and no I/O happens under it.
"""

import threading
from bisect import bisect_right
from collections.abc import Callable
from typing import Final

import msgspec
import numpy as np

from auralisd.doors.sound import Finished, Unreadable
from auralisd.dsp.block import Block
from auralisd.model.audio import MAX_RATE_HZ

AHEAD_S: Final = 3.0

_LEAST_AHEAD_FRAMES: Final = 65_536
"""Four of the largest blocks: at 8 kHz they are 8 s."""

_BEHIND_S: Final = 0.6
"""More than any device holds."""

BEGINS: Final = "begins"
CONTINUES: Final = "continues"
STOPS: Final = "stops"


class Mark(msgspec.Struct, frozen=True):
    """From ring frame `at` on: this entry (`begins`, or `continues` where it was taken up again), or nothing (`stops`).

    The source frame at ring frame `origin` is `frame`, at the source's `rate_hz`; `frames` is the source's length.
    `at` lies behind `origin` where the entry came in over the end of another, before it where it is waited for.
    `ended` is what is to be told of the entry before it, once `at` is heard.  `serial` grows from mark to mark; one
    that takes another's place has its number, so that nothing is told twice.
    """

    serial: int
    at: int
    kind: str
    generation: int
    entry: int = 0
    origin: int = 0
    frame: int = 0
    rate_hz: int = 0
    frames: int | None = None
    ended: Finished | Unreadable | None = None

    def frame_at(self, position: int, ring_rate_hz: int) -> int:
        """The source frame that sounds at a ring position."""
        return self.frame + max(0, position - self.origin) * self.rate_hz // ring_rate_hz


class FrameRing:
    """3 s may lie ahead of the reader, 0.6 s stay behind it; at low rates more, for the largest blocks.

    `on_room` is called on the reader's thread once the room that `ask_room` asked for is there.
    """

    def __init__(self, *, on_room: Callable[[], None]) -> None:
        # Memory is taken only for what the rate in force needs: pages that were never written cost nothing.
        self._frames = np.zeros((_ahead_frames(MAX_RATE_HZ) + _behind_frames(MAX_RATE_HZ), 2), np.float32)
        self._on_room = on_room
        self._lock = threading.Lock()
        self._generation = 0
        self._rate_hz = 0
        self._ahead = self._capacity = 1
        self._start = 0  # of this generation: the reader never goes back beyond it
        self._read = 0
        self._write = 0
        self._wanted = 0
        self._finished = False
        self._marks: tuple[Mark, ...] = ()  # replaced whole, so that looking needs no lock

    # --- either side ----------------------------------------------------------------------------------

    @property
    def generation(self) -> int:
        return self._generation

    @property
    def rate_hz(self) -> int:
        return self._rate_hz

    @property
    def read_at(self) -> int:
        return self._read

    @property
    def write_at(self) -> int:
        return self._write

    @property
    def marks(self) -> tuple[Mark, ...]:
        return self._marks

    def mark_at(self, position: int) -> Mark | None:
        """What the frame at `position` is; None before the first mark."""
        marks = self._marks
        index = bisect_right(marks, position, key=_place)
        return marks[index - 1] if index else None

    def next_mark(self, position: int) -> Mark | None:
        """The first mark behind `position`."""
        marks = self._marks
        index = bisect_right(marks, position, key=_place)
        return marks[index] if index < len(marks) else None

    # --- the render thread ----------------------------------------------------------------------------

    def begin(self, generation: int, *, rate_hz: int) -> None:
        """Forget everything: the frames from here on are of this generation, at this rate."""
        with self._lock:
            self._generation = generation
            self._rate_hz = rate_hz
            self._ahead = _ahead_frames(rate_hz)
            self._capacity = self._ahead + _behind_frames(rate_hz)
            self._start = self._read = self._write
            self._wanted = 0
            self._finished = False
            self._marks = ()

    def ask_room(self, frames: int) -> bool:
        """True: so many frames may be appended now.  False: `on_room` tells when."""
        with self._lock:
            if self._room() >= frames:
                return True
            self._wanted = frames
            return False

    def mark(self, *marks: Mark) -> None:
        """Lay marks at the end of what is written or beyond, behind all others."""
        with self._lock:
            self._marks = (*self._marks, *marks)

    def append(self, frames: Block) -> None:
        """Add frames; `ask_room` said that they fit."""
        at, count = self._write, len(frames)
        first = min(count, self._capacity - at % self._capacity)
        self._frames[at % self._capacity :][:first] = frames[:first]
        self._frames[: count - first] = frames[first:]
        with self._lock:
            self._write = at + count

    def cut(self, at: int) -> bool:
        """Take back everything from `at` on, marks included; False, and nothing happens, when it is too late.

        It is once the reader has passed `at`, and once the end was finished.
        """
        with self._lock:
            if self._taken(at):
                return False
            self._cut(at)
            return True

    def splice(self, at: int, frames: Block, *marks: Mark) -> bool:
        """Put `frames` in the place of everything from `at` on; False, and nothing happens, when it is too late.

        The ring is of the marks' generation then.
        """
        with self._lock:
            if self._taken(at):
                return False
            self._cut(at)
            self._marks = (*self._marks, *marks)
            self._generation = marks[-1].generation
        self.append(frames)
        return True

    def peek(self, at: int, count: int) -> Block:
        """A copy of up to `count` frames from `at` on, as far as they are written."""
        count = max(0, min(count, self._write - at))
        first = min(count, self._capacity - at % self._capacity)
        copy = np.empty((count, 2), np.float32)
        copy[:first] = self._frames[at % self._capacity :][:first]
        copy[first:] = self._frames[: count - first]
        return copy

    # --- the writer thread ----------------------------------------------------------------------------

    def read(self, into: Block, generation: int) -> int:
        """Copy the next frames of this generation into `into`: how many there were."""
        with self._lock:
            ours = generation == self._generation
            at, count = self._read, min(len(into), self._write - self._read) if ours else 0
            self._read = at + count
            room_found = 0 < self._wanted <= self._room()
            if room_found:
                self._wanted = 0
            self._prune()
        first = min(count, self._capacity - at % self._capacity)
        into[:first] = self._frames[at % self._capacity :][:first]
        into[first:count] = self._frames[: count - first]
        if room_found:
            self._on_room()
        return count

    def readable(self, generation: int) -> int:
        """How many frames of this generation wait to be read."""
        with self._lock:
            return self._write - self._read if generation == self._generation else 0

    def has_ended(self, generation: int) -> bool:
        """True when the reader stands at the end of the music."""
        with self._lock:
            last = self._marks[-1] if generation == self._generation and self._marks else None
            return last is not None and last.kind == STOPS and last.at == self._read

    def rewind(self, at: int) -> None:
        """Go back to a frame that was read, because it was never heard."""
        with self._lock:
            oldest = max(self._start, self._write - self._capacity)
            self._read = max(oldest, min(at, self._read))

    def finish(self, at: int) -> bool:
        """Declare the end at `at` final, unless something follows by now."""
        with self._lock:
            last = self._marks[-1] if self._marks else None
            self._finished = last is not None and last.kind == STOPS and last.at == at
            return self._finished

    # --- under the lock -------------------------------------------------------------------------------

    def _room(self) -> int:
        return self._ahead - (self._write - self._read)

    def _taken(self, at: int) -> bool:
        return at < self._read or self._finished

    def _cut(self, at: int) -> None:
        self._write = at
        self._marks = tuple(mark for mark in self._marks if mark.at < at)

    def _prune(self) -> None:
        """Forget marks whose frames nobody can reach any more."""
        oldest = self._write - self._capacity
        while len(self._marks) > 1 and self._marks[1].at <= oldest:
            self._marks = self._marks[1:]


def _ahead_frames(rate_hz: int) -> int:
    return max(round(AHEAD_S * rate_hz), _LEAST_AHEAD_FRAMES)


def _behind_frames(rate_hz: int) -> int:
    return round(_BEHIND_S * rate_hz)


def _place(mark: Mark) -> int:
    return mark.at
