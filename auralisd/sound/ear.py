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

_SLACK_S: Final = 0.001
"""A little longer than what dies away takes, or rounding would wake us twice."""

_TRIES: Final = 3
"""A device that has moved on while the frames were made ready has them made ready anew; a busy machine may do so."""


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
            self.at = max(self.at, self._credible(self._speaker.heard(unheard), unheard))
            if self._herald.marks(self.at, self.generation):
                self.ended_at_ns = self._now_ns()
        return unheard

    def publish(self, position: int) -> None:
        """Put it on the clock."""
        running = not self.holding and self._speaker.is_sounding
        self._herald.position(position, self.generation, running=running)

    def take_back(self) -> None:
        """Drop what the device holds, and read it again later.  What dies away does so first."""
        if self._speaker.is_fading:
            self._speaker.await_step()
        elif not self._speaker.is_silent:
            self.look()
            self._ring.rewind(self.at)
        self._speaker.drop()
        self._seen_at = None

    def take_back_in_time(self) -> None:
        """Take back what the device holds so that, written once more at once, it goes on where it is heard."""
        if self._speaker.is_fading:
            return
        if not self._speaker.is_silent:
            self._speaker.await_step()
        self.take_back()

    def fall_silent(self) -> None:
        """Take back what the device holds, and have the first of it die away, so that no edge is heard.

        The ring stands at the frame at which that begins.  What dies away already goes on doing so.
        """
        if self._speaker.is_fading:
            return
        if not self._speaker.is_silent:
            self._speaker.await_step()
        late = self._prepare_fall() if self._speaker.is_sounding else None
        if late is None:
            self.take_back()
            return
        self._ring.rewind(self.at)
        self._speaker.fall_silent(self._ring.read_at, late=late)
        self._seen_at = None

    def _prepare_fall(self) -> int | None:
        """From the frame that is heard now: how many have been heard since; None when the ring holds none."""
        late = None
        for _ in range(_TRIES):
            unheard = self.look()
            self._ring.rewind(self.at)
            at, room = self._ring.read_at, self._speaker.block(self._speaker.edge_frames)
            count = self._ring.read(room, self._ring.generation)
            if not count:
                return None
            self._speaker.prepare_fall(count, at)
            now = self._speaker.unheard_frames()
            late = max(0, unheard - now)
            if not self._speaker.has_moved(unheard, now):
                break
        self.at += late or 0
        return late

    def fading_s(self) -> float | None:
        """How long what dies away, and is followed by nothing, is heard yet; then the device is dropped."""
        if not self._speaker.is_fading:
            return None
        if unheard := self._speaker.unheard_frames():
            return unheard / self._speaker.rate_hz + _SLACK_S
        self._speaker.drop()
        return None

    def stand(self) -> None:
        """The device is gone: the frame that was heard last is read again when there is another."""
        self._ring.rewind(self.at)
        self._seen_at = None
        self._herald.stand_still()
        self._herald.position(self._ring.read_at, self.generation, running=False)

    def stand_still(self) -> None:
        """The device plays nothing, for now."""
        self._herald.position(self.at, self.generation, running=False)

    def _credible(self, reported: int, unheard: int) -> int:
        """What a device says that it has played, as far as it can have: one that has just died says all of it.

        One that has some left is believed: a sound server that woke late plays two periods at once.
        """
        now_ns, rate_hz = self._now_ns(), self._speaker.rate_hz
        if self._seen_at is None or unheard:
            most = reported
        else:
            most = self._seen_at + round((now_ns - self._seen_ns) * 1e-9 * rate_hz * _FASTEST)
        if reported <= most:
            self._seen_at, self._seen_ns = reported, now_ns
        return reported if reported <= most + round(_WAVERS_S * rate_hz) else most
