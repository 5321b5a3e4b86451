"""The shared clock: which frame is heard, and at which monotonic time.  64 bytes of shared memory.

The sound process's writer thread is its only writer; control reads it without a round trip.  A sequence
number, odd while a write is under way, tells a reader that it looked at half of each (a seqlock).
"""

import mmap
import os
import struct
from typing import NamedTuple

SIZE_BYTES = 64
_SEQUENCE = struct.Struct("<Q")
_BODY = struct.Struct("<QIIqqqII")


class Heard(NamedTuple):
    """The frame that is heard at `at_ns` (CLOCK_MONOTONIC), in source frames of `entry`.

    `end_frame` is the last frame that may be reported before the next news: the position never runs past
    what was handed to the device.  `running` False: the frame stands still.  `buffered_ms` is how much sound was
    rendered ahead of the frame.
    """

    generation: int
    entry: int
    rate_hz: int
    frame: int
    at_ns: int
    end_frame: int
    running: bool
    buffered_ms: int = 0


NOTHING_HEARD = Heard(0, 0, 0, 0, 0, 0, False)


def make_clock() -> int:
    """A file descriptor of a new zeroed block, to be inherited by the sound process."""
    fd = os.memfd_create("auralisd-clock", 0)
    os.ftruncate(fd, SIZE_BYTES)
    return fd


class ClockWriter:
    """The writer thread's side.  Allocates one small tuple a call, takes no lock."""

    def __init__(self, fd: int) -> None:
        self._block = mmap.mmap(fd, SIZE_BYTES)
        self._sequence = 0

    def publish(self, heard: Heard) -> None:
        self._sequence += 2
        _SEQUENCE.pack_into(self._block, 0, self._sequence - 1)
        _BODY.pack_into(self._block, _SEQUENCE.size, *heard)
        _SEQUENCE.pack_into(self._block, 0, self._sequence)


class ClockReader:
    """Control's side."""

    def __init__(self, fd: int) -> None:
        self._block = mmap.mmap(fd, SIZE_BYTES, prot=mmap.PROT_READ)

    def read(self) -> Heard:
        """The newest whole entry; `NOTHING_HEARD` before the first."""
        for _ in range(1000):
            (before,) = _SEQUENCE.unpack_from(self._block, 0)
            body = _BODY.unpack_from(self._block, _SEQUENCE.size)
            (after,) = _SEQUENCE.unpack_from(self._block, 0)
            if before == after and before % 2 == 0:
                generation, entry, rate_hz, frame, at_ns, end_frame, running, buffered_ms = body
                return Heard(generation, entry, rate_hz, frame, at_ns, end_frame, bool(running), buffered_ms)
        return NOTHING_HEARD  # the writer died in mid-write; its death is told by the link


def frame_now(heard: Heard, now_ns: int) -> int:
    """The frame heard at `now_ns`: the published one, moved on by the time since, never past `end_frame`."""
    if not heard.running or heard.rate_hz == 0:
        return heard.frame
    passed = max(0, now_ns - heard.at_ns) * heard.rate_hz // 1_000_000_000
    return min(heard.frame + passed, max(heard.frame, heard.end_frame))
