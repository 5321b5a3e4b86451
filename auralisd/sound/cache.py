"""Cache: finished sound that may be heard again, within a budget of memory.  Only the render thread uses it.

A chunk is 10 s of a track behind the chain, before the resampler: chunk n begins at frame n · 10 s.  It is found by the
very file that was decoded, the plan and its number; so a file that was replaced, or another plan, never meets old
sound.  A chunk that was rendered in part is kept in part, and grows when the rest is.
"""

import mmap
from collections import OrderedDict
from typing import Final, NamedTuple

import numpy as np

from auralisd.decode.decoder import FileSignature
from auralisd.doors.sound import CacheRead
from auralisd.dsp.block import Block
from auralisd.dsp.chain import Telemetry
from auralisd.model.plan import MasteringPlan

CHUNK_S: Final = 10

DEFAULT_BUDGET_BYTES: Final = 64 * 2**20

_LEAST_CHUNKS: Final = 3
"""What is heard, what is rendered ahead, and one to go back to, whatever the budget."""

_FRAME_BYTES: Final = 8


class Key(NamedTuple):
    signature: FileSignature
    plan: MasteringPlan
    number: int


class Chunk(NamedTuple):
    """Finished sound from frame `first` of its track on, never changed again.

    `readings` are the limiter's of these frames; `source_pieces` what the meter of the source read of them.
    """

    first: int
    sound: Block
    readings: tuple[Telemetry, ...]
    source_pieces: dict[int, float]

    @property
    def end(self) -> int:
        return self.first + len(self.sound)


class _Kept(NamedTuple):
    chunk: Chunk
    tracks: frozenset[int]


class ChunkCache:
    """Least recently used chunks go first, once there are more than the budget holds."""

    def __init__(self, budget_bytes: int = DEFAULT_BUDGET_BYTES) -> None:
        self._budget_bytes = budget_bytes
        self._limit_bytes = budget_bytes
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._bytes = 0
        self._hits = 0
        self._misses = 0

    def serve(self, rate_hz: int) -> None:
        """A stream of this rate is rendered now: at least three of its chunks have room."""
        self._limit_bytes = max(self._budget_bytes, _LEAST_CHUNKS * chunk_frames(rate_hz) * _FRAME_BYTES)
        self._keep_within_budget()

    def find(self, key: Key, frame: int, track: int) -> Chunk | None:
        """The chunk, when it holds this frame."""
        kept = self._kept.get(key)
        if kept is None or not kept.chunk.first <= frame < kept.chunk.end:
            return None
        self._kept.move_to_end(key)
        if track not in kept.tracks:
            self._kept[key] = kept._replace(tracks=kept.tracks | {track})
        return kept.chunk

    def count(self, *, hit: bool) -> None:
        """A stream has come to another chunk, and found it here or not."""
        self._hits += hit
        self._misses += not hit

    def put(self, key: Key, chunk: Chunk, track: int) -> None:
        """Keep it, together with what is known of this chunk already."""
        known = self._kept.pop(key, None)
        tracks = frozenset((track,))
        if known is not None:
            self._bytes -= known.chunk.sound.nbytes
            chunk, tracks = _together(known.chunk, chunk), tracks | known.tracks
        self._kept[key] = _Kept(chunk, tracks)
        self._bytes += chunk.sound.nbytes
        self._keep_within_budget()

    def clear(self, track: int = 0) -> int:
        """Forget the chunks of one track, or (0) of all: the bytes that were freed."""
        before = self._bytes
        for key in [key for key, kept in self._kept.items() if not track or track in kept.tracks]:
            self._bytes -= self._kept.pop(key).chunk.sound.nbytes
        return before - self._bytes

    def read(self, request: int, *, track: int = 0, freed_bytes: int = 0) -> CacheRead:
        """What is here now, of one track or (0) of all."""
        chunks = [kept.chunk for kept in self._kept.values() if not track or track in kept.tracks]
        return CacheRead(
            request,
            chunks=len(chunks),
            bytes=sum(chunk.sound.nbytes for chunk in chunks),
            budget_bytes=self._limit_bytes,
            hits=self._hits,
            misses=self._misses,
            freed_bytes=freed_bytes,
        )

    def _keep_within_budget(self) -> None:
        while self._bytes > self._limit_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= oldest.chunk.sound.nbytes


def chunk_frames(rate_hz: int) -> int:
    return CHUNK_S * rate_hz


def room_for(frames: int) -> Block:
    """Memory for so many frames, straight from the system: it goes back there with the last that holds it, where the
    allocator would keep it for later."""
    room: Block = np.frombuffer(mmap.mmap(-1, max(1, frames) * _FRAME_BYTES), np.float32).reshape(-1, 2)
    return room[:frames]


def _together(one: Chunk, other: Chunk) -> Chunk:
    """Both as one chunk where they touch, else the longer."""
    early, late = sorted((one, other), key=lambda chunk: chunk.first)
    if late.first > early.end:
        return max(one, other, key=lambda chunk: len(chunk.sound))
    if late.end <= early.end:
        return early
    if early.first == late.first:
        return late
    sound = room_for(late.end - early.first)
    sound[: len(early.sound)] = early.sound
    sound[len(early.sound) :] = late.sound[early.end - late.first :]
    sound.flags.writeable = False
    return Chunk(
        early.first,
        sound,
        early.readings + clipped(late.readings, early.end, late.end),
        early.source_pieces | late.source_pieces,
    )


def clipped(readings: tuple[Telemetry, ...], first: int, end: int) -> tuple[Telemetry, ...]:
    """The readings of these frames alone."""
    return tuple(
        reading._replace(first_frame=max(first, reading.first_frame), end_frame=min(end, reading.end_frame))
        for reading in readings
        if reading.first_frame < end and reading.end_frame > first
    )
