"""Feeder: keeps a fill of sound in the device, from the ring or as silence.  Only the writer thread uses it.

It allocates no sound: blocks, packed bytes and factors of the volume were made when the device was opened.
"""

import time
from collections.abc import Callable
from typing import Final

from auralisd.sound.fill import Fill
from auralisd.sound.ring import STOPS, FrameRing
from auralisd.sound.speaker import MOST_PERIODS, Speaker

SLACK_S: Final = 0.001
"""A little longer than until a period is wanted, or rounding would wake us twice."""

LATE_S: Final = 0.030
"""A thread that was woken so late will be again: half of the least fill is gone by then."""


class Feeder:
    """`on_underrun` and `on_fill` (another fill than before) are called as they happen."""

    def __init__(
        self,
        ring: FrameRing,
        speaker: Speaker,
        *,
        on_underrun: Callable[[], None],
        on_fill: Callable[[], None],
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._ring = ring
        self._speaker = speaker
        self._on_underrun = on_underrun
        self._on_fill = on_fill
        self._now_ns = now_ns
        self._fill = Fill()
        self._starving = False
        self._is_cut = True
        self._due_ns: int | None = None

    @property
    def is_starving(self) -> bool:
        """True while the ring gives nothing that there should be."""
        return self._starving

    @property
    def fill_s(self) -> float:
        """How much sound is kept in the device."""
        return self._fill.seconds

    def begin(self) -> None:
        """What is played next does not go on with what was heard."""
        self._starving = False
        self._is_cut = True

    def rest(self) -> None:
        """Nothing is due."""
        self._due_ns = None

    def feed(self, unheard: int, generation: int) -> int:
        """Fill the device up, of which `unheard` frames are not heard yet: the frames written."""
        period, target = self._speaker.period_frames, self._target_frames()
        if unheard > target - period:
            return 0
        self._judge_punctuality()
        periods = min(MOST_PERIODS, (target + period - unheard) // period)
        at, readable = self._ring.read_at, self._ring.readable(generation)
        whole = min(periods, readable // period) * period
        if whole:
            self._starving = False
            return self._play(self._ring.read(self._speaker.block(whole), generation), at)
        if readable and self._last_stretch():
            count = self._ring.read(self._speaker.block(readable), generation)
            return self._play(count, at, silence=-count % period)
        if self._ring.has_ended(generation):
            return self._play(0, at, silence=periods * period)
        return self._starve(at, unheard)

    def sleep_s(self, unheard: int, heard_at: int) -> float:
        """Until the device wants more, or a mark is heard."""
        period = self._speaker.period_frames
        until = period // 2 if self._starving else unheard - (self._target_frames() - period)
        if silent := self._speaker.until_sound(unheard):
            until = min(until, silent)
        mark = self._ring.next_mark(heard_at)
        if mark is not None and self._speaker.is_sounding:
            until = min(until, mark.at - heard_at)
        sleep_s = max(0, until) / self._speaker.rate_hz + SLACK_S
        self._due_ns = self._now_ns() + round(sleep_s * 1e9)
        return sleep_s

    def _play(self, count: int, at: int, silence: int = 0) -> int:
        if self._is_cut and count:
            self._is_cut = False
            self._speaker.rise_from(at if self._is_inside(at) else None)
        if self._speaker.play(count, ring_at=at, silence=silence):
            self._underran()
        return count + silence

    def _starve(self, at: int, unheard: int) -> int:
        """The render thread is late: the last period in the device is followed by silence, not by an underrun."""
        period = self._speaker.period_frames
        if unheard > period:
            return 0
        if not self._starving:
            self._starving = True
            self._underran()
        return self._play(0, at, silence=period)

    def _is_inside(self, at: int) -> bool:
        """True when the frame there is not the first of its track, which begins as it was made."""
        mark = self._ring.mark_at(at)
        return mark is not None and mark.frame_at(at, self._ring.rate_hz) > 0

    def _last_stretch(self) -> bool:
        """True when no more frames will follow those that are in the ring."""
        marks = self._ring.marks
        return bool(marks) and marks[-1].kind == STOPS

    def _judge_punctuality(self) -> None:
        """A wakeup that comes late eats into what keeps the device from running dry."""
        now_ns = self._now_ns()
        late = self._due_ns is not None and now_ns - self._due_ns > LATE_S * 1e9
        if self._fill.grow(now_ns / 1e9) if late else self._fill.settle(now_ns / 1e9):
            self._on_fill()

    def _underran(self) -> None:
        self._fill.grow(self._now_ns() / 1e9)
        self._on_underrun()
        self._on_fill()

    def _target_frames(self) -> int:
        """Whole periods."""
        period = self._speaker.period_frames
        return max(2, round(self._fill.seconds * self._speaker.rate_hz / period)) * period
