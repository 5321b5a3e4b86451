"""Ear: which frame of the ring is heard, and that it is told.  Only the writer thread uses it."""

from collections.abc import Callable
from typing import Final

from auralisd.sound.herald import Herald
from auralisd.sound.ring import FrameRing
from auralisd.sound.speaker import Speaker

_FASTEST: Final = 1.005
"""No device's clock is faster than the machine's by more than this."""

_WAVERS_S: Final = 0.030
"""How far a device's report may be off."""


class Ear:
    """Of the stream of `generation`, which plays unless it is `holding`.

    `at` is the ring frame heard at the last look; `ended_at_ns` is when the end of the music was heard, None: not yet.
    """

    def __init__(self, ring: FrameRing, speaker: Speaker, herald: Herald, now_ns: Callable[[], int]) -> None:
        self.generation = 0
        self.holding = True
        self.at = 0
        self.ended_at_ns: int | None = None
        self._ring = ring
        self._speaker = speaker
        self._herald = herald
        self._now_ns = now_ns
        self._seen_at: int | None = None
        self._seen_ns = 0

    def begin(self, generation: int, *, holding: bool) -> None:
        """Nothing of this generation was heard yet."""
        self.generation = generation
        self.holding = holding
        self.ended_at_ns = None
        self._seen_at = None

    def go_over(self, generation: int) -> None:
        """A newer generation comes in over what is heard; nothing is dropped."""
        if generation > self.generation:
            self.generation = generation
            self.ended_at_ns = None

    def look(self) -> int:
        """Note what is heard, and tell the marks that were passed: the frames not heard yet."""
        unheard = self._speaker.unheard_frames()
        if not self._speaker.is_silent:
            # A device's own report wavers by some milliseconds; what was heard stays heard.
            self.at = max(self.at, self._credible(self._speaker.heard(unheard)))
            if self._herald.marks(self.at, self.generation):
                self.ended_at_ns = self._now_ns()
        return unheard

    def publish(self, position: int) -> None:
        """Put it on the clock."""
        running = not self.holding and self._speaker.is_sounding
        self._herald.position(position, self.generation, running=running)

    def take_back(self) -> None:
        """Drop what the device holds, and read it again later."""
        if not self._speaker.is_silent:
            self.look()
            self._ring.rewind(self.at)
        self._speaker.drop()
        self._seen_at = None

    def stand(self) -> None:
        """The device is gone: the frame that was heard last is read again when there is another."""
        self._ring.rewind(self.at)
        self._seen_at = None
        self._herald.stand_still()
        self._herald.position(self._ring.read_at, self.generation, running=False)

    def stand_still(self) -> None:
        """The device plays nothing, for now."""
        self._herald.position(self.at, self.generation, running=False)

    def _credible(self, reported: int) -> int:
        """What a device says that it has played, as far as it can have: one that has just died says all of it."""
        now_ns, rate_hz = self._now_ns(), self._speaker.rate_hz
        if self._seen_at is None:
            most = reported
        else:
            most = self._seen_at + round((now_ns - self._seen_ns) * 1e-9 * rate_hz * _FASTEST)
        if reported <= most:
            self._seen_at, self._seen_ns = reported, now_ns
        return reported if reported <= most + round(_WAVERS_S * rate_hz) else most
