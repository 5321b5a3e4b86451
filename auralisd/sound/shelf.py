"""Shelf: the chunks of one stream under one plan, taken from the cache and put into it while it is rendered."""

from typing import Final, NamedTuple

from auralisd.decode.decoder import FileSignature
from auralisd.dsp.block import Block
from auralisd.dsp.chain import Telemetry
from auralisd.model.plan import MasteringPlan
from auralisd.sound.cache import Chunk, ChunkCache, Key, chunk_frames, clipped, room_for
from auralisd.sound.meters import Meters

_PIECE_FRAMES: Final = 16_384


class Stretch(NamedTuple):
    """Finished frames from frame `first` of the track on, and what the limiter told of them."""

    first: int
    sound: Block
    readings: tuple[Telemetry, ...]

    @property
    def end(self) -> int:
        return self.first + len(self.sound)

    def part(self, first: int, end: int) -> "Stretch":
        """What of it lies within these frames."""
        first, end = max(first, self.first), min(end, self.end)
        sound = self.sound[first - self.first : max(first, end) - self.first]
        return Stretch(first, sound, clipped(self.readings, first, end))


class Shelf:
    def __init__(
        self, cache: ChunkCache, signature: FileSignature, plan: MasteringPlan, *, track: int, rate_hz: int
    ) -> None:
        self._cache = cache
        self._signature = signature
        self._plan = plan
        self._track = track
        self._frames = chunk_frames(rate_hz)
        self._come_to = -1
        self._room: Block | None = None
        self._first = self._end = 0
        self._readings: list[Telemetry] = []
        cache.serve(rate_hz)

    def take(self, frame: int, meters: Meters) -> Stretch | None:
        """The finished frames from `frame` on, as many as are due at once; None when they must be rendered."""
        number = frame // self._frames
        chunk = self._cache.find(self._key(number), frame, self._track)
        if number != self._come_to:
            self._come_to = number
            self._cache.count(hit=chunk is not None)
        if chunk is None:
            return None
        meters.keep_source_pieces(chunk.source_pieces)
        end = min(frame + _PIECE_FRAMES, chunk.end)
        # A copy: what waits for room in the ring must not hold a whole chunk that was cleared meanwhile.
        sound = chunk.sound[frame - chunk.first : end - chunk.first].copy()
        return Stretch(frame, sound, clipped(chunk.readings, frame, end))

    def add(self, stretch: Stretch, meters: Meters) -> None:
        """These frames were rendered; a chunk that they complete goes into the cache."""
        at = stretch.first
        while at < stretch.end:
            border = (at // self._frames + 1) * self._frames
            part = stretch.part(at, border)
            self._lay_down(part)
            at = part.end
            if at == border:
                self.keep(meters)

    def keep(self, meters: Meters) -> None:
        """Put what was added into the cache, though it be less than a chunk."""
        room, self._room = self._room, None
        if room is None:
            return
        number = self._first // self._frames
        sound = room[self._first - number * self._frames : self._end - number * self._frames]
        sound.flags.writeable = False
        chunk = Chunk(self._first, sound, tuple(self._readings), meters.source_pieces(self._first, self._end))
        self._cache.put(self._key(number), chunk, self._track)

    def _lay_down(self, part: Stretch) -> None:
        """Frames of one chunk, which follow those before them."""
        if self._room is None:
            self._room = room_for(self._frames)
            self._first = self._end = part.first
            self._readings = []
        start = part.first % self._frames
        self._room[start : start + len(part.sound)] = part.sound
        self._end = part.end
        self._readings.extend(part.readings)

    def _key(self, number: int) -> Key:
        return Key(self._signature, self._plan, number)
