"""Mending: what of a file cannot be decoded comes as silence, and the music goes on behind it.

The silence begins with the last frames before it, played backwards and faded out, and ends with the first behind it,
backwards and faded in: so every good frame is left as it is, and neither border clicks.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np

from auralisd.decode.decoder import Damage
from auralisd.decode.source import Source
from auralisd.dsp.block import Block
from auralisd.errors import TrackUnreadable

_FADE_S: Final = 0.010
_ZEROS_S: Final = 1.0
_SHORT_S: Final = 0.1
"""By so much less than it declares a file may end without a word: MP3 without a header is estimated."""


class MendedDecoder:
    """See `decoder.Decoder`.  `on_damage` hears of each damaged stretch once; what it raises comes out of `read`."""

    def __init__(
        self, source: Source, rescue: Callable[[], Source | None], on_damage: Callable[[Damage], None]
    ) -> None:
        self.signature, self.format, self.frames = source.signature, source.format, source.frames
        self._source = source
        self._rescue: Callable[[], Source | None] | None = rescue
        self._on_damage = on_damage
        self._told: list[Damage] = []
        self._position = 0
        self._last = self._nothing
        self._due: deque[Block] = deque()
        self._fade = max(1, round(_FADE_S * source.format.rate_hz))
        self._gave_any = False
        self._ended = False

    def read(self, max_frames: int) -> Block:
        block = self._from_due(max_frames) if self._due else self._from_source(max_frames)
        self._position += len(block)
        return block

    def seek(self, frame: int) -> None:
        self._due.clear()
        self._ended = False
        self._last = self._nothing
        self._source.seek(frame)
        self._position = frame if self.frames is None else min(frame, self.frames)

    def close(self) -> None:
        self._source.close()

    @property
    def _nothing(self) -> Block:
        return np.empty((0, self.format.channels), np.float32)

    def _from_source(self, max_frames: int) -> Block:
        if self._ended:
            return self._nothing
        try:
            block = self._source.read(max_frames)
        except TrackUnreadable as damage:
            if damage.code != "damaged":
                raise
            return self._from_source(max_frames) if self._rescued() else self._mended(damage, max_frames)
        if len(block):
            self._gave_any = True
            self._last = block[-self._fade :].copy()
        elif self._falls_short():
            return self._from_source(max_frames) if self._rescued() else self._cut_off(block)
        return block

    def _rescued(self) -> bool:
        """True when another library took over at this very frame."""
        rescue, self._rescue = self._rescue, None
        if rescue is None:
            return False
        try:
            other = rescue()
        except TrackUnreadable:
            return False
        if other is None:
            return False
        if (other.format.rate_hz, other.format.channels) != (self.format.rate_hz, self.format.channels):
            other.close()
            return False
        try:
            other.seek(self._position)
        except TrackUnreadable:
            other.close()
            return False
        self._source.close()
        self._source = other
        return True

    def _from_due(self, max_frames: int) -> Block:
        block = self._due.popleft()
        if len(block) > max_frames:
            self._due.appendleft(block[max_frames:])
        return block[:max_frames].copy()

    def _mended(self, damage: TrackUnreadable, max_frames: int) -> Block:
        """Silence up to where it can go on; the end where it cannot."""
        goes_on = self._source.resume()
        if goes_on is None:
            if not self._gave_any and self._position == 0:
                raise damage
            self._ended = True
            self._tell(self._position, None)
            return self._nothing
        head = self._head()
        self._lay(goes_on - self._position, head)
        self._tell(self._position, goes_on - self._position)
        return self._from_due(max_frames) if self._due else self._from_source(max_frames)

    def _head(self) -> Block:
        """The first frames behind the damage, as far as they are good."""
        try:
            return self._source.read(self._fade)
        except TrackUnreadable:
            return self._nothing  # met again by the next read

    def _lay(self, missing: int, head: Block) -> None:
        """The silence, and what follows it."""
        fade, channels = min(missing, 2 * self._fade), self.format.channels
        ends = np.zeros((fade, channels), np.float32)
        outward, inward = _mirrored(self._last, missing), _mirrored(head[::-1], missing)[::-1]
        ends[: len(outward)] += outward
        ends[fade - len(inward) :] += inward
        before, behind = np.split(ends, [fade // 2])
        zeros = np.zeros((max(1, round(_ZEROS_S * self.format.rate_hz)), channels), np.float32)
        silence = (zeros[: missing - fade - start] for start in range(0, missing - fade, len(zeros)))
        self._due.extend(block for block in (before, *silence, behind, head) if len(block))
        if len(head):
            self._gave_any = True
            self._last = head[-self._fade :].copy()

    # --- telling ---------------------------------------------------------------------------------------

    def _tell(self, frame: int, frames: int | None) -> None:
        damage = Damage(frame, frames, self.format.rate_hz)
        if not any(damage.is_same_as(other) for other in self._told):
            self._told.append(damage)
            self._on_damage(damage)

    def _falls_short(self) -> bool:
        """True when a file ends before it says; what was damaged before may be why, and was told."""
        missing = (self.frames or 0) - self._position
        return missing > _SHORT_S * self.format.rate_hz and not self._told

    def _cut_off(self, nothing: Block) -> Block:
        self._ended = True
        self._tell(self._position, None)
        return nothing


def _mirrored(block: Block, frames: int) -> Block:
    """The last frames of a block backwards, faded out over all of them."""
    backwards = block[::-1][:frames]
    fade = 0.5 + 0.5 * np.cos(np.pi * (np.arange(len(backwards)) + 1) / (len(backwards) + 1))
    return (backwards * fade[:, None]).astype(np.float32)
