"""Timeline: which ring frame sounds, from what was written to the device and what it has not played yet.  Pure.

The device counts its own frames.  They are the ring's frames, except where silence was put in between because the ring
was empty; so what was written is kept as stretches, until it was heard.
"""

from collections import deque
from typing import NamedTuple


class _Stretch(NamedTuple):
    device_at: int
    ring_at: int
    frames: int
    sounds: bool


class Timeline:
    """Of one opening of the device, or one drop, to the next."""

    def __init__(self) -> None:
        self._written = 0
        self._stretches: deque[_Stretch] = deque()

    @property
    def is_empty(self) -> bool:
        """True when nothing was written since the last drop."""
        return not self._stretches

    def wrote(self, ring_at: int, frames: int) -> None:
        """These frames of the ring went to the device."""
        self._add(ring_at, frames, sounds=True)

    def wrote_silence(self, ring_at: int, frames: int) -> None:
        """Silence went to the device, while the reader stood at `ring_at`."""
        self._add(ring_at, frames, sounds=False)

    def heard(self, unheard_frames: int) -> int:
        """The ring frame that is to leave the loudspeaker next.  Something must have been written."""
        # A device counts from its write pointer and includes latencies of its own: before the first period was heard
        # that may be more than we wrote.
        device_at = max(0, self._written - unheard_frames)
        while len(self._stretches) > 1 and self._stretches[1].device_at <= device_at:
            self._stretches.popleft()
        stretch = self._stretches[0]
        if not stretch.sounds:
            return stretch.ring_at
        return stretch.ring_at + min(stretch.frames, max(0, device_at - stretch.device_at))

    def is_sounding(self) -> bool:
        """True when the frames at the position that `heard` looked at last are the ring's, not silence."""
        return bool(self._stretches) and self._stretches[0].sounds

    def until_sound(self, unheard_frames: int) -> int:
        """How many frames of silence come before the next that sound; 0 when something sounds, or nothing will."""
        if self.is_sounding() or len(self._stretches) < 2:
            return 0
        return max(0, self._stretches[1].device_at - max(0, self._written - unheard_frames))

    def wait_at(self, ring_at: int) -> None:
        """What was written is silence before the frame `ring_at`."""
        self._stretches = deque(stretch._replace(ring_at=ring_at, sounds=False) for stretch in self._stretches)

    def forget(self) -> None:
        """The device dropped everything."""
        self._written = 0
        self._stretches.clear()

    def _add(self, ring_at: int, frames: int, *, sounds: bool) -> None:
        last = self._stretches[-1] if self._stretches else None
        if last is not None and last.sounds == sounds and ring_at == last.ring_at + (last.frames if sounds else 0):
            self._stretches[-1] = last._replace(frames=last.frames + frames)
        else:
            self._stretches.append(_Stretch(self._written, ring_at, frames, sounds))
        self._written += frames
