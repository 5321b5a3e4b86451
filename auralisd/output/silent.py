"""The silent output: plays nothing, in real time.  For machines without a sound card, and for tests."""

import time
from collections.abc import Callable

from auralisd.output.device import BUFFER_S, CHANNELS, PERIOD_S, OpenedFormat
from auralisd.output.samples import SAMPLE_FORMATS


class Pace:
    """Plays frames as a device would, by a clock: so many a second, and none that were not written."""

    def __init__(self, rate_hz: int, now_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._rate_hz = rate_hz
        self._now_ns = now_ns
        self._waiting = 0  # frames not yet played at `_since_ns`
        self._since_ns = now_ns()

    def unheard(self) -> int:
        now_ns = self._now_ns()
        played = (now_ns - self._since_ns) * self._rate_hz // 1_000_000_000
        if played >= self._waiting:
            self._waiting, self._since_ns = 0, now_ns
        elif played > 0:
            self._waiting -= played
            # Moved on by whole frames only, so that fractions of a frame are not lost with each look.
            self._since_ns += played * 1_000_000_000 // self._rate_hz
        return self._waiting

    def add(self, frames: int) -> None:
        self.unheard()
        self._waiting += frames

    def drop(self) -> None:
        self._waiting = 0

    def seconds_until(self, unheard: int) -> float:
        """How long until only `unheard` frames wait."""
        return max(0, self.unheard() - unheard) / self._rate_hz


class SilentOutput:
    """Takes any rate.  See `device.Output`."""

    name = "silent"

    def __init__(
        self,
        *,
        sample_format: str = "S16_LE",
        now_ns: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sample_format = sample_format
        self._now_ns = now_ns
        self._sleep = sleep
        self._opened = OpenedFormat(self.name, 0, CHANNELS, sample_format, 0, 0)
        self._pace = Pace(1, now_ns)
        self._frame_bytes = CHANNELS * SAMPLE_FORMATS[sample_format].size_bytes

    def open(self, rate_hz: int) -> OpenedFormat:
        period = round(rate_hz * PERIOD_S)
        buffer = period * round(BUFFER_S / PERIOD_S)
        self._opened = OpenedFormat(self.name, rate_hz, CHANNELS, self._sample_format, period, buffer)
        self._pace = Pace(rate_hz, self._now_ns)
        return self._opened

    def write(self, frames: memoryview) -> int:
        count = len(frames) // self._frame_bytes
        full_s = self._pace.seconds_until(max(0, self._opened.buffer_frames - count))
        if full_s > 0.0:
            self._sleep(full_s)
        self._pace.add(count)
        return count

    def set_volume(self, gain: float) -> bool:
        return False

    def unheard_frames(self) -> int:
        return self._pace.unheard()

    def drop(self) -> None:
        self._pace.drop()

    def close(self) -> None:
        self.drop()
